using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

/// <summary>Files that numpy wrote (Data/npy/make_fixtures.py), read back and compared with the formula of their elements.</summary>
public class NpyNumpyFixtureTests
{
    [Theory]
    [InlineData("le_f4_c.npy", NpyElementType.Float32, true, false)]
    [InlineData("le_f4_f.npy", NpyElementType.Float32, true, true)]
    [InlineData("be_f4_c.npy", NpyElementType.Float32, false, false)]
    [InlineData("be_f4_f.npy", NpyElementType.Float32, false, true)]
    [InlineData("le_f8_c.npy", NpyElementType.Float64, true, false)]
    [InlineData("le_f8_f.npy", NpyElementType.Float64, true, true)]
    [InlineData("be_f8_c.npy", NpyElementType.Float64, false, false)]
    [InlineData("be_f8_f.npy", NpyElementType.Float64, false, true)]
    public void Every_type_and_order_reads_as_either_type(string name, NpyElementType type, bool littleEndian, bool fortran)
    {
        Assert.Equal(new NpyHeader(type, [3, 5], fortran, littleEndian), Npy.ReadHeader(Fixture(name)));
        Assert.Equal(Values<double>(15), Npy.Read<double>(Fixture(name)).Values);
        Assert.Equal(Values<float>(15), Npy.Read<float>(Fixture(name)).Values);
        using var pipe = new PipeStream(File.ReadAllBytes(Fixture(name)));
        Assert.Equal(Values<double>(15), Npy.Read<double>(pipe).Values);
    }

    [Theory]
    [InlineData("v1.npy", new long[] { 2, 3, 2 })]
    [InlineData("v2.npy", new long[] { 2, 3, 2 })]
    [InlineData("v3.npy", new long[] { 2, 3, 2 })]
    [InlineData("scalar.npy", new long[0])]
    [InlineData("vector.npy", new long[] { 5 })]
    [InlineData("empty.npy", new long[] { 0, 3 })]
    [InlineData("rank3_f.npy", new long[] { 2, 3, 4 })]
    [InlineData("rank4_f.npy", new long[] { 2, 3, 1, 5 })]
    public void Every_version_and_rank_reads(string name, long[] shape)
    {
        NpyArray<double> array = Npy.Read<double>(Fixture(name));
        Assert.Equal(shape, array.Shape);
        Assert.Equal(Values<double>(shape.Aggregate(1L, (product, length) => product * length)), array.Values);
    }

    [Fact]
    public void Double_rounds_to_the_nearest_float()
    {
        float[] expected = [0.1f, 1f, 1f + (2 * MathF.Pow(2, -23)), float.PositiveInfinity, -0f, float.PositiveInfinity, float.NaN];
        float[] values = Npy.Read<float>(Fixture("rounding.npy")).Values;
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits).Take(6), values.Select(BitConverter.SingleToInt32Bits).Take(6));
        Assert.True(float.IsNaN(values[6]));
    }

    [Theory]
    [InlineData("int64.npy", "int64")]
    [InlineData("bool.npy", "bool")]
    [InlineData("half.npy", "float16")]
    [InlineData("complex64.npy", "complex64")]
    [InlineData("complex128.npy", "complex128")]
    [InlineData("structured.npy", "structured dtype of 2 fields")]
    [InlineData("structured_v3.npy", "structured dtype of 1 fields")]
    [InlineData("object.npy", "object")]
    [InlineData("text.npy", "unicode")]
    public void Other_types_are_refused_by_name(string name, string kind)
    {
        var e = Assert.Throws<NpyFormatException>(() => Npy.Read<double>(Fixture(name)));
        Assert.Contains(kind, e.Message);
        Assert.Contains(name, e.Message);
        Assert.Contains("float32 ('<f4', '>f4') or float64 ('<f8', '>f8')", e.Message);
        Assert.Equal("descr", e.Field);
    }

    [Theory]
    [InlineData("le_f8_c.npy")]
    [InlineData("v1.npy")]
    [InlineData("scalar.npy")]
    [InlineData("vector.npy")]
    [InlineData("empty.npy")]
    [InlineData("le_f4_c.npy")]
    [InlineData("header_127.npy")]
    [InlineData("header_128.npy")]
    public void Written_bytes_are_those_of_numpy(string name)
    {
        using var stream = new MemoryStream();
        if (Npy.ReadHeader(Fixture(name)).ElementType == NpyElementType.Float64)
        {
            NpyArray<double> array = Npy.Read<double>(Fixture(name));
            Npy.Write<double>(stream, array.Values, array.Shape.AsSpan());
        }
        else
        {
            NpyArray<float> array = Npy.Read<float>(Fixture(name));
            Npy.Write<float>(stream, array.Values, array.Shape.AsSpan());
        }

        Assert.Equal(File.ReadAllBytes(Fixture(name)), stream.ToArray());
    }
}
