using HessianKernels.Conformance;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.Krylov;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>P17 of MATHEMATICS 8 and the thresholds with momentum and weight decay.</summary>
public class MomentumTests
{
    private static readonly double[] s_momenta = [0, 0.3, 0.9], s_decays = [0, 0.2];

    private static double SpectralRadius(Matrix<double> a) => a.Evd().EigenValues.Max(value => value.Magnitude);

    /// <summary>P17: the pair sums, added up term by term.</summary>
    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.4, 0.0)]
    [InlineData(0.9, 0.0)]
    [InlineData(0.0, 0.5)]
    [InlineData(0.85, 0.03)]
    public void PairWeightsAreTheSumsOfImpulseResponses(double momentum, double decay)
    {
        const double Eta = 0.7;
        double[] lambda = [2 * (1 + momentum) / Eta * 0.93 - decay, 1.3, 0.4, 0.02], weights = new double[10];
        PairWeights.HeavyBall(lambda, Eta, momentum, decay, weights);
        for (int a = 0, at = 0; a < lambda.Length; a++)
        {
            for (int b = 0; b <= a; b++, at++)
            {
                double sum = 0, h = 1, g = 1, hBefore = 0, gBefore = 0;
                for (int t = 0; t < 5000; t++)
                {
                    sum += h * g;
                    (h, hBefore) = ((1 + momentum - Eta * (lambda[a] + decay)) * h - momentum * hBefore, h);
                    (g, gBefore) = ((1 + momentum - Eta * (lambda[b] + decay)) * g - momentum * gBefore, g);
                }

                Tolerance.Equal(1 / sum, weights[at], 1e-11 / sum, $"1 / P of {lambda[a]}, {lambda[b]}");
            }
        }
    }

    /// <summary>The norm is below 1 exactly where every batch's recursion, in 2 d dimensions, shrinks second moments.</summary>
    [Fact]
    public void TheNormIsOneWhereTheSecondMomentRecursionNoLongerShrinks() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        // Outside the range, and without weight decay, nothing shrinks.
        if (set.Space.Rank < set.Parameters || c.Parameters > 3) return;
        ParameterSpace space = new(c, set);
        double momentum = s_momenta[c.Seed % 3], decay = s_decays[c.Seed / 3 % 2];
        double top = MeanStability.LearningRate(set.Space.Eigenvalues[0], momentum, decay);
        double Norm(double eta) => NoiseKernel.ExactWithMomentum(set.Space, eta, c.Sampling, momentum, decay).Value;

        double eta = c.Share * top;
        if (Math.Abs(Norm(eta) - 1) > 1e-6) Assert.Equal(Norm(eta) < 1, SpectralRadius(space.HeavyBall(eta, momentum, decay)) < 1);
        Assert.Equal(double.PositiveInfinity, Norm(1.01 * top));
        if (c.Sampling.Kappa == 0)
        {
            Assert.Equal(0, Norm(0.99 * top));
            return;
        }

        // A crossing of 1, found by the norm and seen by the recursion.
        (double low, double high) = (1e-9 * top, (1 - 1e-12) * top);
        if (Norm(low) >= 1 || Norm(high) <= 1) return;
        for (int i = 0; i < 60; i++)
        {
            double middle = 0.5 * (low + high);
            if (Norm(middle) < 1) low = middle;
            else high = middle;
        }

        Tolerance.Equal(1, SpectralRadius(space.HeavyBall(low, momentum, decay)), 1e-7, $"the recursion's radius at eta = {low:G17}");
    });

    /// <summary>Without momentum and decay the split is another, the threshold the same.</summary>
    [Fact]
    public void WithoutMomentumTheThresholdIsTheCriticalLearningRate() => PropertyRun.Check(EdgeCase.All, c =>
    {
        FunctionSpace space = c.Set().Space;
        if (space.Rank == 0 || c.Sampling.Kappa == 0) return;
        double critical = CriticalLearningRate.Of(space, c.Sampling).Value;
        // Not 1 at eta* itself where equal examples leave no noise: then the mean ends there, and the norm leaps from 0.
        foreach (double share in (double[])[0.9999, 1.0001])
        {
            double norm = NoiseKernel.ExactWithMomentum(space, share * critical, c.Sampling, 0).Value;
            Assert.True(norm < 1 == share < 1, $"K = {norm:G17} at {share} eta*");
        }
    });

    /// <summary>Both closed forms of MATHEMATICS 3, and eq. 18.</summary>
    [Fact]
    public void TheEstimatesAreTheClosedForms()
    {
        double[] lambda = [1.9, 0.8, 0.05];
        const double Eta = 0.6, Mu = 0.7, Rho = 0.11;
        BatchSampling sampling = BatchSampling.WithoutReplacement(30, 4);
        double momentum = 0, decay = 0;
        foreach (double x in lambda)
        {
            momentum += sampling.Kappa * Eta * x / ((1 - Mu) * (2 - Eta * x / (1 + Mu)));
            decay += sampling.Kappa * Eta * Eta * x * x / (1 - Math.Pow(1 - Eta * x - Eta * Rho, 2));
        }

        Tolerance.Equal(momentum / 2, NoiseKernel.HighDimensionalWithMomentum(lambda, 2, Eta, sampling, Mu), 1e-14 * momentum, "K_hd,mom");
        Tolerance.Equal(decay, NoiseKernel.HighDimensionalWithMomentum(lambda, 1, Eta, sampling, 0, Rho), 1e-13 * decay, "K_hd,rho");
        Assert.Equal(double.PositiveInfinity, NoiseKernel.HighDimensionalWithMomentum(lambda, 1, 2 * 1.7 / 1.9, sampling, Mu));
        Tolerance.Equal(Eta * 2.75 / (2 * 0.3 * 4 * 3), NoiseKernel.TraceWithMomentum(2.75, 3, Eta, sampling, Mu), 1e-15, "K_tr,mom");
    }

    [Fact]
    public void TheMeanContractsBelowItsThreshold()
    {
        foreach (double momentum in s_momenta)
        {
            double eta = MeanStability.LearningRate(3, momentum, 0.5);
            foreach (double share in (double[])[0.999, 1.001])
            {
                double p = 1 + momentum - share * eta * 3.5;
                Matrix<double> step = Matrix<double>.Build.DenseOfRowMajor(2, 2, [p, -momentum, 1, 0]);
                Assert.Equal(share < 1, SpectralRadius(step) < 1);
            }
        }

        Assert.Equal(double.PositiveInfinity, MeanStability.LearningRate(0));
        // Polyak is heavy ball; Nesterov: w' = v - eta lambda v, v = w + beta (w - w_before).
        Tolerance.Equal(MeanStability.LearningRate(5, 0.6), 2 * 1.6 / 5, 1e-15, "heavy ball");
        Tolerance.Equal(5, MeanStability.Sharpness(2 * 1.6 / 5, 0.6, 0), 1e-14, "Polyak");
        const double Eta = 0.2, Beta = 0.6;
        foreach (double share in (double[])[0.999, 1.001])
        {
            double factor = 1 - share * Eta * MeanStability.Sharpness(Eta, Beta, Beta);
            Matrix<double> step = Matrix<double>.Build.DenseOfRowMajor(2, 2, [factor * (1 + Beta), -factor * Beta, 1, 0]);
            Assert.Equal(share < 1, SpectralRadius(step) < 1);
        }
    }

    /// <summary>Lemma 4.1's N, densely.</summary>
    [Fact]
    public void TheRadiusIsThatOfTheNoiseMap() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        if (set.Parameters > 3) return;
        double eta = 0.1 + c.Share;
        Matrix<double> noise = Matrix<double>.Build.Dense(set.Parameters * set.Parameters, set.Parameters * set.Parameters);
        for (int i = 0; i < c.Examples; i++)
        {
            double[] one = new double[c.Examples];
            one[i] = 1;
            Matrix<double> h = set.Combine(one);
            noise += eta * eta * c.Sampling.Kappa / c.Examples * h.KroneckerProduct(h);
        }

        double expected = SpectralRadius(noise);
        Tolerance.Equal(expected, NoiseKernel.Radius(set.Space, eta, c.Sampling).Value, 1e-8 * expected, "radius");
    });
}
