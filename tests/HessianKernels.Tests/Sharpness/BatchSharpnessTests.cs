using System.Text.Json;
using HessianKernels.Conformance;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using HessianKernels.Storage;
using HessianKernels.Tests.Krylov;
using Xunit;

namespace HessianKernels.Tests.Sharpness;

public class BatchSharpnessTests
{
    private static string Data(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "edge", name);

    private static ExampleDerivatives Reference()
    {
        using NpzReader archive = NpzReader.Open(Data("batch_quantities.npz"));
        return ExampleDerivatives.FromHessians<double>(archive.Read<double>("gradients").Values, archive.Read<double>("hessians").Values, examples: 9);
    }

    /// <summary>Values that numpy found by enumeration.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheReferenceIsMet(int row)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Data("batch_quantities.json")));
        JsonElement expected = document.RootElement.GetProperty("rows")[row];
        SharpnessReport report = BatchSharpness.Analyze(Reference(), expected.GetProperty("batch").GetInt32());
        Near("ias", report.InteractionAwareSharpness);
        Near("gni", report.GradientNoiseInteraction);
        Near("rho", report.Concentration);
        Near("batch_sharpness", report.BatchSharpness.Value);
        Near("modified", report.ModifiedBatchSharpness);
        Near("lmax_b", report.LambdaMaxBatch!.Value.Value);
        Assert.True(report.BatchSharpness.IsExact && report.LambdaMaxBatch.Value.IsExact);

        void Near(string name, double found)
        {
            double value = expected.GetProperty(name).GetDouble();
            Tolerance.Equal(value, found, 1e-9 * Math.Abs(value), name);
        }
    }

    /// <summary>Orders above 48, where eigenvalues come from Lanczos, and blocks of several batches with factors: against plain loops.</summary>
    [Theory]
    [InlineData(CurvatureKind.Semidefinite, BatchScheme.WithoutReplacement, 30)]
    [InlineData(CurvatureKind.Indefinite, BatchScheme.WithReplacement, 65)]
    [InlineData(CurvatureKind.RankOne, BatchScheme.Bernoulli, 65)]
    [InlineData(CurvatureKind.Semidefinite, BatchScheme.WithoutReplacement, 151)]
    public void ManyParametersAreTheEnumeration(CurvatureKind kind, BatchScheme scheme, int d)
    {
        DerivativesCase c = new(kind, scheme, 5, d, 3, 17);
        double quotient = c.Expectation(DerivativesCase.Rayleigh), lambda = c.Expectation((_, h) => DerivativesCase.LambdaMax(h));
        double modified = c.Expectation((g, h) => g * (h * g)) / c.Expectation((g, _) => g * g);
        foreach (ExampleDerivatives derivatives in c.Both())
        {
            SharpnessReport report = BatchSharpness.Analyze(derivatives, c.Sampling);
            Tolerance.Equal(quotient, report.BatchSharpness.Value, 1e-11 * quotient, "Batch Sharpness");
            Tolerance.Equal(lambda, report.LambdaMaxBatch!.Value.Value, 1e-10 * lambda, "lambda_max^b");
            Tolerance.Equal(modified, report.ModifiedBatchSharpness, 1e-11 * modified, "modified");
        }
    }

    /// <summary>Factors with more rows in all than parameters (H dense), and with fewer (H as rows), the batches' Gram matrices of either side.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(40)]
    public void FactorsAreTheirHessians(int d)
    {
        DerivativesCase c = new(CurvatureKind.Semidefinite, BatchScheme.WithoutReplacement, 6, d, 4, 5);
        Assert.Equal(3, c.Rows);
        (SharpnessReport dense, SharpnessReport factored) = (BatchSharpness.Analyze(c.Dense(), 4), BatchSharpness.Analyze(c.Factored(), 4));
        Tolerance.Equal(dense.InteractionAwareSharpness, factored.InteractionAwareSharpness, 1e-12 * dense.InteractionAwareSharpness, "IAS");
        Tolerance.Equal(dense.BatchSharpness.Value, factored.BatchSharpness.Value, 1e-12 * dense.BatchSharpness.Value, "Batch Sharpness");
        Tolerance.Equal(dense.LambdaMaxBatch!.Value.Value, factored.LambdaMaxBatch!.Value.Value, 1e-12 * dense.LambdaMaxBatch!.Value.Value, "lambda_max^b");
        LossChange one = c.Dense().LossChange(c.Sampling, 0.3), other = c.Factored().LossChange(c.Sampling, 0.3);
        Tolerance.Equal(one.Variance, other.Variance, 1e-11 * one.Variance, "beta");
        Tolerance.Equal(one.UpperScale, other.UpperScale, 1e-9 * one.UpperScale, "upper scale");
        Assert.Equal((true, false), (c.Factored().IsFactored, c.Dense().IsFactored));
    }

    /// <summary>Gram matrices above order 48, of either side.</summary>
    [Theory]
    [InlineData(55)]
    [InlineData(200)]
    public void LargeBatchesOfFactorsAreTheirHessians(int d)
    {
        DerivativesCase c = new(CurvatureKind.RankOne, BatchScheme.WithoutReplacement, 60, d, 60, 4);
        double expected = DerivativesCase.LambdaMax(c.Hessian);
        BatchExpectation found = BatchSharpness.Analyze(c.Factored(), 60).LambdaMaxBatch!.Value;
        Tolerance.Equal(expected, found.Value, 1e-10 * expected, "lambda_max");
        LossChange change = c.Factored().LossChange(BatchSampling.WithReplacement(60, 10), 0.1), dense = c.Dense().LossChange(BatchSampling.WithReplacement(60, 10), 0.1);
        Tolerance.Equal(dense.UpperScale, change.UpperScale, 1e-9 * dense.UpperScale, "upper scale");
        Tolerance.Equal(dense.Variance, change.Variance, 1e-10 * dense.Variance, "beta");
    }

    [Fact]
    public void FloatIsDoubleOfTheSameNumbers()
    {
        DerivativesCase c = new(CurvatureKind.Semidefinite, BatchScheme.WithoutReplacement, 5, 4, 2, 3);
        float[] gradients = Array.ConvertAll(c.GradientElements, x => (float)x), hessians = Array.ConvertAll(c.HessianElements, x => (float)x), factors = Array.ConvertAll(c.FactorElements, x => (float)x);
        double[] wide = Array.ConvertAll(gradients, x => (double)x);
        Same(ExampleDerivatives.FromHessians<double>(wide, Array.ConvertAll(hessians, x => (double)x), 5), ExampleDerivatives.FromHessians<float>(gradients, hessians, 5));
        Same(ExampleDerivatives.FromFactors<double>(wide, Array.ConvertAll(factors, x => (double)x), 5, c.Rows), ExampleDerivatives.FromFactors<float>(gradients, factors, 5, c.Rows));

        static void Same(ExampleDerivatives one, ExampleDerivatives other) => AssertSame(BatchSharpness.Analyze(one, 2), BatchSharpness.Analyze(other, 2));
    }

    internal static void AssertSame(SharpnessReport expected, SharpnessReport found)
    {
        Assert.Equal(expected.Moments, found.Moments);
        Assert.Equal(expected.BatchSharpness, found.BatchSharpness);
        Assert.Equal(expected.LambdaMaxBatch, found.LambdaMaxBatch);
        Assert.Equal(expected.ModifiedBatchSharpness, found.ModifiedBatchSharpness);
    }

    /// <summary>0/0 is 0, x/0 an infinity.</summary>
    [Fact]
    public void ZeroGradientsHaveTheAnswersSaid()
    {
        double[] hessians = [2, 0, 0, 1, 2, 0, 0, 1];
        SharpnessReport still = BatchSharpness.Analyze(ExampleDerivatives.FromHessians<double>(new double[4], hessians, 2), 1);
        Assert.Equal((0.0, 0.0, 0.0, 0.0), (still.InteractionAwareSharpness, still.GradientNoiseInteraction, still.Concentration, still.ModifiedBatchSharpness));
        Assert.Equal((0.0, 2.0), (still.BatchSharpness.Value, still.LambdaMaxBatch!.Value.Value));
        Assert.Equal(0, BatchSharpness.OfBatch(ExampleDerivatives.FromHessians<double>(new double[4], hessians, 2), 0));

        ExampleDerivatives opposed = ExampleDerivatives.FromHessians<double>((double[])[3, 0, -3, 0], hessians, 2);
        SharpnessReport noisy = BatchSharpness.Analyze(opposed, 1);
        Assert.Equal((2.0, double.PositiveInfinity, 0.0, 2.0), (noisy.InteractionAwareSharpness, noisy.GradientNoiseInteraction, noisy.Concentration, noisy.BatchSharpness.Value));
        Assert.Equal((0.0, 0.0), (BatchSharpness.Analyze(opposed, 2).BatchSharpness.Value, BatchSharpness.Analyze(opposed, 2).GradientNoiseInteraction));
        Assert.Equal((0.0, 2.0), (BatchSharpness.OfBatch(opposed, 1, 0), BatchSharpness.OfBatch(opposed, 1, 0, 1)));

        LossChange change = opposed.LossChange(BatchSampling.WithoutReplacement(2, 1), 0.5);
        Tolerance.Equal(0.125 * 9 * 2, change.Mean, 1e-15, "the loss rises by noise alone");
    }

    [Theory]
    [InlineData(1e-160)]
    [InlineData(1e-300)]
    [InlineData(1e150)]
    [InlineData(1e300)]
    public void GradientsOfAnySizeHaveTheSameSharpness(double unit)
    {
        DerivativesCase c = new(CurvatureKind.Semidefinite, BatchScheme.WithoutReplacement, 5, 4, 2, 8);
        SharpnessReport expected = BatchSharpness.Analyze(c.Dense(), 2);
        ExampleDerivatives scaled = ExampleDerivatives.FromHessians<double>(Array.ConvertAll(c.GradientElements, x => unit * x), c.HessianElements, 5);
        SharpnessReport found = BatchSharpness.Analyze(scaled, 2);
        Tolerance.Equal(expected.BatchSharpness.Value, found.BatchSharpness.Value, 1e-12 * expected.BatchSharpness.Value, "Batch Sharpness");
        Tolerance.Equal(expected.GradientNoiseInteraction, found.GradientNoiseInteraction, 1e-12 * expected.GradientNoiseInteraction, "GNI");
        Tolerance.Equal(expected.Concentration, found.Concentration, 1e-12, "rho");
    }

    [Fact]
    public void EigenvaluesCanBeLeftOut()
    {
        SharpnessReport all = BatchSharpness.Analyze(Reference(), 4), without = BatchSharpness.Analyze(Reference(), 4, new() { LargestEigenvalues = false });
        Assert.Null(without.LambdaMaxBatch);
        Assert.Equal(all.BatchSharpness, without.BatchSharpness);
        Assert.Equal(126, all.BatchSharpness.Batches);
    }

    [Fact]
    public void BadInputIsNamed()
    {
        double[] gradients = [1, 2, 3, 4], hessians = [1, 0, 0, 1, 1, 0, 0, 1];
        double[] With(double[] x, int at, double value) => [.. x.Select((y, i) => i == at ? value : y)];
        Says<ArgumentOutOfRangeException>("examples", () => ExampleDerivatives.FromHessians<double>(gradients, hessians, 0));
        Says<ArgumentException>("positive multiple of n = 3", () => ExampleDerivatives.FromHessians<double>(gradients, hessians, 3));
        Says<ArgumentException>("2 x 2 x 2 = 8 elements, as the gradients are; found 7", () => ExampleDerivatives.FromHessians<double>(gradients, hessians[..7], 2));
        Says<ArgumentException>("2 x 1 x 2 = 4 elements, as the gradients are; found 8", () => ExampleDerivatives.FromFactors<double>(gradients, hessians, 2, 1));
        Says<ArgumentException>("positive multiple of n = 2 elements; found 0", () => ExampleDerivatives.FromHessians<double>(Array.Empty<double>(), hessians, 2));
        Says<ArgumentException>("example 1 of 2 has NaN at parameter 0", () => ExampleDerivatives.FromHessians<double>(With(gradients, 2, double.NaN), hessians, 2));
        Says<ArgumentException>("Matrix 1 of 2 has -Infinity at row 0, column 1", () => ExampleDerivatives.FromHessians<double>(gradients, With(hessians, 5, double.NegativeInfinity), 2));
        Says<ArgumentException>("Matrix 0 of 2 is not symmetric", () => ExampleDerivatives.FromHessians<double>(gradients, With(hessians, 1, 0.1), 2));
        Says<ArgumentException>("example 1 of 2 has NaN at row 1, column 0", () => ExampleDerivatives.FromFactors<double>(gradients, With(hessians, 6, double.NaN), 2, 2));
        Says<ArgumentOutOfRangeException>("rows", () => ExampleDerivatives.FromFactors<double>(gradients, hessians, 2, 0));
        Says<NotSupportedException>("Half", () => ExampleDerivatives.FromFactors<Half>(new Half[2], new Half[2], 1, 1));

        ExampleDerivatives derivatives = ExampleDerivatives.FromHessians<double>(gradients, hessians, 2);
        Says<ArgumentOutOfRangeException>("1 to 2 examples; found 0", () => BatchSharpness.Analyze(derivatives, 0));
        Says<ArgumentOutOfRangeException>("1 to 2 examples; found 3", () => BatchSharpness.Analyze(derivatives, 3));
        Says<ArgumentException>("from 3 examples; expected from the 2", () => BatchSharpness.Analyze(derivatives, BatchSampling.WithReplacement(3, 2)));
        Says<ArgumentException>("Custom", () => BatchSharpness.Analyze(derivatives, BatchSampling.Custom(2, 1, 1, 1)));
        Says<ArgumentOutOfRangeException>("MaxBatches = 0", () => BatchSharpness.Analyze(derivatives, 1, new() { MaxBatches = 0 }));
        Says<ArgumentOutOfRangeException>("EnumerationLimit = -1", () => BatchSharpness.Analyze(derivatives, 1, new() { EnumerationLimit = -1 }));
        Says<ArgumentOutOfRangeException>("RelativeError = NaN", () => BatchSharpness.Analyze(derivatives, 1, new() { RelativeError = double.NaN }));
        Says<ArgumentOutOfRangeException>("Threads = -1", () => BatchSharpness.Analyze(derivatives, 1, new() { Threads = -1 }));
        Says<ArgumentException>("empty", () => BatchSharpness.OfBatch(derivatives));
        Says<ArgumentOutOfRangeException>("example 2 at 1; expected 0 to 1", () => BatchSharpness.OfBatch(derivatives, 0, 2));
        Says<ArgumentOutOfRangeException>("eta = 0", () => derivatives.LossChange(BatchSampling.WithReplacement(2, 1), 0));
        Says<ArgumentException>("custom", () => derivatives.LossChange(BatchSampling.Custom(2, 1, 1, 1), 1));
        Says<ArgumentException>("2 operators of order 2", () => derivatives.ExpectedForm(new DiagonalOperator(2, 1, 1, 1, 1), BatchSampling.WithReplacement(2, 1)));
        Says<ArgumentException>("1 operators of order 3", () => derivatives.ExpectedForm(new DiagonalOperator(1, 1, 1, 1), BatchSampling.WithReplacement(2, 1)));
        Says<ArgumentException>("Custom", () => derivatives.Moments().ModifiedBatchSharpness(BatchSampling.Custom(2, 1, 1, 1)));
    }

    internal static void Says<T>(string words, Action act)
        where T : Exception
        => Assert.Contains(words, Assert.Throws<T>(act).Message);
}
