using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using HessianKernels.Tests.LanczosTests;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>Traces, densities, systems and resumed runs on a space of the required members alone, as on one where reading is dear.</summary>
public class SpaceDoorTests
{
    private const int N = 37, Batch = 3;

    private static double[] Stack()
    {
        double[][] items =
        [
            SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, N).Select(i => 1 + i * 0.25)], new(1)),
            SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, N).Select(i => i < 3 ? 9.0 : 0.5)], new(2)),
            SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, N).Select(i => i == 0 ? 100.0 : 1 / (1.0 + i))], new(3)),
        ];
        return [.. items.SelectMany(item => item)];
    }

    private static MatrixOperator<OpaqueVector, OpaqueSpace> Operator(double[] a, int batch) => new(new(batch, N), a);

    [Theory]
    [InlineData(TraceMethod.Hutchinson, 0)]
    [InlineData(TraceMethod.HutchPlusPlus, 0)]
    [InlineData(TraceMethod.XTrace, 0)]
    [InlineData(TraceMethod.Hutchinson, 0.05)]
    [InlineData(TraceMethod.HutchPlusPlus, 0.001)]
    [InlineData(TraceMethod.XTrace, 0.001)]
    public void ATraceHasTheBitsOfOneReadAfterEveryProduct(TraceMethod method, double error)
    {
        double[] a = Stack();
        TraceOptions options = new() { Method = method, Applications = 22, RelativeStandardError = error, MaximumApplications = 150, Seed = 4 };
        (TraceEstimate[] expected, int often) = Run(1);
        TraceEstimate[] onCpu = Trace.Estimate<double>(a, N, options);
        foreach (int interval in (int[])[3, 8])
        {
            (TraceEstimate[] found, int rarely) = Run(interval);
            Assert.Equal(expected, found);
            Assert.True(rarely < often, $"{rarely} readings with every {interval}-th step, {often} with each");
        }

        for (int b = 0; b < Batch; b++)
        {
            Assert.Equal((onCpu[b].Status, onCpu[b].OperatorApplications, onCpu[b].RangeDimension), (expected[b].Status, expected[b].OperatorApplications, expected[b].RangeDimension));
            Tolerance.Equal(onCpu[b].Value, expected[b].Value, 1e-9 * Math.Abs(onCpu[b].Value));
        }

        (TraceEstimate[], int) Run(int interval)
        {
            OpaqueSpace space = new(Batch, N, interval);
            OpaqueVector memory = new((int)Trace.SpaceElements(N, Batch, options, interval));
            TraceEstimate[] estimates = Trace.EstimateOn(space, Operator(a, Batch), memory, options);
            return (estimates, space.Reads);
        }
    }

    /// <summary>What waits on the space's side when a run is cancelled counts.</summary>
    [Theory]
    [InlineData(TraceMethod.Hutchinson, 5)]
    [InlineData(TraceMethod.HutchPlusPlus, 25)]
    [InlineData(TraceMethod.XTrace, 9)]
    public void ACancelledTraceHasTheSamplesMade(TraceMethod method, int products)
    {
        double[] a = Stack();
        TraceOptions options = new() { Method = method, Applications = 30, Seed = 4 };
        TraceEstimate[] expected = Run(1), found = Run(8);
        Assert.Equal(TraceStatus.Cancelled, found[0].Status);
        Assert.InRange(found[0].Samples, 1, products);
        Assert.Equal(expected, found);

        TraceEstimate[] Run(int interval)
        {
            using CancellationTokenSource stop = new();
            OpaqueVector memory = new((int)Trace.SpaceElements(N, Batch, options, interval));
            return Trace.EstimateOn(new OpaqueSpace(Batch, N, interval), Operator(a, Batch), memory, options, new StopAt(products, stop), stop.Token);
        }
    }

    private sealed class StopAt(int products, CancellationTokenSource stop) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value == products) stop.Cancel();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void ADensityIsTheCpus(int interval)
    {
        double[] a = Stack();
        SpectralDensityOptions options = new() { Probes = 3, Steps = 20, Seed = 5 };
        OpaqueVector memory = new((int)SpectralDensity.SpaceElements(N, Batch, options));
        SpectralQuadrature[] found = SpectralDensity.EstimateOn(new OpaqueSpace(Batch, N, interval), Operator(a, Batch), memory, options);
        SpectralQuadrature[] onCpu = SpectralDensity.Estimate<double>(a, N, options);
        for (int b = 0; b < Batch; b++)
        {
            Assert.Equal((SpectralQuadratureStatus.Complete, onCpu[b].OperatorApplications), (found[b].Status, found[b].OperatorApplications));
            for (int power = 1; power <= 3; power++)
                Tolerance.Equal(onCpu[b].Moment(power).Value, found[b].Moment(power).Value, 1e-11 * Math.Abs(onCpu[b].Moment(power).Value), $"moment {power} of item {b}");
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void ASystemIsSolvedAsOnTheCpu(bool guessed, bool preconditioned)
    {
        double[] a = Stack(), rhs = [.. Enumerable.Range(0, Batch * N).Select(i => Math.Sin(i + 1.0))], guess = [.. rhs.Select(Math.Abs)];
        double[] identity = [.. Enumerable.Range(0, Batch * N * N).Select(i => i % (N * N) % (N + 1) == 0 ? 0.5 : 0)];
        ConjugateGradientsOptions options = new() { RelativeTolerance = 1e-10, StartFromSolution = guessed };
        double[] onCpu = guessed ? [.. guess] : new double[rhs.Length];
        ConjugateGradientsEvidence[] expected = ConjugateGradients.Solve<double>(
            a, N, rhs, onCpu, options, preconditioned ? new DenseSymmetric<double>(identity, N) : null);

        OpaqueVector memory = new((int)ConjugateGradients.SpaceElements(N, Batch, preconditioned, 8)), b = new(rhs.Length), x = new(rhs.Length);
        OpaqueSpace space = new(Batch, N, 8);
        space.Write(rhs, b);
        // What is no guess stays NaN, and is not read.
        if (guessed) space.Write(guess, x);
        ConjugateGradientsEvidence[] found = ConjugateGradients.SolveOn(
            space, Operator(a, Batch), memory, b, x, options, preconditioned ? Operator(identity, Batch) : null);
        for (int i = 0; i < Batch; i++)
        {
            Assert.Equal(ConjugateGradientsStatus.Converged, found[i].Status);
            Assert.InRange(found[i].Iterations, expected[i].Iterations - 2, expected[i].Iterations + 2);
        }

        double[] solution = new double[rhs.Length], after = new double[rhs.Length];
        space.Read(x, solution);
        space.Read(b, after);
        Tolerance.Equal<double>(onCpu, solution, 1e-8);
        Tolerance.SameBits<double>(rhs, after, "the right-hand side");
    }

    /// <summary>
    /// Items that end on their own, early and late, for every reason: however seldom the host looks, the iterates and the evidence are those
    /// of looking after every iteration.
    /// </summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData(11, false)]
    [InlineData(null, true)]
    public void ASystemHasTheBitsOfOneReadAfterEveryIteration(int? limit, bool preconditioned)
    {
        double[] a = Stack(), rhs = [.. Enumerable.Range(0, Batch * N).Select(i => Math.Sin(i + 1.0))];
        // The last is not positive definite, which a few iterations show.
        for (int i = 0; i < N; i++) a[(2 * N + i) * N + i] -= 0.3;
        double[] half = [.. Enumerable.Range(0, Batch * N * N).Select(i => i % (N * N) % (N + 1) == 0 ? 0.5 : 0)];
        ConjugateGradientsOptions options = new() { RelativeTolerance = 1e-10, MaximumIterations = limit };
        (ConjugateGradientsEvidence[] expected, double[] x, int often) = Run(1);
        Assert.Equal(ConjugateGradientsStatus.NotPositiveDefinite, expected[2].Status);
        Assert.True(expected[2].Curvature < 0 && expected[1].Iterations < expected[0].Iterations && expected[2].Iterations > 0);
        foreach (int interval in (int[])[3, 8])
        {
            (ConjugateGradientsEvidence[] found, double[] same, int rarely) = Run(interval);
            Assert.Equal(expected, found);
            Tolerance.SameBits<double>(x, same, $"read every {interval}");
            Assert.True(rarely < often, $"{rarely} readings with every {interval}-th iteration, {often} with each");
        }

        (ConjugateGradientsEvidence[], double[], int) Run(int interval)
        {
            OpaqueSpace space = new(Batch, N, interval);
            OpaqueVector memory = new((int)ConjugateGradients.SpaceElements(N, Batch, preconditioned, interval)), b = new(rhs.Length), solution = new(rhs.Length);
            space.Write(rhs, b);
            ConjugateGradientsEvidence[] evidence = ConjugateGradients.SolveOn(
                space, Operator(a, Batch), memory, b, solution, options, preconditioned ? Operator(half, Batch) : null);
            int reads = space.Reads;
            double[] numbers = new double[rhs.Length];
            space.Read(solution, numbers);
            return (evidence, numbers, reads);
        }
    }

    /// <summary>One number of one product is none.</summary>
    private sealed class Poisoned(OpaqueSpace space, ILinearOperator<OpaqueVector> matrix, int product, int element) : ILinearOperator<OpaqueVector>
    {
        private int _products;

        public int Batch => matrix.Batch;

        public int Length => matrix.Length;

        public void Apply(OpaqueVector input, OpaqueVector output)
        {
            matrix.Apply(input, output);
            if (_products++ == product) space.Write([double.NaN], space.Slice(output, element, 1));
        }
    }

    /// <summary>What is no number, between two looks, leaves the solution on entry; just before one, the iterate; the other items always.</summary>
    [Fact]
    public void ASystemThatMeetsWhatIsNoNumberHasAnIterateOfNumbers()
    {
        double[] a = Stack(), rhs = [.. Enumerable.Range(0, Batch * N).Select(i => Math.Sin(i + 1.0))], guess = [.. rhs.Select(Math.Abs)];
        // A product is spent on the guess: the fourth iteration's is the fifth.
        (double[] clean, _) = Run(1, null, 3);
        (double[] whole, _) = Run(1, null, null);
        foreach ((int interval, double[] expected) in ((int, double[])[])[(1, clean), (4, clean), (8, guess)])
        {
            (double[] found, ConjugateGradientsEvidence[] evidence) = Run(interval, 4, null);
            Assert.Equal((ConjugateGradientsStatus.NotFinite, 3), (evidence[0].Status, evidence[0].Iterations));
            Tolerance.SameBits<double>(expected.AsSpan(0, N), found.AsSpan(0, N), $"read every {interval}");
            Tolerance.SameBits<double>(whole.AsSpan(N), found.AsSpan(N), $"the others, read every {interval}");
        }

        (double[], ConjugateGradientsEvidence[]) Run(int interval, int? product, int? limit)
        {
            OpaqueSpace space = new(Batch, N, interval);
            OpaqueVector memory = new((int)ConjugateGradients.SpaceElements(N, Batch, false, interval)), b = new(rhs.Length), x = new(rhs.Length);
            space.Write(rhs, b);
            space.Write(guess, x);
            ConjugateGradientsEvidence[] evidence = ConjugateGradients.SolveOn(
                space, new Poisoned(space, Operator(a, Batch), product ?? -1, 3), memory, b, x,
                new() { RelativeTolerance = 1e-10, StartFromSolution = true, MaximumIterations = limit });
            double[] solution = new double[rhs.Length];
            space.Read(x, solution);
            return (solution, evidence);
        }
    }

    /// <summary>A space of few distinct eigenvalues is exhausted at once, and k vectors are found all the same: reading often enough from then on.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void FewDistinctEigenvaluesAreFoundWithASmallBasis(int distinct)
    {
        const int K = 12;
        double[] a = SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, N).Select(i => 1.0 + i % distinct)], new(6));
        for (int basis = K + 3; basis < N; basis += 5)
        {
            OpaqueAnswer found = OpaqueLanczos.Run(a, N, 1, K, new() { MaximumBasis = basis, Tolerance = 1e-10 }, 8, out _, out _)[0];
            Assert.True(found.Evidence.Status == LanczosStatus.Converged, $"m = {basis}: {found.Evidence}");
            double[] expected = [.. Enumerable.Range(0, N).Select(i => 1.0 + i % distinct).OrderDescending().Take(K)];
            Tolerance.Equal<double>(expected, found.Values, 1e-9, $"m = {basis}");
        }
    }

    [Fact]
    public void TheHostIsAskedEveryEighthStepWithABasisBelowEightK()
    {
        const int n = 150, K = 10;
        double[] a = SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, n).Select(i => (double)i)], new(5));
        LanczosOptions options = new() { MaximumBasis = 40, FindMultiplicity = false };
        OpaqueAnswer found = OpaqueLanczos.Run(a, n, 1, K, options, 8, out int products, out int reads)[0];
        Assert.Equal(LanczosStatus.Converged, found.Evidence.Status);
        // A reading is of alpha, of beta and of the second passes; 3 k + 2 more when all is over: orthogonality, values as stored and residuals.
        int cycles = found.Evidence.Restarts + 1, readings = (reads - (3 * K + 2)) / 3;
        Assert.InRange(readings, 1, (products - K) / 8 + cycles);
    }

    private sealed class Kept : IProgress<LanczosCheckpoint<double>>
    {
        public List<LanczosCheckpoint<double>> All { get; } = [];

        public void Report(LanczosCheckpoint<double> value) => All.Add(value);
    }

    /// <summary>Whatever of a lost run was saved at its restarts goes on to the same bits on the same space, and to the same pairs on the CPU.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(8, false)]
    [InlineData(8, true)]
    public void ASavedRunGoesOn(int interval, bool storeProducts)
    {
        const int K = 3;
        double[] a = Stack()[..(N * N)];
        LanczosOptions options = new() { MaximumBasis = 12, Tolerance = 1e-10, StoreProducts = storeProducts };
        OpaqueSpace space = new(1, N, interval);
        Kept kept = new();
        LanczosResult<double> whole = Lanczos.TopKOn<double, OpaqueVector, OpaqueSpace, MatrixOperator<OpaqueVector, OpaqueSpace>>(
            space, Operator(a, 1), Memory(), K, options, saved: kept)[0];
        Assert.Equal(LanczosStatus.Converged, whole.Status);
        Assert.Equal(whole.Evidence.Restarts, kept.All.Count);
        Assert.True(kept.All.Count > 2);
        foreach (LanczosCheckpoint<double> checkpoint in kept.All) Resumed(checkpoint);

        using CancellationTokenSource stop = new();
        LanczosResult<double> cut = Lanczos.TopKOn<double, OpaqueVector, OpaqueSpace, ILinearOperator<OpaqueVector>>(
            space, new Stopping(Operator(a, 1), 21, stop), Memory(), K, options with { KeepCheckpoint = true }, cancellation: stop.Token)[0];
        Assert.Equal(LanczosStatus.Cancelled, cut.Status);
        Resumed(cut.Checkpoint!);
        LanczosResult<double> short1 = Lanczos.TopKOn<double, OpaqueVector, OpaqueSpace, MatrixOperator<OpaqueVector, OpaqueSpace>>(
            space, Operator(a, 1), Memory(), K, options with { KeepCheckpoint = true, MaximumApplications = 16 })[0];
        Assert.Equal(LanczosStatus.Partial, short1.Status);
        Resumed(short1.Checkpoint!);
        Assert.Null(whole.Checkpoint);

        OpaqueVector Memory() => new((int)Lanczos.SpaceElements(N, 1, K, space.Epsilon, options));

        void Resumed(LanczosCheckpoint<double> checkpoint)
        {
            LanczosResult<double> again = Lanczos.ResumeOn<double, OpaqueVector, OpaqueSpace, MatrixOperator<OpaqueVector, OpaqueSpace>>(
                space, Operator(a, 1), Memory(), checkpoint, options);
            Tolerance.SameBits<double>(whole.Eigenvectors, again.Eigenvectors, "vectors");
            Tolerance.SameBits<double>(whole.Eigenvalues, again.Eigenvalues, "values");
            Assert.Equal(whole.Evidence, again.Evidence);
            LanczosResult<double> onCpu = Lanczos.Resume(new DenseSymmetric<double>(a, N), checkpoint, options);
            Assert.Equal(LanczosStatus.Converged, onCpu.Status);
            Tolerance.Equal<double>(whole.Eigenvalues, onCpu.Eigenvalues, 1e-8);
        }
    }

    private sealed class Stopping(ILinearOperator<OpaqueVector> matrix, int products, CancellationTokenSource stop) : ILinearOperator<OpaqueVector>
    {
        private int _products;

        public int Batch => matrix.Batch;

        public int Length => matrix.Length;

        public void Apply(OpaqueVector input, OpaqueVector output)
        {
            matrix.Apply(input, output);
            if (++_products == products) stop.Cancel();
        }
    }

    [Fact]
    public void MisfitsAreNamed()
    {
        double[] a = Stack();
        OpaqueSpace space = new(1, N);
        OpaqueVector memory = new(100_000);
        foreach (Action act in (Action[])
        [
            () => Trace.EstimateOn(space, Operator(a, Batch), memory),
            () => SpectralDensity.EstimateOn(space, Operator(a, Batch), memory),
            () => ConjugateGradients.SolveOn(space, Operator(a, Batch), memory, memory, memory),
            () => Lanczos.TopKOn<double, OpaqueVector, OpaqueSpace, MatrixOperator<OpaqueVector, OpaqueSpace>>(space, Operator(a, Batch), memory, 1),
        ])
        {
            ArgumentException thrown = Assert.Throws<ArgumentException>(act);
            Assert.Contains($"[{Batch}, {N}]", thrown.Message, StringComparison.Ordinal);
            Assert.Contains($"[1, {N}]", thrown.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Trace.SpaceElements(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpectralDensity.SpaceElements(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConjugateGradients.SpaceElements(0, 1));
    }
}
