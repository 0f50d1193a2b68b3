using HessianKernels.Conformance;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.Krylov;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

public class LyapunovExponentTests
{
    private static readonly double[] s_curvatures = [0.3, 1.1, 2, 3.7];

    private static readonly BatchScheme[] s_schemes = [BatchScheme.WithoutReplacement, BatchScheme.WithReplacement, BatchScheme.Bernoulli];

    /// <summary>Curvatures in one dimension.</summary>
    private static FunctionSpace Scalars(double[] curvatures)
        => CurvatureSet.FromHessians<double>(curvatures, curvatures.Length, 1).Reduce();

    [Fact]
    public void InOneDimensionItIsTheMeanOfALogarithm()
    {
        foreach (BatchScheme scheme in s_schemes)
        {
            for (int b = 1; b <= 4; b++)
            {
                BatchSampling sampling = BatchSampling.Of(scheme, 4, b);
                foreach (double rate in (double[])[0.1, 0.9, 2.5])
                {
                    LyapunovEstimate found = LyapunovExponent.Estimate(Scalars(s_curvatures), sampling, rate, new() { Seed = 5 });
                    double expected = EnumeratedBatches.Exponent(sampling, s_curvatures, rate);
                    string what = $"{scheme}, b {b}, eta {rate}: {found}";
                    Tolerance.Equal(expected, found.Value, 4 * found.StandardError + 1e-13, what);
                    // Steps are independent here, so that the standard error is known too.
                    double square = EnumeratedBatches.Of(sampling).Sum(x => x.Probability * Math.Pow(
                        Math.Log(Math.Abs(1 - rate / b * x.Counts.Zip(s_curvatures, (c, h) => c * h).Sum())) - expected, 2));
                    Tolerance.Equal(Math.Sqrt(square / found.Runs / found.Steps), found.StandardError, 0.35 * found.StandardError + 1e-13, what);
                    Assert.Equal((8, 4096, LyapunovStatus.Completed), (found.Runs, found.Steps, found.Status));
                }
            }
        }
    }

    [Fact]
    public void TheStandardErrorIsHonest()
    {
        // Two dimensions that do not commute: 200 short estimates against a long one of other batches.
        FunctionSpace space = CurvatureSet.FromJacobian<double>(new double[] { 1, 0.2, 0.5, 1.1, -0.3, 0.8, 1.2, 1 }, 4, 2).Reduce();
        BatchSampling sampling = BatchSampling.WithReplacement(4, 1);
        LyapunovEstimate truth = LyapunovExponent.Estimate(space, sampling, 1.2, new() { Runs = 32, Steps = 20_000, Seed = 1_000_000 });
        int within = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            LyapunovEstimate e = LyapunovExponent.Estimate(space, sampling, 1.2, new() { Runs = 4, Steps = 512, Spans = 8, BurnIn = 32, Seed = seed });
            within += Math.Abs(e.Value - truth.Value) < 2 * Math.Sqrt(e.StandardError * e.StandardError + truth.StandardError * truth.StandardError) ? 1 : 0;
        }

        // 95 of 100 where the samples are normal; 200 x 0.9 leaves three standard deviations of a binomial.
        Assert.InRange(within, 180, 200);
    }

    [Fact]
    public void OneVectorFindsTheTopExponentOfCommutingCurvatures()
    {
        // Diagonal Hessians: the exponents are those of the coordinates.
        double[][] diagonals = [[0.2, 1.5], [0.4, 3.1], [0.3, 0.1]];
        double[] h = [.. diagonals.SelectMany(x => (double[])[x[0], 0, 0, x[1]])];
        FunctionSpace space = CurvatureSet.FromHessians<double>(h, 3, 2).Reduce();
        BatchSampling sampling = BatchSampling.WithoutReplacement(3, 1);
        foreach (double rate in (double[])[0.3, 1, 2.2])
        {
            double expected = Enumerable.Range(0, 2).Max(k => EnumeratedBatches.Exponent(sampling, [.. diagonals.Select(x => x[k])], rate));
            LyapunovEstimate found = LyapunovExponent.Estimate(space, sampling, rate, new() { Seed = 2 });
            Tolerance.Equal(expected, found.Value, 4 * found.StandardError + 1e-9, $"eta {rate}");
        }
    }

    [Fact]
    public void TheTypicalPathIsNoWorseThanTheMeanSquare() => PropertyRun.Check(CurvatureCase.Ordinary, c =>
    {
        FunctionSpace space = c.Set().Reduce();
        if (space.Rank == 0) return;
        Random random = new(c.Seed);
        BatchSampling sampling = BatchSampling.Of(s_schemes[random.Next(3)], c.Examples, random.Next(1, c.Examples + 1));
        double rate = 4 * random.NextDouble() / space.Eigenvalues[0];
        LyapunovEstimate found = LyapunovExponent.Estimate(space, sampling, rate, new() { Steps = 320, BurnIn = 32, Seed = (ulong)c.Seed });
        double bound = Math.Log(DenseSet.LargestOfT(c.Hessians(), sampling, rate)) / 2;
        Assert.True(found.Value <= bound + 5 * found.StandardError + 1e-9, $"gamma = {found}, (1/2) log lambda_max(T) = {bound}, {sampling}");
    });

    [Fact]
    public void AtTheFullBatchItIsTheGrowthOfTheMean()
    {
        FunctionSpace space = CurvatureSet.FromJacobian<double>(Operators.Matrices.Random<double>(6 * 3, 4), 6, 3).Reduce();
        foreach (double rate in (double[])[0.5 / space.Eigenvalues[0], 3 / space.Eigenvalues[0]])
        {
            double expected = space.Eigenvalues.ToArray().Max(x => Math.Log(Math.Abs(1 - rate * x)));
            Tolerance.Equal(expected, LyapunovExponent.Estimate(space, BatchSampling.WithoutReplacement(6, 6), rate, new() { BurnIn = 4000 }).Value, 1e-11, $"eta {rate}");
        }
    }

    [Fact]
    public void SignsAreCarried()
    {
        // e_1 shrinks, e_2 grows.
        FunctionSpace space = CurvatureSet.FromHessians<double>(new double[] { 1, 0, 0, -0.5 }, 1, 2).Reduce();
        Tolerance.Equal(Math.Log(1.2), LyapunovExponent.Estimate(space, BatchSampling.WithoutReplacement(1, 1), 0.4).Value, 1e-12, "gamma");
    }

    [Fact]
    public void BatchesThreadsAndPiecesChangeNoBit()
    {
        FunctionSpace space = CurvatureSet.FromFactors<double>(Operators.Matrices.Random<double>(12 * 2 * 9, 4), 12, 2, 9).Reduce();
        double[] rates = [0.1, 1.7, 0.6];
        foreach (BatchScheme scheme in s_schemes)
        {
            BatchSampling sampling = BatchSampling.Of(scheme, 12, 3);
            LyapunovOptions options = new() { Steps = 200, BurnIn = 10, Runs = 5, Seed = 9, Threads = 1 };
            LyapunovEstimate[] all = LyapunovExponent.Estimate(space, sampling, rates, options);
            Assert.Equal(all, LyapunovExponent.Estimate(space, sampling, rates, options with { Threads = 4 }));
            for (int l = 0; l < rates.Length; l++) Assert.Equal(all[l], LyapunovExponent.Estimate(space, sampling, rates[l], options));
            Assert.NotEqual(all, LyapunovExponent.Estimate(space, sampling, rates, options with { Seed = 10 }));
        }
    }

    [Fact]
    public void CancellationGivesTheSpansThatEnded()
    {
        FunctionSpace space = Scalars(s_curvatures);
        BatchSampling sampling = BatchSampling.WithReplacement(4, 1);
        LyapunovOptions options = new() { Steps = 1600, BurnIn = 50, Seed = 3 };
        using CancellationTokenSource source = new();
        LyapunovEstimate found = LyapunovExponent.Estimate(space, sampling, 0.5, options, new Now(step =>
        {
            if (step == 350) source.Cancel();
        }), source.Token);
        Assert.Equal((LyapunovStatus.Cancelled, 300), (found.Status, found.Steps));
        LyapunovEstimate short3 = LyapunovExponent.Estimate(space, sampling, 0.5, options with { Steps = 300, Spans = 3 });
        Assert.Equal((short3.Value, short3.StandardError), (found.Value, found.StandardError));
        using CancellationTokenSource early = new();
        early.Cancel();
        Assert.Throws<OperationCanceledException>(() => LyapunovExponent.Estimate(space, sampling, 0.5, options, null, early.Token));
        TypicalLearningRate none = LyapunovExponent.CriticalLearningRate(space, sampling, options, cancellation: early.Token);
        Assert.Equal((TypicalLearningRateStatus.Cancelled, double.NaN, 0.0, double.PositiveInfinity), (none.Status, none.Value, none.Lower, none.Upper));
        using CancellationTokenSource late = new();
        TypicalLearningRate some = LyapunovExponent.CriticalLearningRate(space, sampling, options, progress: new Now(tried =>
        {
            if (tried >= 30) late.Cancel();
        }), cancellation: late.Token);
        Assert.Equal(TypicalLearningRateStatus.Cancelled, some.Status);
        Assert.True(some.Lower < some.Value && some.Value < some.Upper);
    }

    private sealed class Now(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }

    [Fact]
    public void WhatLeavesTheRangeOfDoubleIsSaidToBeInfinite()
    {
        FunctionSpace space = Scalars([2, 2]);
        LyapunovEstimate zero = LyapunovExponent.Estimate(space, BatchSampling.WithReplacement(2, 1), 0.5);
        // 1 - 0.5 x 2, where the factor is the square of a root: zero, or of the order of epsilon.
        Assert.True(zero.Status == LyapunovStatus.OutOfRange ? zero.Value == double.NegativeInfinity : zero.Value < -30, zero.ToString());
        LyapunovEstimate huge = LyapunovExponent.Estimate(space, BatchSampling.WithReplacement(2, 1), 1e200);
        Assert.Equal((LyapunovStatus.OutOfRange, double.PositiveInfinity), (huge.Status, huge.Value));
        FunctionSpace one = CurvatureSet.FromJacobian<double>(new double[] { 1 }, 1, 1).Reduce();
        LyapunovEstimate exact = LyapunovExponent.Estimate(one, BatchSampling.WithReplacement(1, 1), 1);
        Assert.Equal((LyapunovStatus.OutOfRange, double.NegativeInfinity), (exact.Status, exact.Value));
    }

    [Fact]
    public void TheCrossingIsWhereTheExactExponentCrosses()
    {
        foreach (BatchScheme scheme in s_schemes)
        {
            for (int b = 1; b <= 4; b++)
            {
                BatchSampling sampling = BatchSampling.Of(scheme, 4, b);
                // The last zero: gamma of scalars dips where a factor vanishes, and rises for good after the last.
                (double low, double high) = (2 / 3.7, 40);
                while (EnumeratedBatches.Exponent(sampling, s_curvatures, low) > 0) low *= 0.99;
                for (int i = 0; i < 4000; i++)
                {
                    double at = low + i * 0.01;
                    if (EnumeratedBatches.Exponent(sampling, s_curvatures, at) > 0)
                    {
                        high = at;
                        low = at - 0.01;
                        break;
                    }
                }

                while (high - low > 1e-12)
                {
                    double middle = (low + high) / 2;
                    if (EnumeratedBatches.Exponent(sampling, s_curvatures, middle) > 0) high = middle;
                    else low = middle;
                }

                TypicalLearningRate found = LyapunovExponent.CriticalLearningRate(Scalars(s_curvatures), sampling, new() { Seed = 6 });
                string what = $"{scheme}, b {b}: expected {low}, found {found}";
                Assert.True(found.Status == TypicalLearningRateStatus.Converged, what);
                Assert.True(found.Lower < found.Value && found.Value < found.Upper, what);
                Assert.True(found.Lower <= low && low <= found.Upper, what);
                Assert.True(found.Upper - found.Lower < 0.2 * found.Value, what);
            }
        }
    }

    [Fact]
    public void AtTheFullBatchTheCrossingIsTheEdgeOfTheMean()
    {
        FunctionSpace space = CurvatureSet.FromJacobian<double>(Operators.Matrices.Random<double>(6 * 3, 4), 6, 3).Reduce();
        double edge = 2 / space.Eigenvalues[0];
        TypicalLearningRate found = LyapunovExponent.CriticalLearningRate(space, BatchSampling.WithoutReplacement(6, 6), relativeTolerance: 1e-4);
        Assert.Equal(TypicalLearningRateStatus.Converged, found.Status);
        Tolerance.Equal(edge, found.Value, 2e-4 * edge, "edge");
        Assert.InRange(edge, found.Lower, found.Upper);
        Assert.True(found.Upper - found.Lower < 1e-3 * edge);
    }

    [Fact]
    public void WhatGrowsAtEveryLearningRateHasNoCrossing()
    {
        FunctionSpace space = CurvatureSet.FromHessians<double>(new double[] { 1, 0, 0, -1 }, 1, 2).Reduce();
        TypicalLearningRate found = LyapunovExponent.CriticalLearningRate(space, BatchSampling.WithoutReplacement(1, 1), new() { Steps = 64, BurnIn = 200, Runs = 2 });
        Assert.Equal((TypicalLearningRateStatus.NotBracketed, double.NaN), (found.Status, found.Value));
    }

    [Fact]
    public void PathsGoWhereTheExponentSays()
    {
        FunctionSpace space = CurvatureSet.FromJacobian<double>(Operators.Matrices.Random<double>(8 * 3, 4), 8, 3).Reduce();
        BatchSampling sampling = BatchSampling.WithoutReplacement(8, 2);
        double edge = LyapunovExponent.CriticalLearningRate(space, sampling).Value;
        double[] rates = [0.7 * edge, 1.5 * edge];
        SgdPaths[] found = SgdPaths.Simulate(space, sampling, rates);
        Assert.Equal((24, 0, 0), (found[0].Converged, found[0].Diverged, found[0].Undecided));
        Assert.Equal((0, 24, 0), (found[1].Converged, found[1].Diverged, found[1].Undecided));
        foreach (SgdPath path in found[0].Paths) Assert.True(path.LogGrowth <= Math.Log(1e-6) && path.Steps > 1);
        foreach (SgdPath path in found[1].Paths) Assert.True(path.LogGrowth >= Math.Log(1e6) && path.Steps > 1);

        // Few steps decide nothing; alone and on other threads they have the same bits.
        SgdPathOptions options = new() { Steps = 7, Threads = 1, Seed = 4 };
        SgdPaths[] few = SgdPaths.Simulate(space, sampling, rates, options);
        Assert.Equal((24, false), (few[0].Undecided, few[0].IsCancelled));
        foreach (SgdPath path in few[0].Paths) Assert.Equal(7, path.Steps);
        for (int l = 0; l < 2; l++) Assert.Equal(few[l].Paths.ToArray(), SgdPaths.Simulate(space, sampling, [rates[l]], options with { Threads = 4 })[0].Paths.ToArray());
        using CancellationTokenSource early = new();
        early.Cancel();
        SgdPaths cancelled = SgdPaths.Simulate(space, sampling, rates, cancellation: early.Token)[0];
        Assert.Equal((true, 24, 0), (cancelled.IsCancelled, cancelled.Undecided, cancelled.Paths[0].Steps));
    }

    [Fact]
    public void APathIsTheProductOfItsSteps()
    {
        // One example: every batch is the same, and the path is known.
        FunctionSpace space = CurvatureSet.FromHessians<double>(new double[] { 1.5 }, 1, 1).Reduce();
        SgdPath path = SgdPaths.Simulate(space, BatchSampling.WithoutReplacement(1, 1), [0.1])[0].Paths[0];
        int steps = (int)Math.Ceiling(Math.Log(1e-6) / Math.Log(0.85));
        Assert.Equal((PathOutcome.Converged, steps), (path.Outcome, path.Steps));
        Tolerance.Equal(steps * Math.Log(0.85), path.LogGrowth, 1e-12, "growth");
    }

    [Fact]
    public void FaultsAreNamed()
    {
        FunctionSpace space = Scalars(s_curvatures);
        BatchSampling sampling = BatchSampling.WithReplacement(4, 1);
        Assert.Contains("alpha and kappa", Assert.Throws<ArgumentException>(() => LyapunovExponent.Estimate(space, BatchSampling.Custom(4, 1, 1, 1), 1)).Message);
        Assert.Contains("alpha and kappa", Assert.Throws<ArgumentException>(() => SgdPaths.Simulate(space, BatchSampling.Custom(4, 1, 1, 1), [1])).Message);
        Assert.Contains("5 examples; the set has 4", Assert.Throws<ArgumentException>(() => LyapunovExponent.Estimate(space, BatchSampling.Bernoulli(5, 1), 1)).Message);
        Assert.Contains("zero", Assert.Throws<ArgumentException>(() => LyapunovExponent.Estimate(Scalars([0, 0, 0, 0]), sampling, 1)).Message);
        Assert.Contains("learningRates", Assert.Throws<ArgumentException>(() => LyapunovExponent.Estimate(space, sampling, [])).Message);
        foreach (double rate in (double[])[0, -1, double.NaN, double.PositiveInfinity])
            Assert.Throws<ArgumentOutOfRangeException>(() => LyapunovExponent.Estimate(space, sampling, rate));
        foreach (LyapunovOptions options in (LyapunovOptions[])[new() { Runs = 0 }, new() { Spans = 1 }, new() { Steps = 3 }, new() { BurnIn = -1 }, new() { Threads = -1 }, new() { Steps = int.MaxValue }])
            Assert.Throws<ArgumentOutOfRangeException>(() => LyapunovExponent.Estimate(space, sampling, 1, options));
        foreach (SgdPathOptions options in (SgdPathOptions[])[new() { Paths = 0 }, new() { Steps = 0 }, new() { DivergedAt = 1 }, new() { ConvergedAt = 0 }, new() { Threads = -1 }])
            Assert.Throws<ArgumentOutOfRangeException>(() => SgdPaths.Simulate(space, sampling, [1], options));
        Assert.Throws<ArgumentOutOfRangeException>(() => LyapunovExponent.CriticalLearningRate(space, sampling, relativeTolerance: 0));
        Assert.True(LyapunovExponent.RequiredBytes(space, sampling) > 0);
    }
}
