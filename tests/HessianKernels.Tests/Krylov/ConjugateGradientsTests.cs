using FsCheck;
using FsCheck.Fluent;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using MathNet.Numerics.LinearAlgebra;
using Xunit;
using static HessianKernels.Tests.Krylov.TestSpectra;

namespace HessianKernels.Tests.Krylov;

public class ConjugateGradientsTests
{
    private static double TrueResidual(Matrix<double> a, double[] b, double[] x)
        => (Vector<double>.Build.Dense(b) - a * Vector<double>.Build.Dense(x)).L2Norm();

    [Fact]
    public void SolvesWhatADenseSolverSolves()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt>(), Gen.Choose(1, 30).ToArbitrary(), (seed, n) =>
        {
            Matrix<double> a = Symmetric(seed.Get, Spectrum(n, i => 1 + i % 7));
            double[] b = RandomVector(seed.Get + 1, n), x = new double[n];
            ConjugateGradientsEvidence evidence = ConjugateGradients.Solve<double>(a.Elements(), n, b, x, new() { RelativeTolerance = 1e-12 })[0];
            Vector<double> exact = a.Solve(Vector<double>.Build.Dense(b));
            return evidence.Status == ConjugateGradientsStatus.Converged
                && (exact - Vector<double>.Build.Dense(x)).L2Norm() <= 1e-11 * exact.L2Norm()
                && Math.Abs(evidence.ResidualNorm - TrueResidual(a, b, x)) <= 1e-14 * evidence.RightHandSideNorm
                && evidence.OperatorApplications == evidence.Iterations + 1;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void DistinctEigenvaluesBoundTheIterations()
    {
        DiagonalOperator matrix = new(1, Spectrum(50, i => 1 + i % 4));
        double[] b = RandomVector(1, 50), x = new double[50];
        List<int> told = [];
        ConjugateGradientsEvidence evidence = ConjugateGradients.Solve(matrix, b, x, new() { RelativeTolerance = 1e-13 }, progress: new Listener(told.Add))[0];
        Assert.Equal((ConjugateGradientsStatus.Converged, 4, 5, 5), (evidence.Status, evidence.Iterations, evidence.OperatorApplications, matrix.Applications));
        Assert.Equal([1, 2, 3, 4], told);
        for (int i = 0; i < 50; i++) AssertClose(b[i] / (1 + i % 4), x[i], 1e-12);
    }

    private sealed class Listener(Action<int> heard) : IProgress<int>
    {
        public void Report(int value) => heard(value);
    }

    [Fact]
    public void APerfectPreconditionerNeedsOneIteration()
    {
        double[] diagonal = Spectrum(60, i => Math.Pow(10, i / 6.0)), b = RandomVector(2, 60), x = new double[60];
        DiagonalOperator matrix = new(1, diagonal), inverse = new(1, [.. diagonal.Select(d => 1 / d)]);
        ConjugateGradientsEvidence evidence = ConjugateGradients.Solve(matrix, b, x, new() { RelativeTolerance = 1e-12 }, inverse)[0];
        Assert.Equal((ConjugateGradientsStatus.Converged, 1), (evidence.Status, evidence.Iterations));
        Assert.Equal(inverse.Applications, evidence.PreconditionerApplications);
        // A preconditioner that is none gives the plain iteration.
        double[] plain = new double[60], same = new double[60];
        ConjugateGradientsOptions few = new() { MaximumIterations = 8 };
        ConjugateGradients.Solve(matrix, b, plain, few);
        ConjugateGradients.Solve(matrix, b, same, few, new DiagonalOperator(1, Spectrum(60, _ => 1.0)));
        AssertSameBits(plain, same);
    }

    [Fact]
    public void IllConditionedSystemsEndWithTheTruth()
    {
        Matrix<double> a = Symmetric(3, Spectrum(40, i => Math.Pow(10, -i / 4.0)));
        double[] b = RandomVector(103, 40), x = new double[40];
        ConjugateGradientsEvidence evidence = ConjugateGradients.Solve<double>(a.Elements(), 40, b, x, new() { RelativeTolerance = 1e-6, MaximumIterations = 5000 })[0];
        Assert.Equal(ConjugateGradientsStatus.Converged, evidence.Status);
        Assert.InRange(TrueResidual(a, b, x), 0, 1.001e-6 * evidence.RightHandSideNorm);

        // The tolerance is beyond rounding: the recurrence gets there, the residual does not, and that is said.
        evidence = ConjugateGradients.Solve<double>(a.Elements(), 40, b, x, new() { RelativeTolerance = 1e-17, MaximumIterations = 5000 })[0];
        Assert.Equal(ConjugateGradientsStatus.RoundingLimit, evidence.Status);
        // To the rounding of the two products, x being up to 1e10.
        AssertClose(TrueResidual(a, b, x), evidence.ResidualNorm, 1e-16 * 40 * Math.Sqrt(x.Sum(v => v * v)));

        evidence = ConjugateGradients.Solve<double>(a.Elements(), 40, b, x, new() { RelativeTolerance = 1e-9, MaximumIterations = 7 })[0];
        Assert.Equal((ConjugateGradientsStatus.IterationLimit, 7), (evidence.Status, evidence.Iterations));
        AssertClose(TrueResidual(a, b, x), evidence.ResidualNorm, 1e-12);
    }

    [Fact]
    public void IndefiniteMatricesAreReportedWithTheirCurvature()
    {
        double[] spectrum = Spectrum(20, i => i - 3.5);
        Matrix<double> a = Symmetric(4, spectrum);
        double[] b = RandomVector(5, 20), x = new double[20];
        ConjugateGradientsEvidence evidence = ConjugateGradients.Solve<double>(a.Elements(), 20, b, x)[0];
        Assert.Equal(ConjugateGradientsStatus.NotPositiveDefinite, evidence.Status);
        Assert.InRange(evidence.Curvature, -3.5 - 1e-12, 0);
        AssertClose(TrueResidual(a, b, x), evidence.ResidualNorm, 1e-12);

        double[] y = [9];
        evidence = ConjugateGradients.Solve(new DiagonalOperator(1, -2), [4], y)[0];
        Assert.Equal((ConjugateGradientsStatus.NotPositiveDefinite, -2.0, 0, 1), (evidence.Status, evidence.Curvature, evidence.Iterations, evidence.OperatorApplications));
        Assert.Equal([0.0], y);
        evidence = ConjugateGradients.Solve(new DiagonalOperator(1, 2), [4], y, preconditioner: new DiagonalOperator(1, -1))[0];
        Assert.Equal(ConjugateGradientsStatus.PreconditionerNotPositiveDefinite, evidence.Status);
    }

    [Fact]
    public void GuessesAreStartedFromAndExactOnesReturned()
    {
        double[] diagonal = Spectrum(10, i => 1 + i), x = RandomVector(6, 10), b = [.. x.Select((value, i) => value * diagonal[i])], start = [.. x];
        DiagonalOperator matrix = new(1, diagonal);
        ConjugateGradientsOptions options = new() { StartFromSolution = true };
        ConjugateGradientsEvidence evidence = ConjugateGradients.Solve(matrix, b, x, options)[0];
        Assert.Equal((ConjugateGradientsStatus.Converged, 0, 1, 1), (evidence.Status, evidence.Iterations, evidence.OperatorApplications, matrix.Applications));
        AssertSameBits(start, x);

        x[3] += 1;
        evidence = ConjugateGradients.Solve(matrix, b, x, options)[0];
        AssertClose(Math.Sqrt(b.Sum(v => v * v)), evidence.RightHandSideNorm, 1e-13);
        Assert.Equal((ConjugateGradientsStatus.Converged, 1, 3), (evidence.Status, evidence.Iterations, evidence.OperatorApplications));
        AssertClose(start[3], x[3], 1e-14);
    }

    [Fact]
    public void AZeroRightHandSideHasTheZeroSolution()
    {
        double[] x = [1, 2, 3];
        ConjugateGradientsEvidence evidence = ConjugateGradients.Solve(new DiagonalOperator(1, 1, 2, 3), new double[3], x, new() { StartFromSolution = true })[0];
        Assert.Equal((ConjugateGradientsStatus.Converged, 0, 0.0, 0.0), (evidence.Status, evidence.Iterations, evidence.ResidualNorm, evidence.RelativeResidual));
        Assert.Equal([0.0, 0, 0], x);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1e-30)]
    [InlineData(1e30)]
    public void FloatSolvesWhateverTheSizeOfB(float size)
    {
        float[] diagonal = [.. Enumerable.Range(1, 30).Select(i => (float)i)], b = [.. RandomVector(7, 30).Select(v => size * (float)v)], x = new float[30];
        ConjugateGradientsEvidence evidence = ConjugateGradients.Solve(new FloatOperator(diagonal), b, x, new() { RelativeTolerance = 1e-5 })[0];
        Assert.Equal(ConjugateGradientsStatus.Converged, evidence.Status);
        for (int i = 0; i < 30; i++) AssertClose(b[i] / diagonal[i], x[i], 1e-4 * size);
    }

    [Fact]
    public void BatchedIsAloneBitForBitAndEachStopsOnItsOwn()
    {
        const int N = 24;
        double[][] items = [Spectrum(N, i => 1 + i), Spectrum(N, _ => 2), Spectrum(N, i => i - 5.5), Spectrum(N, i => Math.Pow(10, i / 8.0)), Spectrum(N, i => 1 + i % 3), Spectrum(N, _ => -2)];
        double[] b = RandomVector(8, 6 * N), x = new double[6 * N];
        Array.Clear(b, 4 * N, N);
        ConjugateGradientsOptions options = new() { RelativeTolerance = 1e-10 };
        ConjugateGradientsEvidence[] batched = ConjugateGradients.Solve(new DiagonalOperator(6, [.. items.SelectMany(d => d)]), b, x, options);
        for (int item = 0; item < 6; item++)
        {
            double[] alone = new double[N];
            DiagonalOperator matrix = new(1, items[item]);
            ConjugateGradientsEvidence evidence = ConjugateGradients.Solve(matrix, b.AsSpan(item * N, N), alone, options)[0];
            Assert.Equal(evidence, batched[item]);
            AssertSameBits(alone, x.AsSpan(item * N, N));
            if (evidence.Iterations > 0) Assert.Equal(evidence.OperatorApplications, matrix.Applications);
        }

        Assert.Equal(ConjugateGradientsStatus.NotPositiveDefinite, batched[2].Status);
        Assert.Equal((0, 0, -2.0), (batched[4].Iterations, batched[5].Iterations, batched[5].Curvature));
        Assert.True(batched[1].Iterations < batched[0].Iterations && batched[0].Iterations < batched[3].Iterations);
    }

    [Fact]
    public void ThreadsChangeNoBit()
    {
        const int N = 20000;
        DiagonalOperator matrix = new(1, Spectrum(N, i => 1 + i % 100));
        double[] b = RandomVector(9, N), one = new double[N], other = new double[N];
        ConjugateGradients.Solve(matrix, b, one, new() { Threads = 1, MaximumIterations = 20 });
        foreach (int threads in new[] { 2, 3 })
        {
            ConjugateGradients.Solve(matrix, b, other, new() { Threads = threads, MaximumIterations = 20 });
            AssertSameBits(one, other);
        }
    }

    [Fact]
    public void ANaNKeepsTheLastFiniteIterateAndTheOtherItems()
    {
        const int N = 12;
        double[] diagonal = Spectrum(N, i => 1 + i), b = RandomVector(10, N), x = new double[2 * N], three = new double[N], whole = new double[N];
        ConjugateGradientsEvidence[] evidence = ConjugateGradients.Solve(new DiagonalOperator(2, [.. diagonal, .. diagonal]) { Poison = (0, 3) }, [.. b, .. b], x);
        ConjugateGradients.Solve(new DiagonalOperator(1, diagonal), b, three, new() { MaximumIterations = 3 });
        ConjugateGradientsEvidence good = ConjugateGradients.Solve(new DiagonalOperator(1, diagonal), b, whole)[0];
        Assert.Equal((ConjugateGradientsStatus.NotFinite, 3), (evidence[0].Status, evidence[0].Iterations));
        AssertSameBits(three, x.AsSpan(0, N));
        Assert.Equal(good, evidence[1]);
        AssertSameBits(whole, x.AsSpan(N));

        b[4] = double.NaN;
        Assert.Equal(ConjugateGradientsStatus.NotFinite, ConjugateGradients.Solve(new DiagonalOperator(1, diagonal), b, whole)[0].Status);
        Assert.Equal(new double[N], whole);
    }

    [Fact]
    public void CancellingReturnsTheIterate()
    {
        using CancellationTokenSource source = new();
        double[] diagonal = Spectrum(30, i => 1 + i), b = RandomVector(11, 30), x = new double[30], four = new double[30];
        ConjugateGradientsEvidence evidence = ConjugateGradients.Solve(
            new DiagonalOperator(1, diagonal) { Before = i => { if (i == 3) source.Cancel(); } }, b, x, cancellation: source.Token)[0];
        ConjugateGradients.Solve(new DiagonalOperator(1, diagonal), b, four, new() { MaximumIterations = 4 });
        Assert.Equal((ConjugateGradientsStatus.Cancelled, 4), (evidence.Status, evidence.Iterations));
        AssertSameBits(four, x);
        Assert.InRange(evidence.RelativeResidual, 1e-6, 1);
    }

    [Fact]
    public void MisuseIsNamed()
    {
        DiagonalOperator matrix = new(1, 1, 2, 3);
        double[] b = [1, 1, 1], x = new double[3];
        Assert.Contains("Found 2 elements", Assert.Throws<ArgumentException>(() => ConjugateGradients.Solve(matrix, b.AsSpan(0, 2), x)).Message);
        Assert.Throws<ArgumentException>(() => ConjugateGradients.Solve(matrix, b, b));
        Assert.Throws<ArgumentException>(() => ConjugateGradients.Solve(matrix, b, x, preconditioner: new DiagonalOperator(1, 1, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConjugateGradients.Solve(matrix, b, x, new() { RelativeTolerance = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConjugateGradients.Solve(matrix, b, x, new() { MaximumIterations = -1 }));
        Assert.True(ConjugateGradients.RequiredBytes<double>(100) >= 3200);
    }
}
