using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.LanczosTests;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>Sets of several blocks of rows: products against plain loops, threads, allocation, memory, sweeps.</summary>
public class LargeSetTests
{
    /// <summary>n, r, d, and whether some rows have the sign -1.</summary>
    public static TheoryData<int, int, int, bool> Shapes => new()
    {
        { 300, 1, 9, false }, { 129, 1, 20, false }, { 127, 1, 3, false }, { 100, 3, 7, false }, { 64, 2, 33, false },
        { 45, 4, 8, true }, { 130, 1, 6, true },
        { 3, 150, 5, false }, { 260, 2, 1, true },
    };

    private static FunctionSpace Space(int n, int r, int d, bool signs)
    {
        Random random = new(n + d);
        double[] factors = EdgeCase.Normals(random, n * r * d);
        double[]? negative = signs ? [.. Enumerable.Range(0, n * r).Select(row => row % 5 == 3 ? -1.0 : 1)] : null;
        return SmallSet.FromFactors(factors, n, r, d, negative).Space;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AProductIsThatOfPlainLoops(int n, int r, int d, bool signs)
    {
        FunctionSpace space = Space(n, r, d, signs);
        int m = space.Rank;
        BatchSampling sampling = BatchSampling.WithoutReplacement(n, 2);
        const double Eta = 0.13;
        SecondMomentOperator t = new(space, Eta, sampling);
        double[] x = new double[m * m], expected = new double[m * m];
        Guarded<double> packed = new(t.Length), output = new(t.Length);
        Random random = new(1);
        for (int a = 0; a < m; a++)
            for (int b = 0; b <= a; b++) x[a * m + b] = x[b * m + a] = random.NextDouble() - 0.5;
        double largest = 0;
        for (int i = 0; i < n; i++)
        {
            double[] h = new double[m * m];
            for (int k = 0; k < r; k++)
                for (int a = 0; a < m; a++)
                    for (int b = 0; b < m; b++)
                        h[a * m + b] += Sign(i * r + k) * space.Factors[(i * r + k) * m + a] * space.Factors[(i * r + k) * m + b];
            double[] hxh = Product(Product(h, x, m), h, m);
            for (int at = 0; at < m * m; at++) expected[at] += Eta * Eta * sampling.Kappa / n * hxh[at];
            largest = Math.Max(largest, hxh.Max(Math.Abs));
        }

        for (int a = 0; a < m; a++)
        {
            for (int b = 0; b < m; b++)
            {
                double la = Eta * space.Eigenvalues[a], lb = Eta * space.Eigenvalues[b];
                expected[a * m + b] += x[a * m + b] * (1 - la - lb + sampling.Alpha * la * lb);
            }
        }

        double Sign(int row) => signs ? space.Signs[row] : 1;
        SecondMomentOperator.Pack(x, m, packed.Span);
        packed.Freeze();
        output.Span.Fill(double.NaN);
        t.Apply(packed.Span, output.Span);
        packed.AssertUnchanged("input");
        output.AssertGuards("output");
        double[] found = new double[m * m];
        SecondMomentOperator.Unpack(output.Span, m, found);
        Tolerance.Equal<double>(expected, found, 1e-13 * (1 + largest), "T(X)");
        Assert.True(OperatorCheck.Run(t).Healthy);

        // The contraction is the top eigenvalue of T(I); rows of one example that are not orthogonal bring its signs in.
        double[] ones = new double[m * m], image = new double[t.Length];
        for (int a = 0; a < m; a++) ones[a * m + a] = 1;
        SecondMomentOperator.Pack(ones, m, packed.Span);
        t.Apply(packed.Span, image);
        SecondMomentOperator.Unpack(image, m, found);
        double top = SymmetricMatrix.Spectrum(found, m)[^1];
        Tolerance.Equal(top, Contraction.Of(space, Eta, sampling).Norm, 1e-12 * (1 + Math.Abs(top)), "contraction");
    }

    private static double[] Product(double[] a, double[] b, int m)
    {
        double[] c = new double[m * m];
        for (int i = 0; i < m; i++)
            for (int k = 0; k < m; k++)
                for (int j = 0; j < m; j++) c[i * m + j] += a[i * m + k] * b[k * m + j];
        return c;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AnyNumberOfThreadsGivesTheSameBits(int n, int r, int d, bool signs)
    {
        FunctionSpace space = Space(n, r, d, signs);
        if (space.Eigenvalues[^1] <= 0) return;
        BatchSampling sampling = BatchSampling.WithReplacement(n, 3);
        double eta = 0.4 / space.Eigenvalues[0];
        double[]? first = null;
        foreach (int threads in (int[])[1, 2, 3, 7])
        {
            SecondMomentOptions options = new() { Threads = threads };
            NoiseKernelNorms norms = NoiseKernel.Norms(space, eta, sampling, options);
            double[] found =
            [
                norms.Exact.Value, norms.Diagonal.Value, CriticalLearningRate.Of(space, sampling, options).Value,
                NoiseKernel.ExactWithMomentum(space, eta, sampling, 0.5, 0.1, options).Value,
                Contraction.Of(space, eta, sampling, options).Shifted, NoiseKernel.Radius(space, eta, sampling, options).Value,
                new LearningRateSweep(space, options).Exact(eta, sampling).Value,
                .. SecondMomentTrace.Of(space, eta, sampling, 3, options),
            ];
            Tolerance.SameBits<double>(first ?? found, found, $"{threads} threads");
            first ??= found;
        }
    }

    [Fact]
    public void AProductAllocatesNothing()
    {
        SecondMomentOperator t = new(Space(300, 2, 12, false), 0.01, BatchSampling.Bernoulli(300, 5));
        double[] x = EdgeCase.Normals(new(1), t.Length), y = new double[t.Length];
        Allocation.AssertNone(() => t.Apply(x, y));
    }

    /// <summary>Warm as cold, and with fewer products.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ASweepFindsWhatEachPointFindsAlone(int r)
    {
        FunctionSpace space = Space(200, r, 30, false);
        LearningRateSweep sweep = new(space);
        int warm = 0, cold = 0;
        foreach (int b in (int[])[1, 16])
        {
            BatchSampling sampling = BatchSampling.WithoutReplacement(200, b);
            double critical = sweep.CriticalLearningRate(sampling).Value;
            Assert.Equal(CriticalLearningRate.Of(space, sampling), sweep.CriticalLearningRate(sampling));
            for (double share = 0.05; share < 3; share *= 1.2)
            {
                NoiseKernelNorms one = NoiseKernel.Norms(space, share * critical, sampling), next = sweep.Norms(share * critical, sampling);
                Tolerance.Equal(one.Exact.Value, next.Exact.Value, 1e-10 * one.Exact.Value, "K_exact");
                Tolerance.Equal(one.Diagonal.Value, next.Diagonal.Value, 1e-10 * one.Diagonal.Value, "K_diag");
                Assert.Equal(
                    (one.HighDimensional, one.HighDimensionalAsymptotic, one.Trace),
                    (next.HighDimensional, next.HighDimensionalAsymptotic, next.Trace));
                warm += next.Exact.OperatorApplications;
                cold += one.Exact.OperatorApplications;
            }
        }

        Assert.True(warm < cold, $"{warm} products warm, {cold} cold");
        Assert.True(cold < 40 * 15, $"{cold} products cold");
    }

    /// <summary>
    /// Two orthogonal sets: one seen by a single example, whose noise is the larger for small steps, one seen by many and sharper, whose
    /// noise outgrows it. The last eigenvector has nothing of the next.
    /// </summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void ASweepSeesAnotherPartOfTheSetTakeOver(int r, bool signs)
    {
        const int N = 40;
        double[] factors = new double[N * r * 2];
        factors[0] = Math.Sqrt(N * 0.2);
        for (int i = 1; i < N; i++) factors[i * r * 2 + 1] = Math.Sqrt(N / (N - 1.0));
        double[]? negative = signs ? [.. Enumerable.Range(0, N * r).Select(row => row % 2 == 1 ? -1.0 : 1)] : null;
        FunctionSpace space = SmallSet.FromFactors(factors, N, r, 2, negative).Space;
        BatchSampling sampling = BatchSampling.WithoutReplacement(N, 20);
        LearningRateSweep sweep = new(space);
        double lambda = 1, kappa = sampling.Kappa, alpha = sampling.Alpha;
        foreach (double share in (double[])[0.1, 0.5, 0.9, 0.99, 0.9999, 0.3, 0.99999])
        {
            double eta = share * 2 / (alpha * lambda), first = kappa * N * eta * 0.2 / (2 - alpha * eta * 0.2);
            double second = kappa * N / (N - 1.0) * eta * lambda / (2 - alpha * eta * lambda), expected = Math.Max(first, second);
            Tolerance.Equal(expected, sweep.Exact(eta, sampling).Value, 1e-9 * expected, $"K_exact at {share}");
            Tolerance.Equal(expected, sweep.Diagonal(eta, sampling).Value, 1e-9 * expected, $"K_diag at {share}");
        }
    }

    /// <summary>The same with both parts seen by every example, each by an output of its own: no example's block is 0.</summary>
    [Fact]
    public void ASweepSeesAnotherOutputTakeOver()
    {
        const int N = 40, D = 4;
        double[] factors = new double[N * 2 * D];
        Random random = new(4);
        for (int i = 0; i < N; i++)
        {
            // The first output is noisy: one example in ten has most of it.
            factors[i * 2 * D] = i % 10 == 0 ? 1.2 : 0.1;
            factors[i * 2 * D + 1] = 0.1 * random.NextDouble();
            factors[(i * 2 + 1) * D + 2] = 1 + 0.1 * random.NextDouble();
            factors[(i * 2 + 1) * D + 3] = 0.2 * random.NextDouble();
        }

        FunctionSpace space = SmallSet.FromFactors(factors, N, 2, D).Space;
        BatchSampling sampling = BatchSampling.WithoutReplacement(N, 8);
        LearningRateSweep sweep = new(space);
        double threshold = 2 / (sampling.Alpha * space.Eigenvalues[0]);
        HashSet<int> leaders = [];
        foreach (double share in (double[])[0.01, 0.1, 0.3, 0.6, 0.9, 0.99, 0.999, 0.2])
        {
            TopEigenvalue warm = sweep.Exact(share * threshold, sampling), cold = NoiseKernel.Norms(space, share * threshold, sampling).Exact;
            Tolerance.Equal(cold.Value, warm.Value, 1e-9 * cold.Value, $"K_exact at {share}");
            double x = share * 2, sharp = sampling.Kappa / sampling.Alpha * x / (2 - x);
            leaders.Add(cold.Value > 1.05 * sharp ? 1 : 2);
        }

        Assert.Equal(2, leaders.Count);
    }

    /// <summary>A softmax has a direction without curvature in every example: a sweep is as cheap there.</summary>
    [Fact]
    public void ASweepOfBlocksThatAreSingularIsCheap()
    {
        const int N = 60, R = 3, D = 20;
        double[] factors = EdgeCase.Normals(new(8), N * R * D);
        for (int i = 0; i < N; i++)
            for (int j = 0; j < D; j++)
                factors[(i * R + 2) * D + j] = -factors[i * R * D + j] - factors[(i * R + 1) * D + j];
        FunctionSpace space = SmallSet.FromFactors(factors, N, R, D).Space;
        BatchSampling sampling = BatchSampling.WithReplacement(N, 4);
        LearningRateSweep sweep = new(space);
        double critical = sweep.CriticalLearningRate(sampling).Value;
        int first = sweep.Exact(0.1 * critical, sampling).OperatorApplications, rest = 0;
        for (int k = 1; k <= 20; k++)
        {
            TopEigenvalue top = sweep.Exact((0.1 + 0.04 * k) * critical, sampling);
            rest += top.OperatorApplications;
            Tolerance.Equal(NoiseKernel.Norms(space, (0.1 + 0.04 * k) * critical, sampling).Exact.Value, top.Value, 1e-10, "K_exact");
        }

        Assert.True(rest < 4 * 20, $"{first} products for the first point, {rest} for 20 more");
    }

    [Fact]
    public void TheMemoryLimitIsHeldAndBothNumbersAreNamed()
    {
        FunctionSpace space = Space(129, 1, 20, false);
        BatchSampling sampling = BatchSampling.Bernoulli(129, 4);
        double[] noise = new double[210];
        noise[0] = 1;
        (long Required, Action<SecondMomentOptions> Call)[] doors =
        [
            (NoiseKernel.RequiredBytes(space), options => NoiseKernel.Norms(space, 0.1, sampling, options)),
            (LearningRateSweep.RequiredBytes(space), options => new LearningRateSweep(space, options).Norms(0.1, sampling)),
            (NoiseKernel.MomentumRequiredBytes(space), options => NoiseKernel.ExactWithMomentum(space, 0.01, sampling, 0.5, 0, options)),
            (CriticalLearningRate.RequiredBytes(space), options => CriticalLearningRate.Of(space, sampling, options)),
            (SecondMomentOperator.RequiredBytes(space), options => _ = new SecondMomentOperator(space, 0.1, sampling, options)),
            (SecondMomentTrace.RequiredBytes(space), options => SecondMomentTrace.Of(space, 0.1, sampling, 2, options)),
            (Contraction.RequiredBytes(space), options => Contraction.Of(space, 0.1, sampling, options)),
            (StationaryCovariance.RequiredBytes(space), options => StationaryCovariance.Solve(space, 0.01, sampling, noise, options)),
        ];
        foreach ((long required, Action<SecondMomentOptions> call) in doors)
        {
            call(new() { MemoryLimit = required });
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => call(new() { MemoryLimit = required - 1 }));
            Assert.Contains($"{required} bytes", error.Message, StringComparison.Ordinal);
            Assert.Contains($"{required - 1} bytes", error.Message, StringComparison.Ordinal);

            // What was said is what is taken, but for small objects.
            long before = GC.GetAllocatedBytesForCurrentThread();
            call(new() { Threads = 1 });
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, required + 16384);
        }

        ArgumentOutOfRangeException large = Assert.Throws<ArgumentOutOfRangeException>(() => SecondMomentOperator.PackedLength(70_000));
        Assert.Contains($"{Array.MaxLength}", large.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACancelledSearchSaysSo()
    {
        FunctionSpace space = Space(129, 1, 20, false);
        BatchSampling sampling = BatchSampling.Bernoulli(129, 4);
        using CancellationTokenSource source = new();
        source.Cancel();
        NoiseKernelNorms norms = NoiseKernel.Norms(space, 0.01, sampling, cancellation: source.Token);
        Assert.Equal(LanczosStatus.Cancelled, norms.Exact.Status);
        Assert.Null(norms.Stable);
        Assert.Equal(LanczosStatus.Cancelled, new LearningRateSweep(space).Exact(0.01, sampling, cancellation: source.Token).Status);
        CriticalLearningRate critical = CriticalLearningRate.Of(space, sampling, cancellation: source.Token);
        Assert.Equal((LanczosStatus.Cancelled, 0.0, double.PositiveInfinity), (critical.Evidence.Status, critical.Lower, critical.Upper));
        Assert.Equal([20], SecondMomentTrace.Of(space, 0.01, sampling, 5, cancellation: source.Token));
        List<LanczosProgress> seen = [];
        NoiseKernel.Norms(space, 0.01, sampling, progress: new Collector(seen));
        Assert.NotEmpty(seen);
    }

    private sealed class Collector(List<LanczosProgress> seen) : IProgress<LanczosProgress>
    {
        public void Report(LanczosProgress value) => seen.Add(value);
    }
}
