using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

public class NpyReaderTests
{
    [Theory]
    [InlineData("le_f8_c.npy")]
    [InlineData("be_f8_c.npy")]
    [InlineData("le_f4_c.npy")]
    [InlineData("be_f4_c.npy")]
    public void Rows_come_in_whatever_blocks_fit(string name)
    {
        for (int room = 5; room <= 20; room++)
        {
            using NpyReader reader = NpyReader.Open(Fixture(name));
            Assert.Equal((3, 5), (reader.RowCount, reader.RowLength));
            var all = new List<double>();
            var rows = new double[room];
            for (int count; (count = reader.ReadRows<double>(rows)) > 0;)
            {
                Assert.Equal(Math.Min(room / 5, 3 - (all.Count / 5)), count);
                all.AddRange(rows[..(count * 5)]);
            }

            Assert.Equal(Values<double>(15), all);
            Assert.Equal(15, reader.Position);
        }
    }

    [Fact]
    public void Room_beyond_the_last_whole_row_is_left_alone()
    {
        using NpyReader reader = NpyReader.Open(Fixture("le_f8_c.npy"));
        double[] rows = [.. Enumerable.Repeat(double.NaN, 9)];
        Assert.Equal(1, reader.ReadRows<double>(rows));
        Assert.All(rows[5..], value => Assert.True(double.IsNaN(value)));
        Assert.Equal(5, reader.Position);
    }

    [Fact]
    public void Long_blocks_convert_and_swap_as_short_ones_do()
    {
        const int count = 100_003;
        double[] values = Values<double>(count);
        foreach (bool little in new[] { true, false })
        {
            byte[] header = new NpyHeader(NpyElementType.Float64, [count], false, little).ToBytes();
            var file = new MemoryStream();
            file.Write(header);
            foreach (double value in values)
            {
                byte[] bytes = BitConverter.GetBytes(value);
                if (little != BitConverter.IsLittleEndian)
                    Array.Reverse(bytes);
                file.Write(bytes);
            }

            file.Position = 0;
            Assert.Equal(values, Npy.Read<double>(file).Values);
            file.Position = 0;
            Assert.Equal(values.Select(value => (float)value), Npy.Read<float>(file).Values);
        }
    }

    [Fact]
    public void A_row_can_be_sought_and_read_again()
    {
        using NpyReader reader = NpyReader.Open(Fixture("be_f4_c.npy"));
        Assert.True(reader.CanSeek);
        var row = new double[5];
        foreach (int index in new[] { 2, 0, 1, 1 })
        {
            reader.SeekRow(index);
            Assert.Equal(1, reader.ReadRows<double>(row));
            Assert.Equal(Values<double>(15)[(5 * index)..(5 * index + 5)], row);
        }

        reader.SeekRow(3);
        Assert.Equal(0, reader.ReadRows<double>(row));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.SeekRow(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.SeekRow(-1));
    }

    [Fact]
    public void A_pipe_gives_rows_but_does_not_seek()
    {
        using var reader = new NpyReader(new PipeStream(File.ReadAllBytes(Fixture("v2.npy"))));
        var matrix = new float[6];
        Assert.Equal(1, reader.ReadRows<float>(matrix));
        Assert.Equal(Values<float>(6), matrix);
        Assert.False(reader.CanSeek);
        Assert.Throws<NotSupportedException>(() => reader.SeekRow(0));
    }

    [Fact]
    public void A_span_too_short_for_a_row_says_both_lengths_and_elements_still_come()
    {
        using NpyReader reader = NpyReader.Open(Fixture("le_f8_c.npy"));
        var e = Assert.Throws<ArgumentException>(() => reader.ReadRows<double>(new double[4]));
        Assert.Contains("4 elements", e.Message);
        Assert.Contains("has 5", e.Message);

        var part = new double[4];
        Assert.Equal(4, reader.ReadElements<double>(part));
        Assert.Equal(Values<double>(4), part);
        Assert.Throws<InvalidOperationException>(() => reader.ReadRows<double>(new double[5]));
        Assert.Equal(1, reader.ReadElements<double>(part.AsSpan(0, 1)));
        Assert.Equal(2, reader.ReadRows<double>(new double[10]));
        Assert.Equal(0, reader.ReadElements<double>(part));
    }

    [Fact]
    public void Fortran_order_has_no_rows_but_elements_in_file_order()
    {
        using NpyReader reader = NpyReader.Open(Fixture("le_f8_f.npy"));
        var e = Assert.Throws<NotSupportedException>(() => reader.ReadRows<double>(new double[15]));
        Assert.Contains("Fortran", e.Message);
        Assert.Throws<NotSupportedException>(() => reader.SeekRow(0));
        var column = new double[3];
        Assert.Equal(3, reader.ReadElements<double>(column));
        Assert.Equal([Value(0), Value(5), Value(10)], column);
    }

    [Fact]
    public void Fortran_order_of_a_vector_is_immaterial()
    {
        byte[] bytes = Framed(Dict("(1, 2, 1)", order: "True"), 16);
        using var reader = new NpyReader(new MemoryStream(bytes));
        Assert.Equal(1, reader.ReadRows<double>(new double[2]));
    }

    [Fact]
    public void Rows_without_elements_are_counted_once()
    {
        using var reader = new NpyReader(new MemoryStream(Framed(Dict("(3, 0)"))));
        Assert.Equal(3, reader.ReadRows<double>([]));
        Assert.Equal(0, reader.ReadRows<double>([]));
        reader.SeekRow(1);
        Assert.Equal(2, reader.ReadRows<double>([]));
        using var none = new NpyReader(new MemoryStream(Framed(Dict("(0, 3)"))));
        Assert.Equal(0, none.ReadRows<double>([]));
    }

    [Fact]
    public void After_a_failed_read_nothing_is_read_by_mistake()
    {
        byte[] bytes = Framed(Dict("(2, 2)"), 24);
        using var reader = new NpyReader(new PipeStream(bytes));
        var row = new double[2];
        Assert.Equal(1, reader.ReadRows<double>(row));
        var e = Assert.Throws<NpyFormatException>(() => reader.ReadRows<double>(row));
        Assert.Contains("24 bytes", e.Message);
        Assert.Contains("32 bytes", e.Message);
        Assert.Throws<InvalidOperationException>(() => reader.ReadRows<double>(row));
    }

    [Fact]
    public void Disposing_closes_the_stream_unless_told_to_leave_it()
    {
        var stream = new MemoryStream(File.ReadAllBytes(Fixture("scalar.npy")));
        new NpyReader(stream, leaveOpen: true).Dispose();
        stream.Position = 0;
        new NpyReader(stream).Dispose();
        Assert.False(stream.CanRead);

        stream = new MemoryStream([1, 2, 3]);
        Assert.Throws<NpyFormatException>(() => new NpyReader(stream));
        Assert.False(stream.CanRead);
    }
}
