using FsCheck;
using FsCheck.Fluent;
using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

/// <summary>
/// A valid file, cut or changed anywhere, is read or refused with <see cref="NpyFormatException"/> (or an IO exception; or, where a
/// pipe's header promises more than an array holds, with the advice to stream): never another exception, and never with more memory
/// than a small file can need.
/// </summary>
public class StorageCorruptionProperties
{
    private const long MostBytes = 4 << 20;

    private static readonly byte[][] Arrays =
        [.. new[] { "be_f4_f.npy", "v1.npy", "v2.npy", "v3.npy", "scalar.npy", "empty.npy", "structured_v3.npy" }
            .Select(name => File.ReadAllBytes(Fixture(name)))];

    private static readonly byte[][] Archives =
        [.. new[] { "stored.npz", "deflated.npz", "single.npz" }.Select(name => File.ReadAllBytes(Fixture(name)))];

    [Fact]
    public void A_damaged_array_is_read_or_refused() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(3000),
        Prop.ForAll(Damaged(Arrays).ToArbitrary(), bytes => ReadOrRefused(() => Npy.Read<double>(new MemoryStream(bytes)))
            && ReadOrRefused(() => Npy.Read<float>(new PipeStream(bytes)))));

    [Fact]
    public void A_damaged_archive_is_read_or_refused() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5000),
        Prop.ForAll(Damaged(Archives).ToArbitrary(), bytes => ReadOrRefused(() =>
        {
            using var reader = new NpzReader(new MemoryStream(bytes));
            foreach (string name in reader.Names)
                ReadOrRefused(() => reader.Read<double>(name));
        })));

    [Fact]
    public void A_cut_array_is_refused() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(
            (from bytes in Gen.Elements(Arrays[..4])
             from length in Gen.Choose(0, bytes.Length - 1)
             select bytes[..length]).ToArbitrary(),
            bytes =>
            {
                Assert.Throws<NpyFormatException>(() => Npy.Read<double>(new MemoryStream(bytes)));
                Assert.Throws<NpyFormatException>(() => Npy.Read<double>(new PipeStream(bytes)));
            }));

    private static Gen<byte[]> Damaged(byte[][] originals) =>
        from original in Gen.Elements(originals)
        from length in Gen.Frequency((1, Gen.Choose(0, original.Length)), (3, Gen.Constant(original.Length)))
        from edits in (from place in Gen.Choose(0, original.Length - 1)
                       from value in Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(0, 255, '9', '(', '-', '\''))
                       select (place, value)).ArrayOf().Resize(6)
        select Edit(original, length, edits);

    private static byte[] Edit(byte[] original, int length, (int Place, int Value)[] edits)
    {
        byte[] bytes = [.. original];
        foreach ((int place, int value) in edits)
            bytes[place] = (byte)value;
        return bytes[..length];
    }

    private static bool ReadOrRefused(Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        catch (Exception e) when (e is NpyFormatException or IOException || e.Message.Contains("stream it"))
        {
            Assert.NotEmpty(e.Message);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before < MostBytes;
    }
}
