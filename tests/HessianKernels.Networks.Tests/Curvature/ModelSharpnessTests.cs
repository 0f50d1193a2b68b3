using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>Sharpness along a model's batches, against the same from explicit gradients and Hessians.</summary>
public class ModelSharpnessTests
{
    private static readonly ExampleDerivatives Explicit = Derivatives();

    private static ExampleDerivatives Derivatives()
    {
        double[] gradients = new double[Examples * Parameters], hessians = new double[Examples * Parameters * Parameters];
        for (int i = 0; i < Examples; i++)
        {
            (double[] g, double[] h) = OfExample(i, point => point.Hessian());
            for (int p = 0; p < Parameters; p++)
                for (int q = 0; q < p; q++) h[p * Parameters + q] = h[q * Parameters + p];
            g.CopyTo(gradients, i * Parameters);
            h.CopyTo(hessians, i * Parameters * Parameters);
        }

        return ExampleDerivatives.FromHessians<double>(gradients, hessians, Examples);
    }

    public static TheoryData<int, BatchScheme> Schemes => new()
    {
        { 1, BatchScheme.WithoutReplacement }, { 3, BatchScheme.WithoutReplacement }, { 7, BatchScheme.WithoutReplacement },
        { 2, BatchScheme.WithReplacement },
        { 3, BatchScheme.Bernoulli },
    };

    [Theory]
    [MemberData(nameof(Schemes))]
    public void IsThatOfTheExplicitDerivatives(int batchSize, BatchScheme scheme)
    {
        BatchSampling sampling = scheme switch
        {
            BatchScheme.WithReplacement => BatchSampling.WithReplacement(Examples, batchSize),
            BatchScheme.Bernoulli => BatchSampling.Bernoulli(Examples, batchSize),
            _ => BatchSampling.WithoutReplacement(Examples, batchSize),
        };
        SharpnessReport expected = BatchSharpness.Analyze(Explicit, sampling, new() { LargestEigenvalues = true });
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 2 });
        point.Weigh(Numbers(Examples, 31));
        double before = point.Value();
        ModelSharpnessReport found = ModelSharpness.Analyze(point, sampling,
            new() { LargestEigenvalues = true, EigenvalueTolerance = 1e-9 });
        Assert.Equal(before, point.Value());
        Tolerance.Equal(expected.BatchSharpness.Value, found.BatchSharpness.Value, 1e-11, "Batch Sharpness");
        Tolerance.Equal(expected.ModifiedBatchSharpness, found.ModifiedBatchSharpness.Value, 1e-11, "modified Batch Sharpness");
        Tolerance.Equal(expected.InteractionAwareSharpness, found.InteractionAwareSharpness.Value, 1e-11, "IAS");
        Tolerance.Equal(expected.GradientNoiseInteraction, found.GradientNoiseInteraction.Value, 1e-10, "GNI");
        Tolerance.Equal(expected.Concentration, found.Concentration, 1e-12, "rho_b");
        Tolerance.Equal(expected.LambdaMaxBatch!.Value.Value, found.LambdaMaxBatch!.Value.Value, 1e-7, "lambda_max^b");
        Assert.True(found.BatchSharpness.IsExact && found.InteractionAwareSharpness.IsExact);
        Assert.Equal(0, found.BatchSharpness.StandardError);
    }

    [Fact]
    public void SamplesAreNearAndTheSameBitsForOneSeed()
    {
        ModelSharpnessOptions options = new() { EnumerationLimit = 0, MaxProbes = 6, RelativeError = 0, MaxBatches = 400, Seed = 3 };
        using ModelPoint<Span<double>> point = Point();
        ModelSharpnessReport found = ModelSharpness.Analyze(point, 3, options), again = ModelSharpness.Analyze(point, 3, options);
        Assert.Equal(again, found);
        SharpnessReport expected = BatchSharpness.Analyze(Explicit, 3);
        Near(expected.BatchSharpness.Value, found.BatchSharpness);
        Near(expected.ModifiedBatchSharpness, found.ModifiedBatchSharpness);
        Assert.Equal(400, found.BatchSharpness.Batches);
        Assert.Equal(BatchExpectationStatus.LimitReached, found.BatchSharpness.Status);
        Near(expected.InteractionAwareSharpness, found.InteractionAwareSharpness);

        static void Near(double value, BatchExpectation estimate)
        {
            Assert.InRange(Math.Abs(estimate.Value - value), 0, 4 * estimate.StandardError);
            Assert.True(estimate.StandardError > 0);
        }
    }

    [Fact]
    public void BatchesThatAreNormalisedTogetherHaveNoExamplesOfTheirOwn()
    {
        Model model = ModelSpec.Parse("vgg10:1x8x8-2:tanh:width=1:ghost=2");
        DataSet<double> data = new()
        {
            Examples = 4, InputShape = model.Input, Inputs = Numbers(4 * 64, 1), Targets = Numbers(4 * 2, 2), TargetLength = 2,
        };
        double[] parameters = Initialization.He.Parameters<double>(model, 1);
        using ModelPoint<Span<double>> point = ModelPoint.Create<double>(model, new MeanSquaredError(), data, parameters);
        ModelSharpnessReport found = ModelSharpness.Analyze(point, 4);
        Assert.Equal(point.GradientSharpness(), found.BatchSharpness.Value, 1e-12);
        Assert.True(double.IsNaN(found.InteractionAwareSharpness.Value) && double.IsNaN(found.MeanSquaredGradient));
    }

    [Fact]
    public void DrawsFromTheSelectedExamplesOnly()
    {
        using ModelPoint<Span<double>> point = Point(), alone = Point();
        point.Select([5, 1]);
        alone.Select([1]);
        double one = alone.GradientSharpness();
        alone.Select([5]);
        Assert.Equal((one + alone.GradientSharpness()) / 2, ModelSharpness.Analyze(point, 1).BatchSharpness.Value, 1e-13);
    }

    [Fact]
    public void GivesWhatItHasWhereItIsCancelled()
    {
        using ModelPoint<Span<double>> point = Point();
        using CancellationTokenSource source = new();
        ModelSharpnessReport found = ModelSharpness.Analyze(point, 3, progress: new After(source), cancellation: source.Token);
        Assert.Equal((5L, BatchExpectationStatus.Cancelled), (found.BatchSharpness.Batches, found.BatchSharpness.Status));
        Assert.Throws<OperationCanceledException>(() => ModelSharpness.Analyze(point, 3, cancellation: source.Token));
    }

    private sealed class After(CancellationTokenSource source) : IProgress<long>
    {
        public void Report(long value)
        {
            if (value == 5) source.Cancel();
        }
    }
}
