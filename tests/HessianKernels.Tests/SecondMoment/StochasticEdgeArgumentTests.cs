using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>Misuse throws and names what was found; sets at the edge of sense are answered.</summary>
public class StochasticEdgeArgumentTests
{
    private static readonly CurvatureSet s_set = CurvatureSet.FromJacobian<double>(new double[] { 1, 0, 0.5, 2, -1, 1 }, 3, 2);

    private static T Throws<T>(string parameter, string found, Action call)
        where T : ArgumentException
    {
        T error = Assert.Throws<T>(parameter, call);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        return error;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4)]
    public void ABatchIsOneToAllExamples(int b)
    {
        Throws<ArgumentOutOfRangeException>("batchSize", $"found {b}", () => StochasticEdge.Analyze(s_set, 0.1, b));
        Throws<ArgumentOutOfRangeException>("batchSize", $"found {b}", () => StochasticEdge.Analyze(s_set.Reduce(), 0.1, b));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void ALearningRateIsFiniteAndPositive(double eta)
    {
        Throws<ArgumentOutOfRangeException>("learningRate", $"{eta}", () => StochasticEdge.Analyze(s_set, eta, 1));
        Throws<ArgumentOutOfRangeException>("learningRate", $"{eta}", () => StochasticEdge.Analyze(s_set.Reduce(), eta, 1));
        // Where the sweep is asked for, not where it is read.
        Throws<ArgumentOutOfRangeException>(
            "learningRate", $"{eta}", () => StochasticEdge.Sweep(s_set, [0.1, eta], [BatchSampling.WithReplacement(3, 1)]));
    }

    [Fact]
    public void OptionsAreInTheirRanges()
    {
        foreach (double mu in (double[])[-0.1, 1, double.NaN])
            Throws<ArgumentOutOfRangeException>("momentum", $"{mu}", () => StochasticEdge.Analyze(s_set, 0.1, 1, new() { Momentum = mu }));
        foreach (double rho in (double[])[-0.1, double.PositiveInfinity, double.NaN])
            Throws<ArgumentOutOfRangeException>(
                "weightDecay", $"{rho}", () => StochasticEdge.Analyze(s_set, 0.1, 1, new() { WeightDecay = rho }));
        Throws<ArgumentOutOfRangeException>("RankTolerance", "2", () => StochasticEdge.Analyze(s_set, 0.1, 1, new() { RankTolerance = 2 }));
        Throws<ArgumentOutOfRangeException>(
            "Tolerance", "1", () => StochasticEdge.Analyze(s_set, 0.1, 1, new() { Numerics = new() { Tolerance = 1 } }));
        Throws<ArgumentOutOfRangeException>(
            "Runs", "0", () => StochasticEdge.Analyze(s_set, 0.1, 1, new() { Lyapunov = new() { Runs = 0 } }));
        Throws<ArgumentException>(
            "sampling", "custom", () => StochasticEdge.Analyze(s_set, 0.1, BatchSampling.Custom(3, 1, 1, 0.5), new() { Lyapunov = new() }));
    }

    [Fact]
    public void ASamplingIsFromTheSetsExamples()
    {
        BatchSampling other = BatchSampling.Bernoulli(4, 1), own = BatchSampling.Bernoulli(3, 1);
        Throws<ArgumentException>("sampling", "4 examples; the set has 3", () => StochasticEdge.Analyze(s_set, 0.1, other));
        Throws<ArgumentException>("sampling", "4 examples; the set has 3", () => StochasticEdge.Analyze(s_set.Reduce(), 0.1, other));
        Throws<ArgumentException>("sampling", "4 examples; the set has 3", () => StochasticEdge.Sweep(s_set.Reduce(), [0.1], [own, other]));
        Throws<ArgumentException>("learningRates", "no learning rate", () => StochasticEdge.Sweep(s_set, [], [own]));
        Throws<ArgumentException>("samplings", "no sampling", () => StochasticEdge.Sweep(s_set, [0.1], []));
    }

    /// <summary>The limit is held against what is known before, and what is known before is told.</summary>
    [Fact]
    public void MemoryIsKnownBefore()
    {
        BatchSampling sampling = BatchSampling.Bernoulli(3, 1);
        StochasticEdgeOptions options = new() { SecondMomentEigenvalue = true, Lyapunov = new() { Runs = 1, Steps = 32, BurnIn = 0 } };
        long set = StochasticEdge.RequiredBytes(s_set, sampling, options),
            space = StochasticEdge.RequiredBytes(s_set.Reduce(), sampling, options);
        long sweep = StochasticEdge.RequiredBytes(s_set, sampling, options, sweep: true);
        Assert.True(set > space);
        Assert.True(sweep > set);
        Assert.True(StochasticEdge.RequiredBytes(s_set.Reduce(), sampling) <= space);
        StochasticEdgeOptions Limited(long bytes) => options with { Numerics = new() { MemoryLimit = bytes } };
        Assert.Equal(sweep, StochasticEdge.Sweep(s_set, [0.1], [sampling], Limited(sweep)).Single().RequiredBytes);
        Assert.Equal(set, StochasticEdge.Analyze(s_set, 0.1, sampling, Limited(set)).RequiredBytes);
        Assert.Equal(space, StochasticEdge.Analyze(s_set.Reduce(), 0.1, sampling, Limited(space)).RequiredBytes);
        foreach ((long bytes, Action call) in ((long, Action)[])
        [
            (set, () => StochasticEdge.Analyze(s_set, 0.1, sampling, Limited(set - 1))),
            (sweep, () => StochasticEdge.Sweep(s_set, [0.1], [sampling], Limited(sweep - 1))),
            (space, () => StochasticEdge.Analyze(s_set.Reduce(), 0.1, sampling, Limited(space - 1))),
        ])
        {
            string message = Assert.Throws<InvalidOperationException>(call).Message;
            Assert.Contains($"takes {bytes} bytes", message, StringComparison.Ordinal);
            Assert.Contains($"limit is {bytes - 1} bytes", message, StringComparison.Ordinal);
        }
    }

    /// <summary>The bound of a set, whose rank is not known yet, covers that of its function space.</summary>
    [Theory]
    [InlineData(40, 3, 20)]
    [InlineData(10, 2, 300)]
    public void TheBoundOfASetCoversItsSpace(int n, int r, int d)
    {
        double[] factors = EdgeCase.Normals(new(5), n * r * d);
        CurvatureSet set = CurvatureSet.FromFactors<double>(factors, n, r, d);
        foreach (StochasticEdgeOptions options in (StochasticEdgeOptions[])[
            new(), new() { Momentum = 0.5 }, new() { Coherence = false, Contraction = false }])
        {
            BatchSampling sampling = BatchSampling.WithReplacement(n, 3);
            Assert.InRange(StochasticEdge.RequiredBytes(set.Reduce(), sampling, options), 1,
                StochasticEdge.RequiredBytes(set, sampling, options));
            StochasticEdgeReport report = StochasticEdge.Analyze(set, 1e-3, sampling, options);
            Assert.Equal((options.Coherence, options.Contraction && options.Momentum == 0),
                (report.Coherence is not null, report.Contraction is not null));
        }
    }

    [Fact]
    public void ASetOfZerosIsStable()
    {
        CurvatureSet zero = CurvatureSet.FromJacobian<double>(new double[6], 3, 2);
        StochasticEdgeReport report = StochasticEdge.Analyze(
            zero, 5, BatchSampling.Bernoulli(3, 1), new() { SecondMomentEigenvalue = true, Lyapunov = new() });
        EdgeNoiseKernel k = report.NoiseKernel;
        Assert.Equal((0.0, 0.0, 0.0, 0.0, 0.0),
            (k.Exact.Value, k.Diagonal!.Value.Value, k.HighDimensional, k.HighDimensionalAsymptotic!.Value, k.Trace!.Value));
        Assert.Equal((double.PositiveInfinity, double.PositiveInfinity, EdgeVerdict.Stable, true),
            (report.CriticalLearningRate!.Value.Value, report.Margin!.Value, report.Verdict, report.MeanStable));
        Assert.Equal((0, 0.0, 0.0, StochasticEdgeStatus.Complete), (report.Rank, report.LambdaMax, report.Trace, report.Status));
        Assert.True(report is { Contraction: null, SecondMomentEigenvalue: null, Lyapunov: null });
        Assert.Equal(EdgeVerdict.MeanUnstable, StochasticEdge.Analyze(zero, 5, 1, new() { WeightDecay = 0.5 }).Verdict);
        Assert.Equal(EdgeVerdict.Stable, StochasticEdge.Analyze(zero, 5, 1, new() { WeightDecay = 0.3 }).Verdict);
    }

    /// <summary>One example is its own batch: full-batch descent, with the edge at 2 / lambda_max.</summary>
    [Fact]
    public void OneExampleHasNoNoise()
    {
        CurvatureSet one = CurvatureSet.FromJacobian<double>(new double[] { 3, 4 }, 1, 2);
        StochasticEdgeReport report = StochasticEdge.Analyze(one, 0.079, 1);
        Assert.Equal((1, EdgeVerdict.Stable, 0.0), (report.Rank, report.Verdict, report.NoiseKernel.Exact.Value));
        Assert.Equal(0.08, report.CriticalLearningRate!.Value.Value, 1e-15);
        Assert.Equal(EdgeVerdict.MeanUnstable, StochasticEdge.Analyze(one, 0.081, 1).Verdict);
    }

    /// <summary>In one dimension T is a number, and all-equal examples have no noise at any fixed size of batch.</summary>
    [Theory]
    [InlineData(BatchScheme.WithoutReplacement)]
    [InlineData(BatchScheme.WithReplacement)]
    [InlineData(BatchScheme.Bernoulli)]
    public void RankOneIsOneNumber(BatchScheme scheme)
    {
        double[] j = [1, 2, 0.5];
        BatchSampling sampling = BatchSampling.Of(scheme, 3, 2);
        double h = j.Sum(x => x * x) / 3, square = sampling.Alpha * h * h + sampling.Kappa * j.Sum(x => x * x * x * x) / 3;
        StochasticEdgeReport report = StochasticEdge.Analyze(
            CurvatureSet.FromJacobian<double>(j, 3, 1), 0.3, sampling, new() { SecondMomentEigenvalue = true });
        Assert.Equal(1, report.Rank);
        Assert.Equal(2 * h / square, report.CriticalLearningRate!.Value.Value, 1e-12);
        Assert.Equal(1 - 0.6 * h + 0.09 * square, report.SecondMomentEigenvalue!.Value.Value, 1e-12);
        Assert.Equal(0.3 < 2 * h / square, report.Stable);

        CurvatureSet equal = CurvatureSet.FromJacobian<double>(new double[] { 1, 2, 1, 2, 1, 2 }, 3, 2);
        double edge = StochasticEdge.Analyze(equal, 0.1, sampling).CriticalLearningRate!.Value.Value;
        // lambda = 5, and Bernoulli batches vary in size.
        Assert.Equal(scheme == BatchScheme.Bernoulli ? 0.4 / (1 + sampling.Kappa) : 0.4, edge, 1e-12);
        Assert.Equal(3, StochasticEdge.Analyze(equal, 0.1, sampling).Coherence!.Value, 1e-12);
    }

    /// <summary>An indefinite example is named; what does not rest on square roots of curvatures still holds.</summary>
    [Fact]
    public void AnIndefiniteExampleIsNamed()
    {
        CurvatureSet set = CurvatureSet.FromHessians<double>(new double[] { 2, 0, 0, 1, 1, 0, 0, -0.25 }, 2, 2);
        StochasticEdgeReport report = StochasticEdge.Analyze(
            set, 0.3, BatchSampling.Bernoulli(2, 1), new() { SecondMomentEigenvalue = true });
        Assert.Equal(1, report.Indefinite!.Value.Index);
        Assert.Equal(-0.25, report.Indefinite.Value.LowestEigenvalue, 1e-14);
        Assert.Equal(1, report.Indefinite.Value.Norm, 1e-14);
        Assert.Equal(set.Indefinite!.Value.Index, report.Indefinite.Value.Index);
        Assert.True(report is { Coherence: null, Verdict: EdgeVerdict.Stable });
        // The mean is diag(1.5, 0.375), and T is diagonal on diagonal matrices.
        Assert.Equal(report.Stable, report.SecondMomentEigenvalue!.Value.Value < 1);
        Assert.True(report.CriticalLearningRate!.Value.Value > 0.3);
        Assert.Equal(EdgeBoundVerdict.NotApplicable, report.Bounds[(int)EdgeCriterion.Theorem1].Verdict);
        Assert.Equal(EdgeBoundVerdict.NotApplicable, report.Bounds[(int)EdgeCriterion.Theorem2].Verdict);
        Assert.False(report.Bounds[(int)EdgeCriterion.HighDimensional].IsProof);

        // At a saddle of the mean nothing is stable.
        CurvatureSet saddle = CurvatureSet.FromHessians<double>(new double[] { 1, 0, 0, -0.5, 1, 0, 0, 0.2 }, 2, 2);
        StochasticEdgeReport at = StochasticEdge.Analyze(saddle, 1e-3, 1);
        Assert.Equal((EdgeVerdict.MeanUnstable, 0.0), (at.Verdict, at.CriticalLearningRate!.Value.Value));
        Assert.Equal(0, at.Indefinite!.Value.Index);
    }
}
