using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

public class NpyRoundTripTests
{
    public static TheoryData<long[]> Shapes =>
    [
        [], [1], [5], [0], [3, 4], [0, 3], [3, 0], [2, 3, 4], [2, 0, 4], [2, 1, 3, 2], [1, 1, 1, 1], [17, 129],
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_rank_round_trips(long[] shape)
    {
        using var folder = new TemporaryFolder();
        double[] values = Values<double>(shape.Aggregate(1L, (product, length) => product * length));
        float[] singles = [.. values.Select(value => (float)value)];
        Npy.Write<double>(folder["d.npy"], values, shape);
        Npy.Write<float>(folder["s.npy"], singles, shape);

        foreach ((string name, NpyElementType type) in new[] { ("d.npy", NpyElementType.Float64), ("s.npy", NpyElementType.Float32) })
        {
            NpyArray<double> array = Npy.Read<double>(folder[name]);
            Assert.Equal(values, array.Values);
            Assert.Equal(shape, array.Shape);
            Assert.Equal(type, array.Header.ElementType);
            Assert.Equal(singles, Npy.Read<float>(folder[name]).Values);
            Assert.Equal(values, Npy.Read<double>(new PipeStream(File.ReadAllBytes(folder[name]))).Values);
        }

        Assert.Equal(["d.npy", "s.npy"], folder.Files);
    }

    [Fact]
    public void Special_values_keep_their_bits()
    {
        double[] values = [0.0, -0.0, double.NaN, -double.NaN, double.PositiveInfinity, double.Epsilon, double.MaxValue,
            BitConverter.Int64BitsToDouble(0x7FF0_0000_0000_0001)];
        using var stream = new MemoryStream();
        Npy.Write<double>(stream, values, [8]);
        stream.Position = 0;
        Assert.Equal(
            values.Select(BitConverter.DoubleToInt64Bits), Npy.Read<double>(stream).Values.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void A_stream_is_read_from_where_it_stands_and_left_open()
    {
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);
        Npy.Write<float>(stream, [7f], [1]);
        stream.Position = 3;
        Assert.Equal([7f], Npy.Read<float>(stream).Values);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void A_pipe_longer_than_the_first_allocation_is_read_whole()
    {
        using var stream = new MemoryStream();
        double[] values = Values<double>(300_001);
        Npy.Write<double>(stream, values, [300_001]);
        Assert.Equal(values, Npy.Read<double>(new PipeStream(stream.ToArray(), most: 100_003)).Values);
    }

    [Fact]
    public void Progress_ends_at_the_count_and_cancellation_is_obeyed()
    {
        using var folder = new TemporaryFolder();
        var values = new float[(1 << 21) + 5];
        Npy.Write<float>(folder["a.npy"], values, [values.Length]);
        var progress = new Recorder();
        Npy.Read<float>(folder["a.npy"], progress);
        Assert.Equal([1L << 20, 1L << 21, values.Length], progress.Reports);

        using var source = new CancellationTokenSource();
        progress = new Recorder(source.Cancel);
        Assert.Throws<OperationCanceledException>(() => Npy.Read<float>(folder["a.npy"], progress, source.Token));
        Assert.Single(progress.Reports);
    }

    [Fact]
    public void Half_and_a_count_that_is_not_the_shapes_are_refused()
    {
        using var folder = new TemporaryFolder();
        var e = Assert.Throws<NotSupportedException>(() => Npy.Write<Half>(folder["a.npy"], [Half.One], [1]));
        Assert.Contains("Half", e.Message);
        Assert.Throws<NotSupportedException>(() => Npy.Read<Half>(Fixture("scalar.npy")));
        var count = Assert.Throws<ArgumentException>(() => Npy.Write<double>(folder["a.npy"], new double[5], [2, 3]));
        Assert.Contains("5 values", count.Message);
        Assert.Contains("(2, 3) has 6", count.Message);
        Assert.Empty(folder.Files);
    }

    private sealed class Recorder(Action? after = null) : IProgress<long>
    {
        public List<long> Reports { get; } = [];

        public void Report(long value)
        {
            Reports.Add(value);
            after?.Invoke();
        }
    }
}
