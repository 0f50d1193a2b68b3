using HessianKernels.Conformance;
using HessianKernels.Networks.Training;
using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>What stands in a batch's place has the moments of the batch's gradient that it is said to have.</summary>
public class NoiseTests
{
    private const int N = 9, D = 3, Size = 4, Draws = 2500;

    /// <summary>Mean and covariance of the first step's gradient over seeds.</summary>
    private static (double[] Mean, double[] Covariance) Moments(TrainingCase plane, TrainingOptions options)
    {
        double[] mean = new double[D], covariance = new double[D * D];
        for (int draw = 0; draw < Draws; draw++)
        {
            using Trainer<Span<double>> trainer = plane.Started(options with { Seed = (ulong)draw });
            trainer.Run(1);
            // theta_1 = theta_0 - g with eta = 1.
            double[] g = [.. Enumerable.Range(0, D).Select(i => plane.Initial[i] - trainer.Parameters[i])];
            for (int i = 0; i < D; i++)
            {
                mean[i] += g[i] / Draws;
                for (int j = 0; j < D; j++) covariance[i * D + j] += g[i] * g[j] / Draws;
            }
        }

        for (int i = 0; i < D; i++)
            for (int j = 0; j < D; j++) covariance[i * D + j] -= mean[i] * mean[j];
        return (mean, covariance);
    }

    /// <summary>g and <c>kappa [(1/n) sum g_i g_i^T - c g g^T]</c> of linear regression, written out.</summary>
    private static (double[] Mean, double[] Covariance) Expected(TrainingCase plane, BatchSampling sampling)
    {
        double[] mean = new double[D], covariance = new double[D * D];
        for (int e = 0; e < N; e++)
        {
            double[] x = plane.Inputs[(e * D)..(e * D + D)];
            double residual = x.Zip(plane.Initial, (a, b) => a * b).Sum() - plane.Targets[e];
            for (int i = 0; i < D; i++)
            {
                mean[i] += residual * x[i] / N;
                for (int j = 0; j < D; j++) covariance[i * D + j] += sampling.Kappa * residual * residual * x[i] * x[j] / N;
            }
        }

        for (int i = 0; i < D; i++)
            for (int j = 0; j < D; j++) covariance[i * D + j] -= sampling.Kappa * sampling.Centring * mean[i] * mean[j];
        return (mean, covariance);
    }

    public static TheoryData<BatchSelection, GradientNoise> Kinds => new()
    {
        { BatchSelection.WithoutReplacement, GradientNoise.Batch },
        { BatchSelection.WithoutReplacement, GradientNoise.GaussianReweighting },
        { BatchSelection.WithReplacement, GradientNoise.GaussianReweighting },
        { BatchSelection.Bernoulli, GradientNoise.GaussianReweighting },
        { BatchSelection.WithoutReplacement, GradientNoise.Diagonal() },
        { BatchSelection.Bernoulli, GradientNoise.Diagonal() },
        { BatchSelection.WithoutReplacement, GradientNoise.Isotropic() },
        { BatchSelection.WithReplacement, GradientNoise.DifferentialEquation(1) },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MeanAndCovarianceAreTheBatchs(BatchSelection selection, GradientNoise noise)
    {
        using TrainingCase plane = TrainingCase.Plane(N, D, 40);
        BatchSampling sampling = selection.Sampling(N, Size);
        (double[] mean, double[] covariance) = Expected(plane, sampling);
        double trace = Enumerable.Range(0, D).Sum(i => covariance[i * D + i]);
        if (noise.Kind is GradientNoiseKind.Diagonal or GradientNoiseKind.Isotropic)
        {
            for (int at = 0; at < D * D; at++)
                covariance[at] = at / D != at % D ? 0 : noise.Kind == GradientNoiseKind.Diagonal ? covariance[at] : trace / D;
        }

        (double[] foundMean, double[] foundCovariance) = Moments(plane, new() { LearningRate = 1, BatchSize = Size, Selection = selection, Noise = noise });
        // Of normal numbers the covariance's own standard error is sqrt((C_ii C_jj + C_ij^2) / draws); five of them.
        double[] bounds = [.. Enumerable.Range(0, D * D).Select(at =>
            5 * Math.Sqrt((covariance[at / D * (D + 1)] * covariance[at % D * (D + 1)] + covariance[at] * covariance[at]) / Draws))];
        Tolerance.Equal<double>(mean, foundMean, [.. Enumerable.Range(0, D).Select(i => 5 * Math.Sqrt(covariance[i * D + i] / Draws))], "mean");
        Tolerance.Equal<double>(covariance, foundCovariance, bounds, "covariance");
    }

    [Fact]
    public void WithoutVarianceThereIsNoNoise()
    {
        // b = n: kappa = 0 in every scheme but with replacement.
        using TrainingCase plane = TrainingCase.Plane(N, D, 40);
        TrainingOptions full = new() { LearningRate = 0.1, BatchSize = N };
        using Trainer<Span<double>> expected = plane.Started(full);
        expected.Run(4);
        foreach (GradientNoise noise in (GradientNoise[])[GradientNoise.GaussianReweighting, GradientNoise.Diagonal(), GradientNoise.Isotropic()])
        {
            using Trainer<Span<double>> trainer = plane.Started(full with { Noise = noise });
            trainer.Run(4);
            Tolerance.Equal<double>(expected.Parameters, trainer.Parameters, 1e-14, noise.ToString());
        }
    }

    [Fact]
    public void SubstepsOfTheEquationWithoutNoiseAreGradientFlow()
    {
        using TrainingCase line = TrainingCase.Line([1, 2], [0, 0], 1);
        using Trainer<Span<double>> trainer = line.Started(new() { LearningRate = 0.1, BatchSize = 2, Noise = GradientNoise.DifferentialEquation(50) });
        trainer.Run(3);
        // H = (1 + 4) / 2: three steps of eta in 50 substeps each.
        Tolerance.Equal(Math.Pow(1 - 0.1 / 50 * 2.5, 150), trainer.Parameters[0], 1e-13);
    }

    /// <summary>dx = -x dt + sqrt(eta C) dW by Euler's steps of h = eta / s has the stationary variance <c>eta C / (2 - h)</c>.</summary>
    [Fact]
    public void TheEquationsStationaryVariance()
    {
        const double Rate = 0.5;
        const int Substeps = 5, Steps = 6000;
        using TrainingCase line = TrainingCase.Line([1, 1], [1, -1], 0);
        using Trainer<Span<double>> trainer = line.Started(new() { LearningRate = Rate, BatchSize = 1, Noise = GradientNoise.DifferentialEquation(Substeps), Seed = 5 });
        // kappa = 1 and C = 1 for one of two examples at +-1. Correlated as (1 - h)^(s k): the variance of a mean of squares of an autoregression.
        SampleVariance sample = new();
        trainer.Run(Steps, sample);
        double expected = Rate / (2 - Rate / Substeps), memory = Math.Pow(1 - Rate / Substeps, 2 * Substeps);
        Tolerance.Equal(expected, sample.Value, 5 * expected * Math.Sqrt(2.0 / Steps * (1 + memory) / (1 - memory)));
    }

    private sealed class SampleVariance : ITrainingObserver<Span<double>>
    {
        private double sum;
        private long count;

        public double Value => sum / count;

        public void Observe(Trainer<Span<double>> trainer, double learningRate, int batchSize, CancellationToken cancellation)
        {
            if (trainer.Step < 100) return;
            sum += trainer.Parameters[0] * trainer.Parameters[0];
            count++;
        }
    }
}
