using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using HessianKernels.Tests.Krylov;
using MathNet.Numerics.LinearAlgebra;
using Xunit;
using static HessianKernels.Tests.Sharpness.BatchSharpnessTests;

namespace HessianKernels.Tests.Sharpness;

/// <summary>The scaling rule, and the tails of the loss's change.</summary>
public class ScalingTests
{
    [Fact]
    public void TheRuleIsTheConcentrationOfEveryBatchSize() => PropertyRun.Check(DerivativesCase.All, c =>
    {
        GradientMoments moments = c.Dense().Moments(threads: 1);
        LinearSaturationScaling rule = LinearSaturationScaling.Of(moments, c.Scheme);
        int[] sizes = [.. Enumerable.Range(1, c.Examples)];
        double[] curve = new double[sizes.Length];
        rule.Curve(sizes, curve);
        if (moments.Concentration(BatchSampling.WithoutReplacement(c.Examples, 1)) < 1e-10) return;
        for (int b = 1; b <= c.Examples; b++)
        {
            double concentration = moments.Concentration(BatchSampling.Of(c.Scheme, c.Examples, b));
            Tolerance.Equal(concentration, curve[b - 1], 1e-12, $"rho_{b}");
            double eta = rule.LearningRate(b, c.BatchSize, 0.3);
            Tolerance.Equal(rule.Concentration(c.BatchSize) / 0.3, rule.Concentration(b) / eta, 1e-12 / 0.3, "rho_b / eta");
        }

        Assert.Equal(0.3, rule.LearningRate(c.BatchSize, c.BatchSize, 0.3));
        if (c.Scheme != BatchScheme.WithReplacement) Tolerance.Equal(1, curve[^1], 1e-12, "rho_n");
    });

    /// <summary>rho of 2^-7 among 8192 examples, as in paper 001's figure 5: linear below, flat above, the bend where both terms are equal.</summary>
    [Fact]
    public void ItIsLinearThenSaturates()
    {
        const int N = 8192;
        const double Rho = 1.0 / 128;
        LinearSaturationScaling without = new(Rho, N), with = new(Rho, N, BatchScheme.WithReplacement), bernoulli = new(Rho, N, BatchScheme.Bernoulli);
        // The next term of the series in b rho is b (b - 1) rho^2.
        Tolerance.Equal(2 * Rho, without.Concentration(2), 2 * Rho * Rho, "twice as much for two");
        Tolerance.Equal(1, without.Concentration(N), 1e-15, "all");
        Assert.InRange(without.Concentration(N / 2) / without.Concentration(N / 4), 1, 1.05);
        Assert.Equal(129, with.SaturationBatchSize);
        Tolerance.Equal(129, without.SaturationBatchSize, 3, "nearly as with replacement");
        foreach (LinearSaturationScaling rule in (LinearSaturationScaling[])[without, with, bernoulli])
        {
            // Around the bend, a whole number or not, the terms change order.
            int below = (int)Math.Ceiling(rule.SaturationBatchSize) - 1, above = (int)Math.Floor(rule.SaturationBatchSize) + 1;
            (BatchSampling b, BatchSampling a) = (BatchSampling.Of(rule.Scheme, N, below), BatchSampling.Of(rule.Scheme, N, above));
            Assert.True(b.Kappa > b.Alpha * Rho && a.Kappa < a.Alpha * Rho, $"{rule}");
        }
    }

    [Fact]
    public void NoiseAloneScalesInTheLimit()
    {
        LinearSaturationScaling rule = new(0, 100);
        Assert.Equal((0.0, 0.0, 100.0), (rule.Concentration(7), rule.Concentration(100), rule.SaturationBatchSize));
        double gamma = 99.0 / (100 - 8);
        Tolerance.Equal(0.1 * 8 * gamma, rule.LearningRate(8, 1, 0.1), 1e-14, "linear, but for gamma");
        Assert.Equal(double.PositiveInfinity, rule.LearningRate(100, 1, 0.1));
        Assert.Equal(double.PositiveInfinity, new LinearSaturationScaling(0, 100, BatchScheme.WithReplacement).SaturationBatchSize);
        Assert.Equal((1.0, 1.0), (new LinearSaturationScaling(1, 1).Concentration(1), new LinearSaturationScaling(1, 50).Concentration(9)));

        Says<ArgumentOutOfRangeException>("rho_1 = 1.1", () => new LinearSaturationScaling(1.1, 3));
        Says<ArgumentOutOfRangeException>("rho_1 = NaN", () => new LinearSaturationScaling(double.NaN, 3));
        Says<ArgumentOutOfRangeException>("Custom", () => new LinearSaturationScaling(0.5, 3, BatchScheme.Custom));
        Says<ArgumentOutOfRangeException>("1 to 3 examples; found 4", () => new LinearSaturationScaling(0.5, 3).Concentration(4));
        Says<ArgumentOutOfRangeException>("eta_0 = -1", () => new LinearSaturationScaling(0.5, 3).LearningRate(1, 2, -1));
        Says<ArgumentException>("room for 1 numbers; expected at least 2", () => new LinearSaturationScaling(0.5, 3).Curve([1, 2], new double[1]));
    }

    /// <summary>Theorem 1's tails over every batch of six of twelve, and its variance and tails for the normal gradients it speaks of.</summary>
    [Theory]
    [InlineData(CurvatureKind.Semidefinite, 5)]
    [InlineData(CurvatureKind.Indefinite, 5)]
    [InlineData(CurvatureKind.RankOne, 15)]
    public void LossesStayWithinTheirTails(CurvatureKind kind, int d)
    {
        const double Eta = 0.4;
        DerivativesCase c = new(kind, BatchScheme.WithoutReplacement, 12, d, 6, 21);
        (Vector<double> gradient, Matrix<double> hessian) = (c.Gradient, c.Hessian);
        double Change(Vector<double> g) => -Eta * (gradient * g) + Eta * Eta / 2 * (g * (hessian * g));
        LossChange change = c.Dense().LossChange(c.Sampling, Eta);
        foreach (double x in (double[])[0.25, 0.5, 1, 2, 3])
        {
            Assert.InRange(c.Expectation((g, _) => Change(g) - change.Mean >= change.UpperTail(x) ? 1 : 0), 0, Math.Exp(-x));
            Assert.InRange(c.Expectation((g, _) => Change(g) - change.Mean <= change.LowerTail(x) ? 1 : 0), 0, Math.Exp(-x));
        }

        const int Draws = 20_000;
        double[] changes = new double[Draws];
        for (int t = 0; t < Draws; t++)
        {
            double[] z = TestSpectra.RandomVector(t, 12);
            Vector<double> g = gradient + Math.Sqrt(c.Sampling.Kappa / 12) * c.Gradients.Select((x, i) => z[i] * (x - gradient)).Aggregate((x, y) => x + y);
            changes[t] = Change(g) - change.Mean;
        }

        SampleMean mean = SampleMean.Of(changes), square = SampleMean.Of(Array.ConvertAll(changes, x => x * x));
        Assert.InRange(mean.Value, -4.5 * mean.StandardError, 4.5 * mean.StandardError);
        Assert.InRange(square.Value, change.Variance - 4.5 * square.StandardError, change.Variance + 4.5 * square.StandardError);
        foreach (double x in (double[])[0.25, 0.5, 1, 2, 3])
        {
            Assert.InRange(changes.Count(y => y >= change.UpperTail(x)) / (double)Draws, 0, Math.Exp(-x));
            Assert.InRange(changes.Count(y => y <= change.LowerTail(x)) / (double)Draws, 0, Math.Exp(-x));
        }

        Says<ArgumentOutOfRangeException>("x = 0", () => change.UpperTail(0));
    }
}
