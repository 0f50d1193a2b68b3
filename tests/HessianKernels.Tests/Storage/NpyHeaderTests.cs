using FsCheck;
using FsCheck.Fluent;
using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

public class NpyHeaderTests
{
    private static readonly Gen<NpyHeader> Headers =
        from rank in Gen.Choose(0, NpyHeader.MaxRank)
        from big in Gen.Choose(0, 3)
        from shape in Gen.Choose(0, big == 0 ? 1 << 20 : 2).ArrayOf(big == 0 ? Math.Min(rank, 2) : rank)
        from type in Gen.Elements(NpyElementType.Float32, NpyElementType.Float64)
        from fortran in Gen.Elements(true, false)
        from little in Gen.Elements(true, false)
        select new NpyHeader(type, Array.ConvertAll(shape, length => (long)length), fortran, little);

    [Fact]
    public void Headers_round_trip_and_are_aligned() => Prop.ForAll(Headers.ToArbitrary(), header =>
    {
        byte[] bytes = header.ToBytes();
        NpyHeader parsed = NpyHeader.Parse(new MemoryStream(bytes), "memory", null, out long read);
        return parsed == header && parsed.GetHashCode() == header.GetHashCode() && read == bytes.Length
            && bytes.Length % 64 == 0 && bytes[^1] == '\n';
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(new long[0], "()")]
    [InlineData(new long[] { 5 }, "(5,)")]
    [InlineData(new long[] { 3, 4 }, "(3, 4)")]
    [InlineData(new long[] { 1L << 40, 2 }, "(1099511627776, 2)")]
    public void The_text_is_numpys(long[] shape, string tuple)
    {
        var header = new NpyHeader(NpyElementType.Float32, shape);
        Assert.Equal($"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple}, }}", header.ToString());
    }

    [Theory]
    [InlineData("{'descr':'<f8','fortran_order':False,'shape':(2,)}")]
    [InlineData("{\"shape\": (2,), \"descr\": \"<f8\", \"fortran_order\": False}   \n")]
    [InlineData(" { 'shape' : ( 2 , ) , 'fortran_order' : False , 'descr' : '<f8' , } \n\n")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2L,), }\n")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (+2,), }\n")]
    public void Other_spellings_of_a_dict_are_read(string text)
    {
        NpyHeader header = Npy.Read<double>(new MemoryStream(Framed(text, 16))).Header;
        Assert.Equal(new NpyHeader(NpyElementType.Float64, [2]), header);
    }

    [Theory]
    [InlineData("'=f8'")]
    [InlineData("'|f8'")]
    [InlineData("'f8'")]
    public void No_byte_order_is_the_machines(string descr)
    {
        NpyHeader header = Npy.Read<double>(new MemoryStream(Framed(Dict("()", descr), 8))).Header;
        Assert.Equal(BitConverter.IsLittleEndian, header.LittleEndian);
    }

    [Fact]
    public void Sizes_are_longs()
    {
        var header = new NpyHeader(NpyElementType.Float64, [1L << 20, 1L << 20, 3]);
        Assert.Equal(3L << 40, header.Count);
        Assert.Equal(24L << 40, header.DataBytes);
        Assert.Equal(3L << 20, header.RowLength);
        Assert.Equal(1L << 20, header.RowCount);
    }

    [Fact]
    public void Impossible_shapes_are_refused()
    {
        Assert.Contains("(2, -1)", Assert.Throws<ArgumentException>(() => new NpyHeader(NpyElementType.Float64, [2, -1])).Message);
        Assert.Throws<ArgumentException>(() => new NpyHeader(NpyElementType.Float64, [1L << 32, 1L << 32]));
        Assert.Throws<ArgumentException>(() => new NpyHeader(NpyElementType.Float64, [0, 1L << 32, 1L << 32]));
        Assert.Throws<ArgumentException>(() => new NpyHeader(NpyElementType.Float64, new long[33]));
        Assert.Equal(0, new NpyHeader(NpyElementType.Float64, new long[32]).Count);
        Assert.Equal((1L << 60) - 1, new NpyHeader(NpyElementType.Float64, [(1L << 60) - 1]).Count);
        Assert.Throws<ArgumentException>(() => new NpyHeader(NpyElementType.Float64, [1L << 60]));
    }
}
