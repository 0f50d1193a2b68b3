using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Reproduction.Figures.Models;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

/// <summary>What the figures on descents of networks measure by.</summary>
public class DescentTests
{
    private static readonly FigureRun s_run = new(Effort.Coarse);
    private static readonly NetworkSetting s_setting = NetworkSetting.Perceptron(
        new GaussianMixture(new(3, 2, 1), classes: 3, seed: 5).Draw<double>(20), "5-4", "relu") with { Loss = new CrossEntropy() };

    [Theory]
    [InlineData(new[] { 1.0, 2, 3, 4 }, new[] { -5.0, 0, 1e-9, 80 }, 1)]
    [InlineData(new[] { 1.0, 2, 3, 4 }, new[] { 8.0, 7, -1, -2 }, -1)]
    // Ranks 1, 3, 2: 1 - 6 (1 + 1) / (3 * 8).
    [InlineData(new[] { 1.0, 2, 3 }, new[] { 0.0, 5, 4 }, 0.5)]
    // Two that are equal share 1.5: covariance 1.5 over the root of 2 * 1.5.
    [InlineData(new[] { 1.0, 2, 3 }, new[] { 0.0, 0, 4 }, 0.8660254037844387)]
    public void RanksAreSpearmans(double[] x, double[] y, double expected) => Assert.Equal(expected, RankCorrelation.Of(x, y), 1e-14);

    [Fact]
    public void TwoPointsHaveNoRankCorrelation() => Assert.True(double.IsNaN(RankCorrelation.Of([1, 2], [3, 4])));

    [Fact]
    public void AParabolaHasItsCurvature()
    {
        double[] at = Crossing.Range(-0.3, 0.9, 13);
        LandscapeCut cut = new(0, at, [.. at.Select(x => (x - 0.6) * (x - 0.6))], [.. at.Select(x => 3 + 2 * x + 5 * x * x)], 1, 1);
        Assert.Equal(10, cut.SharpnessCurvature, 1e-10);
        Assert.Equal(0.6, cut.Floor, 1e-12);
    }

    [Fact]
    public void AnOscillationIsToldFromADrift()
    {
        double[][] points = [.. Enumerable.Range(0, 6).Select(t => new[] { 0.3 * t + (t % 2 == 0 ? 3 : -3), -t + (t % 2 == 0 ? 4 : -4.0) })];
        double[] oscillation = DescentPath.OscillationOf(points);
        Assert.True(double.IsNaN(oscillation[0]) && double.IsNaN(oscillation[^1]));
        Assert.All(oscillation[1..^1], size => Assert.Equal(5, size, 1e-13));
    }

    [Fact]
    public void EqualRatesInAllDirectionsAreDescent()
    {
        DirectedDescent directed = DirectedDescent.Of(s_run, s_setting, s_setting.Start(), 6, 2, _ => 0.3, 0.3);
        IReadOnlyList<double[]> points = NetworkRun.Path(s_run, s_setting, DescentPath.Descent(s_setting, 0.3), 6);
        Assert.Equal(6, points.Count);
        for (int step = 0; step < 6; step++) Assert.Equal(LossAt(points[step]), directed.Loss[step], 1e-12);

        Assert.True(directed.Loss[5] < directed.Loss[0]);
    }

    [Fact]
    public void WithoutTheSharpestDirectionAStepIsShorterByItsShareOfTheGradient()
    {
        double[] start = s_setting.Start();
        (TopEigenpairs top, double[] gradient) = s_setting.At(s_run, start, point => (TopEigenpairs.Of(point, 1, null, default), point.Gradient()));
        double component = gradient.Zip(top.Vectors, (g, v) => g * v).Sum();
        double[] expected = [.. start.Select((theta, i) => theta - 0.3 * (gradient[i] - component * top.Vectors[i]))];
        DirectedDescent directed = DirectedDescent.Of(s_run, s_setting, start, 2, 1, _ => 0, 0.3);
        Assert.Equal(LossAt(expected), directed.Loss[1], 1e-12);
        Assert.True(Math.Abs(component) > 1e-3);
    }

    [Fact]
    public void ASubspaceIsLikeItself()
    {
        (TopEigenpairs top, TopEigenpairs again) = s_setting.At(s_run, null, point =>
        {
            TopEigenpairs first = TopEigenpairs.Of(point, 3, null, default);
            return (first, TopEigenpairs.Of(point, 3, first, default));
        });
        Assert.Equal(1, top.SubspaceSimilarity(again), 1e-6);
        Assert.Equal(1, top.Similarity(again, 0), 1e-6);
        TopEigenpairs two = new(top.Values[..2], [.. top.Vector(0), .. top.Vector(1)]);
        TopEigenpairs turned = new(top.Values[..2], [.. top.Vector(0), .. top.Vector(2)]);
        // v_1, v_2 against v_1, v_3: angles 0 and 90 degrees.
        Assert.Equal(0, two.SubspaceSimilarity(turned), 1e-6);
    }

    private static double LossAt(double[] parameters) => s_setting.At(s_run, parameters, point => point.Value());
}
