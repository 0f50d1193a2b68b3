using System.Buffers.Binary;
using System.IO.Compression;
using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

public class NpzTests
{
    [Fact]
    public void Numpys_stored_and_deflated_archives_are_read()
    {
        using NpzReader stored = NpzReader.Open(Fixture("stored.npz"));
        Assert.Equal(new[] { "a", "b" }, stored.Names);
        Assert.Equal(Values<double>(15), stored.Read<double>("a").Values);
        Assert.Equal(Values<double>(15), stored.Read<double>("a.npy").Values);
        Assert.Equal(Values<float>(4), stored.Read<float>("b").Values);

        using NpzReader deflated = NpzReader.Open(Fixture("deflated.npz"));
        Assert.Equal(Values<float>(15), deflated.Read<float>("a").Values);
        NpyArray<double> fortran = deflated.Read<double>("b");
        Assert.True(fortran.Header.FortranOrder);
        Assert.Equal(Values<double>(8), fortran.Values);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Written_archives_round_trip_whole_and_by_rows(bool compressed)
    {
        using var folder = new TemporaryFolder();
        string path = folder["a.npz"];
        double[] values = Values<double>(20_000);
        using (NpzWriter writer = NpzWriter.Create(path, compressed: compressed))
        {
            writer.Write<double>("whole", values, [100, 200]);
            writer.Write<float>("deep/scalar", [3f], []);
            using NpyWriter<double> rows = writer.CreateRows<double>("rows", [100, 200]);
            for (int i = 0; i < 100; i++)
                rows.Write(values.AsSpan(200 * i, 200));
            rows.Complete();
            Assert.False(File.Exists(path));
            writer.Complete();
        }

        Assert.Equal(["a.npz"], folder.Files);
        Assert.Equal(compressed, new FileInfo(path).Length < 2 * 8 * values.Length);
        using NpzReader reader = NpzReader.Open(path);
        Assert.Equal(new[] { "whole", "deep/scalar", "rows" }, reader.Names);
        Assert.Equal(values, reader.Read<double>("whole").Values);
        Assert.Equal(values, reader.Read<double>("rows").Values);
        Assert.Equal([3.0], reader.Read<double>("deep/scalar").Values);

        using NpyReader member = reader.OpenRows("rows");
        Assert.False(member.CanSeek);
        var block = new double[7 * 200];
        var all = new List<double>();
        for (int count; (count = member.ReadRows<double>(block)) > 0;)
            all.AddRange(block[..(count * 200)]);
        Assert.Equal(values, all);
    }

    [Fact]
    public void The_same_arrays_make_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { "a", "b" })
        {
            using NpzWriter writer = NpzWriter.Create(folder[name]);
            writer.Write<double>("x", [1.0, 2.0], [2]);
            writer.Complete();
        }

        Assert.Equal(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["b"]));
        using ZipArchive zip = ZipFile.OpenRead(folder["a"]);
        Assert.Equal(zip.Entries[0].Length, zip.Entries[0].CompressedLength);
        Assert.Equal(new DateTime(1980, 1, 1), zip.Entries[0].LastWriteTime.DateTime);
    }

    [Fact]
    public void An_archive_not_completed_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        foreach (bool compressed in new[] { true, false })
        {
            using (NpzWriter writer = NpzWriter.Create(folder["a.npz"], compressed: compressed))
            {
                writer.Write<double>("x", Values<double>(1000), [1000]);
                using NpyWriter<double> rows = writer.CreateRows<double>("rows", [10]);
                rows.Write([1.0]);
                Assert.Single(folder.Files);
            }

            Assert.Empty(folder.Files);
        }
    }

    [Fact]
    public void An_array_not_completed_stops_the_archive()
    {
        using var folder = new TemporaryFolder();
        using (NpzWriter writer = NpzWriter.Create(folder["a.npz"]))
        {
            using (NpyWriter<double> rows = writer.CreateRows<double>("rows", [10]))
            {
                rows.Write([1.0]);
                Assert.Contains("rows", Assert.Throws<InvalidOperationException>(() => writer.CreateRows<double>("other", [1])).Message);
            }

            Assert.Contains("rows", Assert.Throws<InvalidOperationException>(writer.Complete).Message);
        }

        Assert.Empty(folder.Files);
    }

    [Fact]
    public void Misuse_of_a_writer_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("stands.npz", [1]);
        Assert.Contains("stands.npz", Assert.Throws<IOException>(() => NpzWriter.Create(folder["stands.npz"])).Message);
        using NpzWriter writer = NpzWriter.Create(folder["stands.npz"], overwrite: true);
        writer.Write<double>("x", [1.0], [1]);
        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => writer.Write<double>("x", [1.0], [1])).Message);
        Assert.Throws<ArgumentException>(() => writer.Write<double>(" ", [1.0], [1]));
        Assert.Throws<ArgumentException>(() => writer.Write<double>("y", [1.0], [2]));
        writer.Complete();
        Assert.Throws<InvalidOperationException>(() => writer.Write<double>("z", [1.0], [1]));
        Assert.Throws<InvalidOperationException>(writer.Complete);
        writer.Dispose();
        Assert.Equal([1.0], NumericFile.Read<double>(folder["stands.npz"]).Values);
    }

    [Fact]
    public void A_missing_member_lists_those_there_are()
    {
        using NpzReader reader = NpzReader.Open(Fixture("stored.npz"));
        var e = Assert.Throws<NpyFormatException>(() => reader.Read<double>("c"));
        Assert.Contains("stored.npz", e.Message);
        Assert.Contains("\"a\", \"b\"", e.Message);
        Assert.Contains("a member \"c\"", e.Message);
    }

    [Fact]
    public void What_is_no_archive_is_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (byte[] bytes in new[] { [], "not a zip"u8.ToArray(), File.ReadAllBytes(Fixture("stored.npz"))[..300] })
        {
            string path = folder.Write("bad.npz", bytes);
            var e = Assert.Throws<NpyFormatException>(() => NpzReader.Open(path));
            Assert.Contains(path, e.Message);
            Assert.Contains("a zip archive", e.Message);
            File.Delete(path);
        }

        Assert.Throws<ArgumentException>(() => new NpzReader(new PipeStream([])));
        Assert.Throws<FileNotFoundException>(() => NpzReader.Open(folder["none.npz"]));
    }

    [Fact]
    public void Two_members_of_one_name_are_refused()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("a.npy");
            zip.CreateEntry("a.npy");
        }

        var e = Assert.Throws<NpyFormatException>(() => new NpzReader(stream));
        Assert.Contains("2 members \"a.npy\"", e.Message);
    }

    [Fact]
    public void A_member_of_the_wrong_size_says_both_byte_counts()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (int bytes in new[] { 90, 99 })
            {
                using Stream member = zip.CreateEntry($"{bytes}.npy").Open();
                member.Write(Framed(Dict("(3, 4)"), bytes));
            }
        }

        using var reader = new NpzReader(stream, name: "lying.npz");
        foreach (string name in new[] { "90", "99" })
        {
            var e = Assert.Throws<NpyFormatException>(() => reader.Read<double>(name));
            Assert.Contains($"lying.npz[{name}]", e.Message);
            Assert.Contains($"{name} bytes", e.Message);
            Assert.Contains("96 bytes", e.Message);
        }
    }

    [Fact]
    public void A_length_that_header_and_directory_agree_on_takes_no_memory_on_their_word()
    {
        var stream = new MemoryStream();
        byte[] member = Framed(Dict("(250000000,)"), 1000);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream data = zip.CreateEntry("a.npy").Open();
            data.Write(member);
        }

        // The uncompressed length stands 24 bytes into the directory's record, and in the record before the data.
        byte[] bytes = stream.ToArray();
        int length = member.Length - 1000 + 2_000_000_000;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 24), length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), length);
        using var reader = new NpzReader(new MemoryStream(bytes));
        Assert.Equal(250_000_000, reader.OpenRows("a").Header.Count);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<NpyFormatException>(() => reader.Read<double>("a"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Theory]
    [InlineData("stored.npz")]
    [InlineData("deflated.npz")]
    public void A_changed_bit_of_the_data_is_found(string name)
    {
        byte[] bytes = File.ReadAllBytes(Fixture(name));
        int nameLength = bytes[26], extraLength = bytes[28];

        // In the stored member past the .npy header; in the deflated one in the middle of its blocks.
        bytes[30 + nameLength + extraLength + (name == "stored.npz" ? 130 : 100)] ^= 4;
        using var reader = new NpzReader(new MemoryStream(bytes), name: name);
        var e = Assert.Throws<NpyFormatException>(() => reader.Read<double>("a"));
        Assert.Contains(name, e.Message);
        if (name == "stored.npz")
            Assert.Equal("checksum", e.Field);
    }
}
