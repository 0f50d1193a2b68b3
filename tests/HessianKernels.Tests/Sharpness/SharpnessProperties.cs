using HessianKernels.Conformance;
using HessianKernels.Operators;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using HessianKernels.Tests.Krylov;
using MathNet.Numerics.LinearAlgebra;
using Xunit;
using static HessianKernels.Tests.Sharpness.DerivativesCase;

namespace HessianKernels.Tests.Sharpness;

/// <summary>P12 to P16 and P20, on random examples, against every batch made one by one.</summary>
public class SharpnessProperties
{
    private const double Rounding = 1e-12;

    private static readonly SharpnessOptions Enumerate = new() { Threads = 1 };

    private static void Near(double expected, double found, double scale, string what) => Tolerance.Equal(expected, found, Rounding * (Math.Abs(scale) + 1e-300), what);

    /// <summary>How large the terms are that a form is a sum of.</summary>
    private static double Scale(DerivativesCase c) => c.Gradients.Max(g => g * g) * c.Hessians.Max(h => h.FrobeniusNorm());

    /// <summary>P15.</summary>
    [Fact]
    public void ClosedFormsAreTheEnumeration() => PropertyRun.Check(DerivativesCase.All, c =>
    {
        Matrix<double> hessian = c.Hessian;
        double largest = c.Gradients.Max(g => g * g), forms = Scale(c), crowded = Math.Max(1, Math.Pow(c.Examples / (double)c.BatchSize, 3));
        double squared = c.Expectation((g, _) => g * g), full = c.Expectation((g, _) => g * (hessian * g)), batch = c.Expectation((g, h) => g * (h * g));
        foreach (ExampleDerivatives derivatives in c.Both())
        {
            GradientMoments moments = derivatives.Moments(threads: 1);
            Near(squared, moments.SquaredBatchGradient(c.Sampling), crowded * largest, "E||g_B||^2");
            Near(full, moments.FullHessianForm(c.Sampling), crowded * forms, "E[g_B^T H g_B]");
            Near(batch, moments.BatchHessianForm(c.Sampling), crowded * forms, "E[g_B^T H_B g_B]");
            if (squared <= 1e-10 * largest) continue;
            double condition = crowded * forms / squared;
            Near(full / squared, moments.InteractionAwareSharpness(c.Sampling), condition, "IAS");
            Near(batch / squared, moments.ModifiedBatchSharpness(c.Sampling), condition, "modified");
            Near(c.Gradient * c.Gradient / squared, moments.Concentration(c.Sampling), crowded * largest / squared, "rho");
            if (c.Gradient * c.Gradient > 1e-6 * largest)
                Tolerance.Equal(full / (c.Gradient * c.Gradient), moments.GradientNoiseInteraction(c.Sampling), 1e-9 * crowded * forms / (c.Gradient * c.Gradient), "GNI");
        }
    });

    [Fact]
    public void AFixedFormIsTheEnumeration() => PropertyRun.Check(DerivativesCase.All, c =>
    {
        Matrix<double> a = TestSpectra.Symmetric(c.Seed + 5, TestSpectra.RandomVector(c.Seed + 6, c.Parameters));
        double expected = c.Expectation((g, _) => g * (a * g));
        double found = c.Dense().ExpectedForm(new DenseSymmetric<double>(a.Elements(), c.Parameters), c.Sampling);
        Near(expected, found, 10 * c.Examples * c.Gradients.Max(g => g * g) * a.FrobeniusNorm(), "E[g_B^T A g_B]");
    });

    [Fact]
    public void ExpectationsAreTheEnumeration() => PropertyRun.Check(DerivativesCase.All, c =>
    {
        // Gradients that cancel to their last digits have a quotient of rounding alone.
        double largest = c.Gradients.Max(g => g * g);
        if (c.Expectation((g, _) => g * g > 0 && g * g < 1e-12 * largest ? 1 : 0) > 0) return;
        double quotient = c.Expectation(Rayleigh), lambda = c.Expectation((_, h) => LambdaMax(h));
        double norm = c.Examples / (double)c.BatchSize * c.Hessians.Max(h => h.FrobeniusNorm());
        foreach (ExampleDerivatives derivatives in c.Both())
        {
            SharpnessReport report = BatchSharpness.Analyze(derivatives, c.Sampling, Enumerate);
            Assert.True(report.BatchSharpness.IsExact && report.LambdaMaxBatch!.Value.IsExact);
            Assert.Equal(0, report.BatchSharpness.StandardError);
            Tolerance.Equal(quotient, report.BatchSharpness.Value, 1e-9 * norm, "Batch Sharpness");
            Tolerance.Equal(lambda, report.LambdaMaxBatch!.Value.Value, 1e-11 * norm, "lambda_max^b");
        }
    });

    [Fact]
    public void AStepIsItsBatchAlone() => PropertyRun.Check(DerivativesCase.FixedSize, c =>
    {
        foreach ((_, int[] draws) in c.Batches().Take(20))
        {
            Vector<double> g = draws.Select(i => c.Gradients[i]).Aggregate((x, y) => x + y) / draws.Length;
            Matrix<double> h = draws.Select(i => c.Hessians[i]).Aggregate((x, y) => x + y) / draws.Length;
            if (g * g > 0 && g * g < 1e-12 * c.Gradients.Max(x => x * x)) continue;
            foreach (ExampleDerivatives derivatives in c.Both())
                Tolerance.Equal(Rayleigh(g, h), BatchSharpness.OfBatch(derivatives, draws), 1e-9 * h.FrobeniusNorm(), $"batch {string.Join(",", draws)}");
        }
    });

    /// <summary>P12: Jensen's inequality twice, on a quadratic.</summary>
    [Fact]
    public void OnBatchGrowthIsAboveItsSharpnessBound() => PropertyRun.Check(DerivativesCase.FixedSize, c =>
    {
        double sharpness = BatchSharpness.Analyze(c.Dense(), c.Sampling, Enumerate).BatchSharpness.Value;
        foreach (double eta in (double[])[0.1, 0.7, 3])
        {
            // A batch without gradient stands still: growth 1.
            double growth = c.Expectation((g, h) => g * g == 0 ? 1 : Math.Pow((g - eta * (h * g)).L2Norm(), 2) / (g * g));
            Assert.True(growth >= Math.Pow(1 - eta * sharpness, 2) - 1e-9 * growth, $"{growth} at eta = {eta}, Batch Sharpness {sharpness}");
        }
    });

    /// <summary>P13.</summary>
    [Fact]
    public void LargestEigenvaluesOfBatchesBoundAndFall() => PropertyRun.Check(DerivativesCase.FixedSize, c =>
    {
        ExampleDerivatives derivatives = c.Dense();
        double scale = c.Hessians.Max(h => h.FrobeniusNorm()), full = LambdaMax(c.Hessian), before = double.PositiveInfinity;
        for (int b = 1; b <= c.Examples; b++)
        {
            SharpnessReport report = BatchSharpness.Analyze(derivatives, BatchSampling.Of(c.Scheme, c.Examples, b), Enumerate);
            double lambda = report.LambdaMaxBatch!.Value.Value;
            Assert.InRange(lambda, full - Rounding * scale, before + Rounding * scale);
            // A batch without gradient counts 0 in the one, and its eigenvalue in the other.
            if (c.Kind != CurvatureKind.Indefinite) Assert.InRange(report.BatchSharpness.Value, 0, lambda + Rounding * scale);
            before = lambda;
        }
    });

    /// <summary>P14.</summary>
    [Fact]
    public void InteractionAwareSharpnessIsBelowTheLargestEigenvalue() => PropertyRun.Check(DerivativesCase.All, c =>
    {
        double full = LambdaMax(c.Hessian), scale = c.Hessians.Max(h => h.FrobeniusNorm());
        GradientMoments moments = c.Dense().Moments(threads: 1);
        double sharpness = moments.InteractionAwareSharpness(c.Sampling);
        if (moments.SquaredBatchGradient(c.Sampling) > 1e-10 * moments.MeanSquaredGradient) Assert.InRange(sharpness, -scale, full + 1e-9 * scale);
    });

    [Fact]
    public void OfAllExamplesEverySharpnessIsTheSame() => PropertyRun.Check(DerivativesCase.All, c =>
    {
        BatchSampling all = BatchSampling.WithoutReplacement(c.Examples, c.Examples);
        foreach (ExampleDerivatives derivatives in c.Both())
        {
            SharpnessReport report = BatchSharpness.Analyze(derivatives, all, Enumerate);
            double expected = Rayleigh(c.Gradient, c.Hessian), bound = 1e-9 * (c.Hessians.Max(h => h.FrobeniusNorm()) + 1e-300);
            if (report.Concentration != 0 && report.Moments.SquaredGradient < 1e-12 * report.Moments.MeanSquaredGradient) continue;
            Tolerance.Equal(expected, report.InteractionAwareSharpness, bound, "IAS");
            Tolerance.Equal(expected, report.GradientNoiseInteraction, bound, "GNI");
            Tolerance.Equal(expected, report.ModifiedBatchSharpness, bound, "modified");
            Tolerance.Equal(expected, report.BatchSharpness.Value, bound, "Batch Sharpness");
            Assert.Equal(1, report.BatchSharpness.Batches);
            Assert.Equal(report.Moments.SquaredGradient == 0 ? 0 : 1, report.Concentration);
        }
    });

    /// <summary>P20, and what a factor of the gradients or of the Hessians does (P19).</summary>
    [Fact]
    public void OrderBasisAndUnitsChangeNothing() => PropertyRun.Check(DerivativesCase.All, c =>
    {
        int n = c.Examples, d = c.Parameters;
        if (c.Expectation((g, _) => g * g > 0 && g * g < 1e-10 * c.Gradients.Max(x => x * x) ? 1 : 0) > 0) return;
        Matrix<double> q = TestSpectra.Orthogonal(c.Seed + 1, d);
        int[] order = [.. Enumerable.Range(0, n).OrderBy(i => (i * 7 + c.Seed) % 11)];
        double unit = 1e-130, factor = 3.5;
        double[] gradients = [.. order.SelectMany(i => unit * (q * c.Gradients[i]))];
        double[] hessians = [.. order.SelectMany(i => MatrixCase.Symmetrised((factor * (q * c.Hessians[i] * q.Transpose())).ToRowMajorArray(), d))];
        SharpnessReport expected = BatchSharpness.Analyze(c.Dense(), c.Sampling, Enumerate);
        SharpnessReport found = BatchSharpness.Analyze(ExampleDerivatives.FromHessians<double>(gradients, hessians, n), c.Sampling, Enumerate);
        double scale = c.Hessians.Max(h => h.FrobeniusNorm()) * n, bound = 1e-8 * factor * scale + 1e-300;
        Tolerance.Equal(factor * expected.InteractionAwareSharpness, found.InteractionAwareSharpness, bound, "IAS");
        Tolerance.Equal(factor * expected.ModifiedBatchSharpness, found.ModifiedBatchSharpness, bound, "modified");
        Tolerance.Equal(factor * expected.BatchSharpness.Value, found.BatchSharpness.Value, bound, "Batch Sharpness");
        Tolerance.Equal(factor * expected.LambdaMaxBatch!.Value.Value, found.LambdaMaxBatch!.Value.Value, bound, "lambda_max^b");
        Tolerance.Equal(expected.Concentration, found.Concentration, 1e-9, "rho");
        Tolerance.Equal(unit * unit * expected.SquaredBatchGradient, found.SquaredBatchGradient, 1e-9 * unit * unit * n * c.Gradients.Max(g => g * g) + 1e-300, "E||g_B||^2");
    });

    /// <summary>P16: L(w) = g^T w + w^T H w / 2 from w = 0.</summary>
    [Fact]
    public void ExpectedLossChangeIsTheEnumeration() => PropertyRun.Check(DerivativesCase.All, c =>
    {
        (Vector<double> gradient, Matrix<double> hessian) = (c.Gradient, c.Hessian);
        foreach (double eta in (double[])[0.05, 1.3])
        {
            double Loss(Vector<double> w) => gradient * w + w * (hessian * w) / 2;
            double expected = c.Expectation((g, _) => Loss(-eta * g)), scale = c.Examples * (eta * c.Gradients.Max(g => g * g) + eta * eta * Scale(c));
            foreach (ExampleDerivatives derivatives in c.Both())
            {
                LossChange change = derivatives.LossChange(c.Sampling, eta, threads: 1);
                Near(expected, change.Mean, scale, "E[L'] - L");
                GradientMoments moments = derivatives.Moments(threads: 1);
                if (moments.SquaredGradient > 1e-8 * moments.MeanSquaredGradient)
                    Tolerance.Equal(eta * eta / 2 * moments.SquaredGradient * (moments.GradientNoiseInteraction(c.Sampling) - 2 / eta), change.Mean, 1e-9 * scale, "by GNI");
            }
        }
    });

    /// <summary>beta from the covariance of the batch gradients themselves.</summary>
    [Fact]
    public void TheVarianceIsThatOfANormalBatchGradient() => PropertyRun.Check(DerivativesCase.All, c =>
    {
        const double Eta = 0.6;
        (Vector<double> gradient, Matrix<double> hessian) = (c.Gradient, c.Hessian);
        int d = c.Parameters;
        Matrix<double> covariance = Matrix<double>.Build.Dense(d, d, (i, j) => c.Expectation((g, _) => (g[i] - gradient[i]) * (g[j] - gradient[j])));
        Vector<double> v = gradient - Eta * (hessian * gradient);
        double expected = Eta * Eta * (v * (covariance * v) + Eta * Eta / 2 * (hessian * covariance * hessian * covariance).Trace());
        double spread = LambdaMax(covariance), most = LambdaMax(hessian), least = -LambdaMax(-hessian);
        double size = c.Gradients.Max(g => g * g) * c.Examples, norm = c.Hessians.Max(h => h.FrobeniusNorm());
        foreach (ExampleDerivatives derivatives in c.Both())
        {
            LossChange change = derivatives.LossChange(c.Sampling, Eta, threads: 1);
            Tolerance.Equal(expected, change.Variance, 1e-11 * size * size * (1 + norm) * (1 + norm), "beta");
            Tolerance.Equal(Eta * Eta * Math.Max(0, most) * spread, change.UpperScale, 1e-11 * size * (norm + 1), "upper scale");
            Tolerance.Equal(Eta * Eta * Math.Max(0, -least) * spread, change.LowerScale, 1e-11 * size * (norm + 1), "lower scale");
        }
    });
}
