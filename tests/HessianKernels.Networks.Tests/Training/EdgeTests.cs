using HessianKernels.Networks.Training;
using Xunit;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>A network at the edge of stability: docs/training.md has the longer runs.</summary>
public class EdgeTests
{
    private static TrainingRecord Run(int examples, double rate, int size, int steps, int from)
    {
        RandomLabels setting = new(examples, 1);
        using Trainer<Span<double>> trainer = setting.Trainer(new() { LearningRate = rate, BatchSize = size, Seed = 1 });
        TrackerOptions options = new()
        {
            Every = new Dictionary<TrackedQuantity, int>
            {
                [TrackedQuantity.BatchSharpness] = 100, [TrackedQuantity.InteractionAwareSharpness] = 100, [TrackedQuantity.LambdaMax] = 100,
            },
            Sharpness = new() { RelativeError = 0, MaxBatches = 60, MaxProbes = 4 }, EigenpairTolerance = 1e-3, Seed = 1,
        };
        using Tracker<Span<double>> tracker = new(trainer, options);
        // At the start, and then at the end alone.
        trainer.Run(1, tracker);
        trainer.Run(from);
        Assert.Equal(TrainingStatus.Completed, trainer.Run(steps, tracker).Status);
        return tracker.Record;
    }

    [Fact]
    public void BatchSharpnessRisesToTwoOverTheRateAndLambdaStaysBelow()
    {
        const double Threshold = 2 / 0.3;
        TrainingRecord record = Run(256, 0.3, 16, 3600, 2600);
        double[] batch = record.Column("batch_sharpness"), largest = record.Column("lambda_1");
        Assert.True(batch[0] < 0.3 * Threshold, $"at the start {batch[0]}");
        Assert.InRange(batch[1..].Average(), 0.85 * Threshold, 1.15 * Threshold);
        Assert.All(largest[1..], lambda => Assert.InRange(lambda, 0, 0.8 * Threshold));
    }

    [Fact]
    public void OfTheFullBatchInteractionAwareSharpnessIsTwoOverTheRate()
    {
        const double Threshold = 2 / 0.2;
        TrainingRecord record = Run(128, 0.2, 128, 801, 550);
        Assert.True(record.Column("ias")[0] < 0.3 * Threshold);
        Assert.All(record.Column("ias")[1..], ias => Assert.InRange(ias, 0.95 * Threshold, 1.05 * Threshold));
        Assert.All(record.Column("lambda_1")[1..], lambda => Assert.InRange(lambda, 0.95 * Threshold, 1.1 * Threshold));
    }

    [Fact]
    public void ThreadsChangeNoBitOfARecord()
    {
        RandomLabels setting = new(32, 3);
        TrainingOptions options = new() { LearningRate = 0.1, BatchSize = 8 };
        TrackerOptions all = new()
        {
            Every = Enum.GetValues<TrackedQuantity>().ToDictionary(quantity => quantity, _ => 2), Eigenpairs = 3,
            Sharpness = new() { MaxBatches = 32, MaxProbes = 8 },
        };
        using Trainer<Span<double>> one = setting.Trainer(options, true, 1), four = setting.Trainer(options, true, 4);
        using Tracker<Span<double>> first = new(one, all, null, one.Examples), second = new(four, all, null, four.Examples);
        one.Run(3, first);
        four.Run(3, second);
        for (int row = 0; row < 2; row++) Conformance.Tolerance.SameBits<double>([.. first.Record.Row(row)], [.. second.Record.Row(row)], $"row {row}");
    }
}
