using HessianKernels.Conformance;
using HessianKernels.Gpu.Tensors;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Training;
using HessianKernels.Storage;
using ILGPU;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>Training runs whose tensors lie on a device, and what is recorded of them, against the same on the CPU.</summary>
public sealed class TrainingTests
{
    private const int Steps = 4;

    private static readonly Model Network = Model.Mlp([6, 5, 3], new(ActivationKind.Tanh));

    private static readonly DataSet<double> Data
        = new GaussianMixture(TensorShape.Vector(6), classes: 3, separation: 2, seed: 4).Draw<double>(9);

    private static readonly double[] Initial = Initialization.PyTorch.Parameters<double>(Network, 3);

    private static readonly TrackerOptions Everything = new()
    {
        // The first and the third step; eigenpairs from a random and from a warm start.
        Every = Enum.GetValues<TrackedQuantity>().ToDictionary(quantity => quantity, _ => 2), Eigenpairs = 2, EigenpairTolerance = 1e-9,
        TraceApplications = 4, Seed = 6, Sharpness = new() { EnumerationLimit = 0, MaxBatches = 3, MaxProbes = 2 },
    };

    private static (double[] Rows, TrainingCheckpoint Checkpoint) Run<TView>(
        ITensorSpace<TView> space, TrackerOptions tracked, TrainingOptions options)
        where TView : allows ref struct
    {
        using Trainer<TView> trainer = Trainer.Create<double, TView>(space, Network, new CrossEntropy(), Data, Initial, options, stepSharpness: true);
        using Tracker<TView> tracker = new(trainer, tracked, null, trainer.Examples);
        TrainingResult result = trainer.Run(Steps, tracker);
        Assert.Equal(TrainingStatus.Completed, result.Status);
        return ([.. Enumerable.Range(0, tracker.Record.Count).SelectMany(tracker.Record.Row)], result.Checkpoint);
    }

    [Fact]
    public void ARunAndItsRecordAreTheCpus()
    {
        TrainingOptions options = new() { LearningRate = 0.1, BatchSize = 4, Momentum = Momentum.Polyak(0.5), WeightDecay = 0.01, Seed = 2 };
        using GpuTensorSpace<double> space = new(Gpu.Context);
        (double[] expected, TrainingCheckpoint onCpu) = Run(new CpuTensorSpace<double>(1), Everything, options);
        (double[] found, TrainingCheckpoint there) = Run(space, Everything, options);
        Assert.DoesNotContain(double.NaN, expected);
        for (int i = 0; i < expected.Length; i++) Tolerance.Equal(expected[i], found[i], 1e-7 * (1 + Math.Abs(expected[i])), $"cell {i}");
        Tolerance.Equal<double>(onCpu.Parameters.Span, there.Parameters.Span, 1e-11);
        Tolerance.Equal<double>(onCpu.Velocity.Span, there.Velocity.Span, 1e-11);
    }

    /// <summary>Noise is drawn on the host; its size is measured on the device.</summary>
    [Fact]
    public void NoiseInABatchsPlaceIsTheCpus()
    {
        TrackerOptions losses = new() { Every = new Dictionary<TrackedQuantity, int> { [TrackedQuantity.StepLoss] = 1 } };
        foreach (GradientNoise noise in (GradientNoise[])[GradientNoise.Diagonal(2), GradientNoise.GaussianReweighting])
        {
            TrainingOptions options = new() { LearningRate = 0.1, BatchSize = 4, Noise = noise, Seed = 2 };
            using GpuTensorSpace<double> space = new(Gpu.Context);
            (double[] expected, TrainingCheckpoint onCpu) = Run(new CpuTensorSpace<double>(1), losses, options);
            (double[] found, TrainingCheckpoint there) = Run(space, losses, options);
            Tolerance.Equal<double>(expected, found, 1e-11);
            Tolerance.Equal<double>(onCpu.Parameters.Span, there.Parameters.Span, 1e-11);
        }
    }

    [Fact]
    public void TheFactorsOfADeviceAreTheCpus()
    {
        string[] paths = [.. Enumerable.Range(0, 4).Select(_ => Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.npy"))];
        try
        {
            using GpuTensorSpace<double> space = new(Gpu.Context);
            using ModelPoint<Span<double>> onCpu = ModelPoint.Create<double>(Network, new CrossEntropy(), Data, Initial);
            using ModelPoint<ArrayView<double>> point = GpuModelPoint.Create<double>(space, Network, new CrossEntropy(), Data, Initial);
            // Four examples a block, and one left.
            long block = 4L * 3 * Network.ParameterCount * sizeof(double);
            ModelJacobianFile.WriteRows(paths[0], onCpu, blockBytes: block);
            ModelJacobianFile.WriteRows<double, ArrayView<double>>(paths[1], point, blockBytes: block);
            ModelJacobianFile.WriteFactors(paths[2], onCpu, blockBytes: block);
            ModelJacobianFile.WriteFactors<double, ArrayView<double>>(paths[3], point, blockBytes: block);
            for (int i = 0; i < 4; i += 2)
            {
                NpyArray<double> expected = Npy.Read<double>(paths[i]), found = Npy.Read<double>(paths[i + 1]);
                Assert.Equal([.. expected.Shape], [.. found.Shape]);
                Tolerance.Equal<double>(expected.Values, found.Values, 1e-12);
            }
        }
        finally
        {
            foreach (string path in paths) File.Delete(path);
        }
    }
}
