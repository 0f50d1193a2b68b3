using HessianKernels.Conformance;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>Sharpness along batches that the device evaluates: the CPU's batches, and its numbers to rounding.</summary>
public class BatchTests
{
    [Theory]
    [InlineData(BatchScheme.WithoutReplacement, 7, 2, 3, 0)]
    [InlineData(BatchScheme.WithReplacement, 4, 2, 33, 0)]
    [InlineData(BatchScheme.Bernoulli, 4, 2, 1, 0)]
    [InlineData(BatchScheme.WithoutReplacement, 30, 5, 4, 20)]
    public void AReportIsTheCpus(BatchScheme scheme, int examples, int batchSize, int parameters, int drawn)
    {
        ExampleDerivatives derivatives = Derivatives(examples, parameters);
        SharpnessOptions options = new() { EnumerationLimit = drawn == 0 ? 20_000 : 0, MaxBatches = Math.Max(drawn, 1), RelativeError = 0, Seed = 3 };
        BatchSampling sampling = BatchSampling.Of(scheme, examples, batchSize);
        using DeviceBatches batches = new(Gpu.Context, derivatives);
        SharpnessReport expected = BatchSharpness.Analyze(derivatives, sampling, options);
        SharpnessReport found = BatchSharpness.Analyze(derivatives, sampling, options with { Quotients = batches });
        Near(expected.BatchSharpness, found.BatchSharpness);
        Near(expected.LambdaMaxBatch!.Value, found.LambdaMaxBatch!.Value);
        Assert.Equal(found.BatchSharpness, BatchSharpness.Analyze(derivatives, sampling, options with { Quotients = batches, LargestEigenvalues = false }).BatchSharpness);

        static void Near(BatchExpectation expected, BatchExpectation found)
        {
            Assert.Equal((expected.Status, expected.Batches), (found.Status, found.Batches));
            Tolerance.Equal(expected.Value, found.Value, 1e-9 * Math.Abs(expected.Value));
            Tolerance.Equal(expected.StandardError, found.StandardError, 1e-8 * Math.Abs(expected.Value));
        }
    }

    /// <summary>Of gradients about a group of threads and far beyond; the largest eigenvalues are asked above.</summary>
    [Theory]
    [MemberData(nameof(KernelSizes.FromOne), MemberType = typeof(KernelSizes))]
    public void QuotientsOfAnyDimensionAreTheCpus(int parameters)
    {
        ExampleDerivatives derivatives = Derivatives(3, parameters);
        SharpnessOptions options = new() { LargestEigenvalues = false };
        using DeviceBatches batches = new(Gpu.Context, derivatives);
        BatchExpectation expected = BatchSharpness.Analyze(derivatives, 2, options).BatchSharpness;
        BatchExpectation found = BatchSharpness.Analyze(derivatives, 2, options with { Quotients = batches }).BatchSharpness;
        Assert.Equal((expected.Status, expected.Batches), (found.Status, found.Batches));
        Tolerance.Equal(expected.Value, found.Value, 1e-11 * parameters);
    }

    [Fact]
    public void MisuseIsNamedAndTooLittleMemoryLeavesTheContextUsable()
    {
        ExampleDerivatives derivatives = Derivatives(5, 3), factored = ExampleDerivatives.FromFactors<double>(Matrices.Numbers(6, 1), Matrices.Numbers(6, 2), 2, 1);
        Assert.Contains("factors", Assert.Throws<ArgumentException>(() => new DeviceBatches(Gpu.Context, factored)).Message, StringComparison.Ordinal);
        using (DeviceBatches batches = new(Gpu.Context, derivatives))
            Assert.Throws<ArgumentException>(() => BatchSharpness.Analyze(Derivatives(5, 3), 2, new() { Quotients = batches }));
        using GpuContext small = GpuContext.Open("emulator");
        small.MemoryLimit = DeviceBatches.RequiredBytes(5, 3);
        using (DeviceBatches tight = new(small, derivatives))
        {
            Assert.Equal(small.MemoryLimit, small.Allocated);
            Assert.Throws<GpuMemoryException>(() => BatchSharpness.Analyze(derivatives, 2, new() { Quotients = tight }));
            small.MemoryLimit = null;
            Assert.Equal(BatchExpectationStatus.Exact, BatchSharpness.Analyze(derivatives, 2, new() { Quotients = tight }).BatchSharpness.Status);
        }

        Assert.Equal(0, small.Allocated);
    }

    /// <summary>One gradient is zero in all of a batch: its quotient is 0.</summary>
    private static ExampleDerivatives Derivatives(int examples, int parameters)
    {
        double[] gradients = Matrices.Numbers(examples * parameters, 5);
        gradients.AsSpan(0, parameters).Clear();
        return ExampleDerivatives.FromHessians<double>(gradients, Matrices.Random(examples, parameters, 6), examples);
    }
}
