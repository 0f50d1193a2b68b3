using HessianKernels.Conformance;
using HessianKernels.Networks.Training;
using Xunit;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>Runs of the papers that have numbers.</summary>
public class PaperRunTests
{
    private sealed class Moments : ITrainingObserver<Span<double>>
    {
        public double Square, Fourth, GradientForm, FullGradient;
        public long Count;

        public void Observe(Trainer<Span<double>> trainer, double learningRate, int batchSize, CancellationToken cancellation)
        {
            if (trainer.Step < 200) return;
            double x = trainer.Parameters[0], g = trainer.Gradient[0];
            Square += x * x;
            Fourth += x * x * x * x;
            GradientForm += g * g;
            FullGradient += x * x;
            Count++;
        }
    }

    /// <summary>Paper 002, D.1: <c>L = (1/2)(x -+ 1)^2</c> of two examples, batches of one: E x^2 = eta / (2 - eta), and GNI = 2 /
    /// eta.</summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    public void TheStationaryVarianceOfBatchesOfOne(double rate)
    {
        const int Steps = 30_000;
        using TrainingCase line = TrainingCase.Line([1, 1], [1, -1], 0);
        using Trainer<Span<double>> trainer = line.Started(new() { LearningRate = rate, BatchSize = 1, Seed = 2 });
        Moments moments = new();
        trainer.Run(Steps, moments);
        double variance = rate / (2 - rate), found = moments.Square / moments.Count;
        // x^2 is an autoregression with memory (1 - eta)^2: five standard errors of its mean.
        double memory = (1 - rate) * (1 - rate), spread = moments.Fourth / moments.Count - found * found;
        Tolerance.Equal(variance, found, 5 * Math.Sqrt(spread / moments.Count * (1 + memory) / (1 - memory)), "E x^2");
        Tolerance.Equal(2 / rate, moments.GradientForm / moments.FullGradient, 0.05 * (2 / rate), "GNI");
    }

    /// <summary>At eta = 2 it is a random walk, and beyond it diverges.</summary>
    [Fact]
    public void BeyondTwoItDiverges()
    {
        using TrainingCase line = TrainingCase.Line([1, 1], [1, -1], 0);
        using Trainer<Span<double>> trainer = line.Started(new() { LearningRate = 2.05, BatchSize = 1, DivergedAbove = 1e6 });
        TrainingResult result = trainer.Run(10_000);
        Assert.Equal(TrainingStatus.Diverged, result.Status);
        Assert.InRange(result.DivergedAt!.Value, 50, 400);
    }

    /// <summary>R_2 of eq. 1: how far the sharpest eigenvector of the diagonal linear network is turned to theta_1.</summary>
    private static double Orientation(double first, double second)
    {
        // z = Theta^2: z' = 2 Theta, z'' = 2.
        double product = first * second, beta = Math.Abs(2 * (second * second - first * first) / (2 * (2 * product + 2 * product)));
        return beta + Math.Sqrt(beta * beta + 1);
    }

    /// <summary>Paper 004, figure 1: below eta_eos = 0.01 the sharpest eigenvector turns towards theta_1 and theta_1 goes to 0; above it
    /// turns away at first, and later returns.</summary>
    [Theory]
    [InlineData(0.001)]
    [InlineData(0.0095)]
    [InlineData(0.011)]
    [InlineData(0.013)]
    public void TheDiagonalLinearNetworkTurns(double rate)
    {
        using TrainingCase network = TrainingCase.DiagonalLinear(-0.1, 10);
        using Trainer<Span<double>> trainer = network.Started(new() { LearningRate = rate, BatchSize = 1 });
        double[] orientation = new double[2001];
        (double x, double y) = (-0.1, 10);
        orientation[0] = Orientation(x, y);
        bool stable = rate < 0.01;
        for (int t = 1; t < orientation.Length; t++)
        {
            trainer.Run(t);
            // theta_1' = theta_1 - 2 eta Theta theta_2, and so the other.
            (x, y) = (x - 2 * rate * x * y * y, y - 2 * rate * x * x * y);
            Tolerance.Equal<double>([x, y], trainer.Parameters, 1e-9 * (1 + Math.Abs(x) + Math.Abs(y)), $"step {t}");
            (x, y) = (trainer.Parameters[0], trainer.Parameters[1]);
            orientation[t] = x == 0 ? double.PositiveInfinity : Orientation(x, y);
        }

        // The ratio of the first step is eq. 2's gamma_beta: above 1 where stable.
        double slope = 2 * -0.1 * 10, s = -0.1 / 10 + 10 / -0.1;
        double gamma = Math.Abs((1 - rate * rate * slope * slope) / (1 - s * rate * slope + rate * rate * slope * slope));
        double beta0 = (orientation[0] - 1 / orientation[0]) / 2, beta1 = (orientation[1] - 1 / orientation[1]) / 2;
        Tolerance.Equal(gamma, beta1 / beta0, 1e-9 * gamma, "gamma_beta");
        Assert.Equal(stable, gamma > 1);
        Assert.Equal(stable, orientation[1] > orientation[0]);
        // Figure 1, right: in the end all four are at a minimum, theta_1 = 0, that is flat enough: 2 theta_2^2 < 2 / eta.
        Assert.InRange(Math.Abs(x), 0, 1e-6);
        Assert.True(2 * y * y < 2 / rate);
        Assert.True(orientation[^1] > orientation[0]);
        if (!stable) Assert.True(orientation.Min() < 0.5 * orientation[0], "it turned away");
    }
}
