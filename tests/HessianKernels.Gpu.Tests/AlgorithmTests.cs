using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using ILGPU;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>Traces, densities and systems on the device: the CPU's random words, so the CPU's answers to rounding.</summary>
public class AlgorithmTests
{
    private const int Batch = 2;

    [Theory]
    [InlineData(TraceMethod.Hutchinson, RandomDistribution.Rademacher)]
    [InlineData(TraceMethod.Hutchinson, RandomDistribution.Normal)]
    [InlineData(TraceMethod.HutchPlusPlus, RandomDistribution.Rademacher)]
    [InlineData(TraceMethod.XTrace, RandomDistribution.Rademacher)]
    public void ATraceIsTheCpus(TraceMethod method, RandomDistribution distribution)
    {
        TraceOptions options = new() { Method = method, Distribution = distribution, Applications = 22, Seed = 9 };
        Check<double>(options, 33, 1e-11);
        Check<float>(options, 32, 1e-4);
    }

    private static void Check<T>(TraceOptions options, int n, double bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] a = Array.ConvertAll(Matrices.Random(Batch, n, 3), T.CreateTruncating);
        using DeviceSymmetric<T> matrix = new(Gpu.Context, a, n);
        TraceEstimate[] found = GpuTrace.Estimate(Gpu.Context, matrix, options), again = GpuTrace.Estimate(Gpu.Context, matrix, options);
        TraceEstimate[] expected = Trace.Estimate<T>(a, n, options);
        Assert.Equal(found, again);
        for (int b = 0; b < Batch; b++)
        {
            Assert.Equal(
                (TraceStatus.Complete, expected[b].Samples, expected[b].OperatorApplications, expected[b].RangeDimension),
                (found[b].Status, found[b].Samples, found[b].OperatorApplications, found[b].RangeDimension));
            Tolerance.Equal(expected[b].Value, found[b].Value, bound * n, $"{typeof(T).Name} {b}");
            Tolerance.Equal(expected[b].StandardError, found[b].StandardError, bound * n, $"{typeof(T).Name} {b}, standard error");
        }

        using DeviceSymmetric<T> alone = new(Gpu.Context, a.AsSpan(0, n * n), n);
        Assert.Equal(found[0], GpuTrace.Estimate(Gpu.Context, alone, options)[0]);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(31, 12)]
    public void ADensityIsTheCpus(int n, int steps)
    {
        double[] a = Matrices.Random(Batch, n, 4);
        SpectralDensityOptions options = new() { Probes = 2, Steps = steps, Seed = 3 };
        using DeviceSymmetric<double> matrix = new(Gpu.Context, a, n);
        SpectralQuadrature[] found = GpuSpectralDensity.Estimate(Gpu.Context, matrix, options), expected = SpectralDensity.Estimate<double>(a, n, options);
        for (int b = 0; b < Batch; b++)
        {
            Assert.Equal((expected[b].Status, expected[b].OperatorApplications, expected[b].Probes), (found[b].Status, found[b].OperatorApplications, found[b].Probes));
            for (int power = 1; power <= 4; power++)
                Tolerance.Equal(expected[b].Moment(power).Value, found[b].Moment(power).Value, 1e-12 * Math.Pow(n, power), $"moment {power} of item {b}");
            Tolerance.Equal(expected[b].TraceOf(Math.Exp).Value, found[b].TraceOf(Math.Exp).Value, 1e-10 * expected[b].TraceOf(Math.Exp).Value, $"tr exp of item {b}");
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void ASystemIsSolvedAsOnTheCpu(bool guessed, bool preconditioned)
    {
        const int n = 33;
        double[] a = Matrices.Random(Batch, n, 5), b = Matrices.Numbers(Batch * n, 6), guess = Matrices.Numbers(Batch * n, 7), half = new double[Batch * n * n];
        for (int i = 0; i < Batch * n; i++)
        {
            a[i * n + i % n] += n;
            half[i * n + i % n] = 0.5;
        }

        ConjugateGradientsOptions options = new() { RelativeTolerance = 1e-10, StartFromSolution = guessed };
        double[] expected = guessed ? [.. guess] : new double[b.Length], found = [.. guess];
        ConjugateGradientsEvidence[] onCpu = ConjugateGradients.Solve<double>(a, n, b, expected, options, preconditioned ? new DenseSymmetric<double>(half, n) : null);
        using DeviceSymmetric<double> matrix = new(Gpu.Context, a, n), preconditioner = new(Gpu.Context, half, n);
        ConjugateGradientsEvidence[] evidence = GpuConjugateGradients.Solve<double>(Gpu.Context, matrix, b, found, options, preconditioned ? preconditioner : null);
        for (int i = 0; i < Batch; i++)
        {
            Assert.Equal(ConjugateGradientsStatus.Converged, evidence[i].Status);
            Assert.InRange(evidence[i].Iterations, onCpu[i].Iterations - 1, onCpu[i].Iterations + 1);
            Assert.InRange(evidence[i].RelativeResidual, 0, 1e-10);
        }

        Tolerance.Equal<double>(expected, found, 1e-10);
    }

    /// <summary>Operators whose vectors lie side by side: each item by a matrix of its own.</summary>
    private sealed class SideBySide<T>(DeviceSymmetric<T>[] items) : ILinearOperator<ArrayView<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public int Batch => items.Length;

        public int Length => items[0].Length;

        public void Apply(ArrayView<T> input, ArrayView<T> output)
        {
            for (int b = 0; b < items.Length; b++) items[b].Apply(input.SubView((long)b * Length, Length), output.SubView((long)b * Length, Length));
        }
    }

    /// <summary>Where vectors begin changes no bit: at multiples of 16 bytes, or anywhere and read a number at a time.</summary>
    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(40)]
    public void VectorsSideBySideGiveTheSameBits(int n)
    {
        Bits<double>(n);
        Bits<float>(n);
    }

    private static void Bits<T>(int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] a = Array.ConvertAll(Matrices.Random(Batch, n, 5), T.CreateTruncating), b = Array.ConvertAll(Matrices.Numbers(Batch * n, 6), T.CreateTruncating);
        for (int i = 0; i < Batch * n; i++) a[i * n + i % n] += T.CreateTruncating(n);
        using DeviceSymmetric<T> apart = new(Gpu.Context, a, n);
        DeviceSymmetric<T>[] items = [.. Enumerable.Range(0, Batch).Select(item => new DeviceSymmetric<T>(Gpu.Context, a.AsSpan(item * n * n, n * n), n))];
        SideBySide<T> beside = new(items);
        LanczosOptions lanczos = new() { MaximumBasis = 12 };
        LanczosResult<T>[] expected = GpuLanczos.TopKBatch(Gpu.Context, apart, 3, lanczos), found = GpuLanczos.TopKBatch(Gpu.Context, beside, 3, lanczos);
        for (int item = 0; item < Batch; item++)
        {
            Assert.Equal(expected[item].Evidence, found[item].Evidence);
            Tolerance.SameBits<T>(expected[item].Eigenvectors, found[item].Eigenvectors, $"eigenvectors of item {item}");
        }

        Assert.Equal(GpuTrace.Estimate(Gpu.Context, apart), GpuTrace.Estimate(Gpu.Context, beside));
        SpectralDensityOptions density = new() { Probes = 2, Steps = 10 };
        SpectralQuadrature[] one = GpuSpectralDensity.Estimate(Gpu.Context, apart, density), other = GpuSpectralDensity.Estimate(Gpu.Context, beside, density);
        for (int item = 0; item < Batch; item++) Assert.Equal(one[item].Moment(3), other[item].Moment(3));
        T[] x = new T[b.Length], y = new T[b.Length];
        Assert.Equal(GpuConjugateGradients.Solve<T>(Gpu.Context, apart, b, x), GpuConjugateGradients.Solve<T>(Gpu.Context, beside, b, y));
        Tolerance.SameBits<T>(x, y, "solutions");
        foreach (DeviceSymmetric<T> item in items) item.Dispose();
    }

    /// <summary>A batch whose vectors lie otherwise than the space's is refused.</summary>
    [Fact]
    public void AStrideThatIsNotTheSpacesIsNamed()
    {
        const int n = 33;
        using DeviceSymmetric<double> matrix = new(Gpu.Context, Matrices.Random(Batch, n, 5), n);
        using GpuSpace<double> space = new(Gpu.Context, Batch, n, stride: n);
        using DeviceMemory<double> memory = new(Gpu.Context, Trace.SpaceElements(n, Batch), "A test");
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Trace.EstimateOn(space, matrix, memory.View));
        Assert.Contains("34 elements apart; the space's begin 33 apart", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMatrixThatIsNotPositiveDefiniteIsFoundOut()
    {
        const int n = 8;
        double[] a = new double[n * n], x = new double[n], b = Matrices.Numbers(n, 1);
        for (int i = 0; i < n; i++) a[i * n + i] = i == 3 ? -5 : 1;
        using DeviceSymmetric<double> matrix = new(Gpu.Context, a, n);
        ConjugateGradientsEvidence evidence = GpuConjugateGradients.Solve<double>(Gpu.Context, matrix, b, x)[0];
        Assert.Equal(ConjugateGradientsStatus.NotPositiveDefinite, evidence.Status);
        Assert.True(evidence.Curvature < 0);
    }

    [Fact]
    public void MisuseNamesBothNumbers()
    {
        const int n = 4;
        using DeviceSymmetric<double> matrix = new(Gpu.Context, Matrices.Random(1, n, 1), n);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => GpuConjugateGradients.Solve<double>(Gpu.Context, matrix, new double[3], new double[4]));
        Assert.Equal("rightHandSide", thrown.ParamName);
        Assert.Contains("Found 3 elements; expected 4 = [1, 4].", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("solution", Assert.Throws<ArgumentException>(
            () => GpuConjugateGradients.Solve<double>(Gpu.Context, matrix, new double[4], new double[5])).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => GpuTrace.Estimate(Gpu.Context, matrix, new() { Applications = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => GpuSpectralDensity.Estimate(Gpu.Context, matrix, new() { Probes = 0 }));
    }

    /// <summary>All memory is asked for in one estimate: below it nothing is taken, with just as much the run is made.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(41)]
    public void MemoryIsAskedForBeforeAnyIsTakenAndTheEstimateSuffices(int n)
    {
        using GpuContext small = GpuContext.Open("emulator");
        double[] a = Matrices.Random(1, n, 8), x = new double[n];
        for (int i = 0; i < n; i++) a[i * n + i] += n;
        using DeviceSymmetric<double> matrix = new(small, a, n);
        long held = small.Allocated;
        LanczosOptions lanczos = new() { MaximumBasis = 10 };
        TraceOptions trace = new() { Applications = 12 }, hutch = new() { Applications = 12, Method = TraceMethod.HutchPlusPlus };
        SpectralDensityOptions density = new() { Probes = 2, Steps = 10 };
        (long Bytes, Action Run)[] doors =
        [
            (GpuLanczos.RequiredBytes<double>(n, 2, 1, lanczos), () => GpuLanczos.TopK(small, matrix, 2, lanczos)),
            (GpuTrace.RequiredBytes<double>(n, 1, trace), () => GpuTrace.Estimate(small, matrix, trace)),
            (GpuTrace.RequiredBytes<double>(n, 1, hutch), () => GpuTrace.Estimate(small, matrix, hutch)),
            (GpuSpectralDensity.RequiredBytes<double>(n, 1, density), () => GpuSpectralDensity.Estimate(small, matrix, density)),
            (GpuConjugateGradients.RequiredBytes<double>(n), () => GpuConjugateGradients.Solve<double>(small, matrix, a.AsSpan(0, n), x)),
        ];
        foreach ((long bytes, Action run) in doors)
        {
            small.MemoryLimit = held + bytes - 1;
            GpuMemoryException thrown = Assert.Throws<GpuMemoryException>(run);
            Assert.Equal((bytes, bytes - 1), (thrown.Required, thrown.Available));
            Assert.Equal(held, small.Allocated);
            small.MemoryLimit = held + bytes;
            run();
            Assert.Equal(held, small.Allocated);
        }
    }
}
