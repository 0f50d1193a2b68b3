using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>The suite for vectors on a device.</summary>
/// <param name="gap">Elements between one vector and the next; as many as begin every vector at a multiple of 16 bytes where null.</param>
public abstract class GpuSpaceConformance<T>(int? gap) : VectorSpaceConformance<GpuSpace<T>, MemoryBuffer1D<T, Stride1D.Dense>, ArrayView<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override GpuSpace<T> Space(int batch, int length) => new(Gpu.Context, batch, length, stride: length + gap);

    protected override MemoryBuffer1D<T, Stride1D.Dense> Allocate(int count)
    {
        // Nothing may be read before it is written.
        MemoryBuffer1D<T, Stride1D.Dense> memory = Gpu.Context.Allocate<T>(count, "A test");
        T[] nothing = new T[count];
        Array.Fill(nothing, T.NaN);
        Gpu.Context.Upload<T>(nothing, memory.View);
        return memory;
    }

    protected override ArrayView<T> View(MemoryBuffer1D<T, Stride1D.Dense> memory) => memory.View;
}

public sealed class GpuSpaceOfDouble() : GpuSpaceConformance<double>(null);

public sealed class GpuSpaceOfSingle() : GpuSpaceConformance<float>(null);

public sealed class GpuSpaceOfDoublesSideBySide() : GpuSpaceConformance<double>(0);

public sealed class GpuSpaceOfSinglesSideBySide() : GpuSpaceConformance<float>(0);

public sealed class GpuSpaceOfDoublesApart() : GpuSpaceConformance<double>(3);

public sealed class GpuSpaceOfSinglesApart() : GpuSpaceConformance<float>(6);

public sealed class GpuSpaceArguments
{
    [Fact]
    public void MisuseNamesBothNumbers()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GpuSpace<double>(Gpu.Context, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GpuSpace<double>(Gpu.Context, 1, 0));
        Assert.Equal("stride", Assert.Throws<ArgumentOutOfRangeException>(() => new GpuSpace<double>(Gpu.Context, 1, 5, stride: 4)).ParamName);
        using GpuSpace<double> space = new(Gpu.Context, 2, 5);
        using MemoryBuffer1D<double, Stride1D.Dense> memory = Gpu.Context.Allocate<double>(10, "A test");
        ArrayView<double> view = memory.View;
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => space.Dot(view.SubView(0, 9), view, view));
        Assert.Contains("9", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 5]", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(KernelSizes.FromOne), MemberType = typeof(KernelSizes))]
    [InlineData(5000)]
    public void RayleighQuotientsOfABatch(int length)
    {
        const int Batch = 3;
        double[] g = Matrices.Numbers(Batch * length, 1), h = Matrices.Numbers(Batch * length, 2);
        g.AsSpan(length, length).Clear();
        using GpuSpace<double> space = new(Gpu.Context, Batch, length);
        using MemoryBuffer1D<double, Stride1D.Dense> x = Gpu.Upload(Apart(g, length, space.Stride)), y = Gpu.Upload(Apart(h, length, space.Stride)), result = Gpu.Upload(new double[Batch]);
        space.RayleighQuotients(x.View, y.View, result.View);
        double[] found = Gpu.Download(result);
        for (int b = 0; b < Batch; b++)
        {
            Oracle.Sum product = Oracle.Dot(g.AsSpan(b * length, length), h.AsSpan(b * length, length));
            double square = Oracle.Dot(g.AsSpan(b * length, length), g.AsSpan(b * length, length)).Value;
            double expected = square == 0 ? 0 : product.Value / square, bound = square == 0 ? 0 : 1e-15 * (8 + Math.Sqrt(length)) * product.Magnitude / square;
            Tolerance.Equal(expected, found[b], bound, $"item {b}");
        }
    }

    /// <summary>Rows that lie apart on the device go there and come back in pieces, the last one of fewer rows; one row, and rows side by side, at once.</summary>
    [Theory]
    [InlineData(5, 300_001, 300_002)]
    [InlineData(3, 1_100_001, 1_100_002)]
    [InlineData(1, 5, 8)]
    [InlineData(4, 6, 6)]
    public void RowsGoAndComeInPieces(int rows, int columns, int stride)
    {
        float[] numbers = new float[rows * columns], found = new float[rows * columns], nothing = new float[(rows - 1) * stride + columns];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = i % 9973;
        Array.Fill(nothing, float.NaN);
        using MemoryBuffer1D<float, Stride1D.Dense> memory = Gpu.Upload(nothing);
        Gpu.Context.UploadRows<float>(numbers, columns, memory.View, stride);
        float[] there = Gpu.Download(memory);
        for (int r = 0; r < rows; r++) Assert.True(there.AsSpan(r * stride, columns).SequenceEqual(numbers.AsSpan(r * columns, columns)), $"row {r} there");
        Gpu.Context.DownloadRows(memory.View, stride, found, columns);
        Assert.True(found.AsSpan().SequenceEqual(numbers), "what came back");
    }

    private static double[] Apart(double[] vectors, int length, int stride)
    {
        int count = vectors.Length / length;
        double[] apart = new double[(count - 1) * stride + length];
        Array.Fill(apart, double.NaN);
        for (int j = 0; j < count; j++) vectors.AsSpan(j * length, length).CopyTo(apart.AsSpan(j * stride));
        return apart;
    }

    /// <summary>Numbers whose squares are none.</summary>
    [Theory]
    [InlineData(1e-250)]
    [InlineData(1e-300)]
    [InlineData(1e250)]
    [InlineData(1e300)]
    public void NormsOfNumbersWhoseSquaresOverflowOrVanish(double size)
    {
        double[] numbers = Array.ConvertAll(Matrices.Numbers(40, 5), x => x * size);
        using GpuSpace<double> space = new(Gpu.Context, 1, 40);
        using MemoryBuffer1D<double, Stride1D.Dense> x = Gpu.Upload(numbers), norm = Gpu.Upload(new double[1]);
        space.Normalize(x.View, norm.View);
        double[] scaled = Array.ConvertAll(numbers, e => e / size);
        double expected = Math.Sqrt(Oracle.Dot(scaled, scaled).Value);
        Tolerance.Equal(expected, Gpu.Download(norm)[0] / size, 1e-14);
        Tolerance.Equal<double>(Array.ConvertAll(scaled, e => e / expected), Gpu.Download(x), 1e-14);
    }

    /// <summary>Random numbers are the CPU's: signs bit for bit, normal numbers to the rounding of three functions.</summary>
    [Fact]
    public void RandomNumbersAreTheCpus()
    {
        const int Length = 999;
        using GpuSpace<double> space = new(Gpu.Context, 1, Length);
        using MemoryBuffer1D<double, Stride1D.Dense> memory = Gpu.Upload(new double[Length]);
        CpuSpace<double> onCpu = new(1, Length);
        foreach (RandomDistribution distribution in Enum.GetValues<RandomDistribution>())
        {
            double[] expected = new double[Length];
            onCpu.Random(distribution, 0xFEDCBA9876543210, 1UL << 40, expected);
            space.Random(distribution, 0xFEDCBA9876543210, 1UL << 40, memory.View);
            if (distribution == RandomDistribution.Rademacher) Tolerance.SameBits<double>(expected, Gpu.Download(memory));
            else Tolerance.Equal<double>(expected, Gpu.Download(memory), 1e-14);
        }
    }

    [Theory]
    [InlineData("cuda:99")]
    [InlineData("opencl:99")]
    public void ADeviceThatIsNotThereIsSaidToBeMissing(string request)
    {
        GpuUnavailableException thrown = Assert.Throws<GpuUnavailableException>(() => GpuContext.Open(request));
        Assert.Contains(request, thrown.Message, StringComparison.Ordinal);
        Assert.Matches("install|expected an index", thrown.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:1:2")]
    public void ARequestThatIsNoneIsSaidToBeNone(string request)
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => GpuContext.Open(request));
        Assert.Contains($"'{request}'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("cuda:INDEX", thrown.Message, StringComparison.Ordinal);
    }
}
