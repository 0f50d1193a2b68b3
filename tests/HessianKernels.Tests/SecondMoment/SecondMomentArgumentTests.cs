using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>Misuse throws and names what was found; sets at the edge of sense are answered.</summary>
public class SecondMomentArgumentTests
{
    private static readonly FunctionSpace s_space = SmallSet.FromFactors([1, 0, 0.5, 2, -1, 1], 3, 1, 2).Space;
    private static readonly BatchSampling s_sampling = BatchSampling.WithoutReplacement(3, 1);

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void ALearningRateIsFiniteAndPositive(double eta)
    {
        Action[] calls =
        [
            () => _ = new SecondMomentOperator(s_space, eta, s_sampling),
            () => NoiseKernel.Norms(s_space, eta, s_sampling),
            () => NoiseKernel.ExactWithMomentum(s_space, eta, s_sampling, 0.5),
            () => NoiseKernel.HighDimensional([1], 1, eta, s_sampling),
            () => NoiseKernel.Radius(s_space, eta, s_sampling),
            () => SecondMomentTrace.Of(s_space, eta, s_sampling, 1),
            () => Contraction.Of(s_space, eta, s_sampling),
            () => StationaryCovariance.Solve(s_space, eta, s_sampling, [1, 0, 1]),
            () => MeanStability.Sharpness(eta, 0, 0),
        ];
        foreach (Action call in calls)
            Assert.Contains($"{eta}", Assert.Throws<ArgumentOutOfRangeException>("learningRate", call).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASamplingIsFromTheSetsExamples()
    {
        BatchSampling other = BatchSampling.WithoutReplacement(4, 1);
        Action[] calls =
        [
            () => _ = new SecondMomentOperator(s_space, 0.1, other),
            () => NoiseKernel.Norms(s_space, 0.1, other),
            () => CriticalLearningRate.Of(s_space, other),
            () => new LearningRateSweep(s_space).CriticalLearningRate(other),
            () => SecondMomentTrace.Of(s_space, 0.1, other, 1),
        ];
        foreach (Action call in calls)
        {
            ArgumentException error = Assert.Throws<ArgumentException>("sampling", call);
            Assert.Contains("4 examples", error.Message, StringComparison.Ordinal);
            Assert.Contains("has 3", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void OtherNumbersAreInTheirRanges()
    {
        Assert.Throws<ArgumentOutOfRangeException>("momentum", () => NoiseKernel.ExactWithMomentum(s_space, 0.1, s_sampling, 1));
        Assert.Throws<ArgumentOutOfRangeException>("weightDecay", () => NoiseKernel.ExactWithMomentum(s_space, 0.1, s_sampling, 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>("beta1", () => MeanStability.Sharpness(0.1, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("beta2", () => MeanStability.Sharpness(0.1, 0, -0.1));
        Assert.Throws<ArgumentOutOfRangeException>("largestEigenvalue", () => MeanStability.LearningRate(-1));
        Assert.Throws<ArgumentOutOfRangeException>("rows", () => NoiseKernel.Trace(1, 0, 0.1, s_sampling));
        Assert.Throws<ArgumentOutOfRangeException>("steps", () => SecondMomentTrace.Of(s_space, 0.1, s_sampling, -1));
        Assert.Throws<ArgumentOutOfRangeException>(
            "Tolerance", () => CriticalLearningRate.Of(s_space, s_sampling, new() { Tolerance = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>("Threads", () => NoiseKernel.Norms(s_space, 0.1, s_sampling, new() { Threads = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            "SolveTolerance", () => new LearningRateSweep(s_space, new() { SolveTolerance = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(
            "MaximumApplications", () => new LearningRateSweep(s_space, new() { MaximumApplications = 0 }));
        Assert.Throws<ArgumentException>("gradientNoise", () => StationaryCovariance.Solve(s_space, 0.1, s_sampling, [1, 2]));
        Assert.Throws<ArgumentException>("gradients", () => StationaryCovariance.GradientNoise([1, 2, 3], 2));
        Assert.Throws<ArgumentException>("packed", () => SecondMomentOperator.Pack([1, 2, 3, 4], 2, new double[4]));
        Assert.Throws<ArgumentException>("matrix", () => SecondMomentOperator.Unpack([1, 2, 3], 2, new double[3]));
    }

    [Fact]
    public void ASetOfZerosIsStableAtAnyLearningRate()
    {
        FunctionSpace zero = SmallSet.FromFactors(new double[6], 3, 1, 2).Space;
        Assert.Equal(0, zero.Rank);
        CriticalLearningRate critical = CriticalLearningRate.Of(zero, s_sampling);
        Assert.Equal((double.PositiveInfinity, double.PositiveInfinity), (critical.Value, critical.Upper));
        NoiseKernelNorms norms = NoiseKernel.Norms(zero, 5, s_sampling);
        Assert.Equal((0.0, 0.0, 0.0, true), (norms.Exact.Value, norms.HighDimensional, norms.Trace, norms.Stable));
        Assert.Equal([0, 0, 0], SecondMomentTrace.Of(zero, 1, s_sampling, 2));
        Assert.Equal(0, NoiseKernel.ExactWithMomentum(zero, 5, s_sampling, 0.9).Value);
        Assert.Equal(StationaryStatus.Converged, StationaryCovariance.Solve(zero, 1, s_sampling, []).Status);
        Assert.Throws<ArgumentException>("space", () => new SecondMomentOperator(zero, 1, s_sampling));
        Assert.Throws<ArgumentException>("space", () => Contraction.Of(zero, 1, s_sampling));
    }

    /// <summary>At a saddle nothing is stable, however small the step.</summary>
    [Fact]
    public void ASaddleHasNoStableLearningRate()
    {
        FunctionSpace saddle = SmallSet.FromHessians([1, 0, 0, -0.5, 1, 0, 0, 0.2], 2, 2).Space;
        BatchSampling sampling = BatchSampling.WithReplacement(2, 1);
        Assert.Equal(0, CriticalLearningRate.Of(saddle, sampling).Value);
        NoiseKernelNorms norms = NoiseKernel.Norms(saddle, 1e-3, sampling);
        Assert.Equal((double.PositiveInfinity, double.PositiveInfinity, false), (norms.Exact.Value, norms.Diagonal.Value, norms.Stable));
        Assert.Equal(double.PositiveInfinity, NoiseKernel.ExactWithMomentum(saddle, 1e-3, sampling, 0.5).Value);
        Assert.True(new SecondMomentOperator(saddle, 1e-3, sampling).LargestEigenvalue().Value > 1);
    }

    [Fact]
    public void PackingKeepsTheInnerProduct()
    {
        double[] a = [1, 2, 3, 2, 4, 5, 3, 5, 6], packed = new double[6], back = new double[9];
        SecondMomentOperator.Pack(a, 3, packed);
        Assert.Equal(a.Sum(x => x * x), packed.Sum(x => x * x), 12);
        SecondMomentOperator.Unpack(packed, 3, back);
        for (int i = 0; i < 9; i++) Assert.Equal(a[i], back[i], 14);
    }
}
