using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

/// <summary>Arrays of integers, read where a door says so, from files that numpy wrote.</summary>
public class NpyIntegerTests
{
    private static T[] Read<T>(string member)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using NpzReader archive = NpzReader.Open(Fixture("integers.npz"));
        using NpyReader reader = archive.OpenNumbers(member);
        Assert.Equal([2, 3], reader.Header.Shape.ToArray());
        return Npy.ReadWhole<T>(reader, null, default).Values;
    }

    [Theory]
    [InlineData("b1", 0, 1)]
    [InlineData("i1", sbyte.MinValue, sbyte.MaxValue)]
    [InlineData("u1", byte.MinValue, byte.MaxValue)]
    [InlineData("i2", short.MinValue, short.MaxValue)]
    [InlineData("i2_be", short.MinValue, short.MaxValue)]
    [InlineData("u2", ushort.MinValue, ushort.MaxValue)]
    [InlineData("i4", int.MinValue, int.MaxValue)]
    [InlineData("i4_be", int.MinValue, int.MaxValue)]
    [InlineData("u4", uint.MinValue, uint.MaxValue)]
    [InlineData("i8", long.MinValue, long.MaxValue)]
    [InlineData("i8_be", long.MinValue, long.MaxValue)]
    [InlineData("u8", 0, 18446744073709551615.0)]
    public void EveryWidthAndOrder(string member, double least, double most)
    {
        Assert.Equal([least, 0, 1, 1, 0, most], Read<double>(member));
        Assert.Equal([(float)least, 0, 1, 1, 0, (float)most], Read<float>(member));
    }

    [Fact]
    public void FortranOrder() => Assert.Equal([0, 1, 2, 3, 4, 5], Read<double>("i4_f"));

    [Fact]
    public void FloatsThroughTheSameDoor()
    {
        using NpzReader archive = NpzReader.Open(Fixture("stored.npz"));
        using NpyReader reader = archive.OpenNumbers("b");
        Assert.Equal(Values<double>(4), Npy.ReadWhole<double>(reader, null, default).Values);
    }

    [Fact]
    public void AFile()
    {
        using NpyReader reader = NpyReader.OpenNumbers(Fixture("int64.npy"));
        double[] values = new double[3];
        Assert.Equal(3, reader.ReadElements<double>(values));
        Assert.Equal([0, 1, 2], values);
        Assert.Contains("int64.npy", Assert.Throws<DirectoryNotFoundException>(() => NpyReader.OpenNumbers("none/int64.npy")).Message);
    }

    [Theory]
    [InlineData("complex64.npy", "complex64")]
    [InlineData("half.npy", "float16")]
    [InlineData("text.npy", "unicode")]
    public void WhatIsNoRealNumberIsRefused(string name, string kind)
    {
        NpyFormatException e = Assert.Throws<NpyFormatException>(() => NpyReader.OpenNumbers(Fixture(name)));
        Assert.Contains(kind, e.Message);
        Assert.Contains("integers of 8 to 64 bits", e.Message);
    }

    [Fact]
    public void OtherDoorsRefuseThem()
    {
        using NpzReader archive = NpzReader.Open(Fixture("integers.npz"));
        Assert.Contains("int32", Assert.Throws<NpyFormatException>(() => archive.OpenRows("i4")).Message);
    }

    [Fact]
    public void TheHeaderSaysWhatNumpyDoes()
    {
        using NpzReader archive = NpzReader.Open(Fixture("integers.npz"));
        Assert.StartsWith("{'descr': '>i4', 'fortran_order': False, 'shape': (2, 3)", archive.OpenNumbers("i4_be").Header.ToString());
        Assert.StartsWith("{'descr': '|u1'", archive.OpenNumbers("u1").Header.ToString());
        Assert.Equal((NpyElementType.UInt16, 2), (archive.OpenNumbers("u2").Header.ElementType, archive.OpenNumbers("u2").Header.ElementSize));
    }

    [Fact]
    public void WrittenAndReadBack()
    {
        using TemporaryFolder folder = new();
        using (NpzWriter writer = NpzWriter.Create(folder["y.npz"]))
        {
            writer.Write("Y", [3L, -1, 1L << 40], [3]);
            writer.Write<double>("X", [0.5], [1]);
            Assert.Contains("(2,)", Assert.Throws<ArgumentException>(() => writer.Write("Z", [1L], [2])).Message);
            writer.Complete();
        }

        using NpzReader archive = NpzReader.Open(folder["y.npz"]);
        Assert.Equal(["Y", "X"], archive.Names.ToArray());
        using NpyReader reader = archive.OpenNumbers("Y");
        Assert.Equal(NpyElementType.Int64, reader.Header.ElementType);
        Assert.Equal([3, -1, 1L << 40], Npy.ReadWhole<double>(reader, null, default).Values);
    }
}
