using HessianKernels.Conformance;
using HessianKernels.Networks.Training;
using Xunit;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>A run interrupted anywhere, saved, loaded and gone on with, has the bits of one that was not; nor do threads change
/// any.</summary>
public class ResumeTests
{
    public static TheoryData<string, TrainingOptions> Runs
    {
        get
        {
            TrainingOptions plain = new() { LearningRate = 0.2, BatchSize = 5, Seed = 3 };
            return new()
            {
                { "without replacement", plain },
                { "with replacement", plain with { Selection = BatchSelection.WithReplacement, Momentum = Momentum.Polyak(0.5) } },
                { "reshuffling", plain with { Selection = BatchSelection.Reshuffling, Momentum = Momentum.Nesterov(0.5), Interventions = [new(9, BatchSize: 4)] } },
                { "Bernoulli", plain with { Selection = BatchSelection.Bernoulli, WeightDecay = 0.01, Schedule = LearningRateSchedule.Cosine(20) } },
                { "reweighting", plain with { Noise = GradientNoise.GaussianReweighting } },
                { "diagonal", plain with { Noise = GradientNoise.Diagonal(4), Momentum = Momentum.Polyak(0.3) } },
                { "isotropic", plain with { Noise = GradientNoise.Isotropic(4) } },
                { "equation", plain with { Noise = GradientNoise.DifferentialEquation(3) } },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void ResumedIsUninterrupted(string name, TrainingOptions options)
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        using Trainer<Span<double>> whole = one.Started(options, stepSharpness: true);
        TrainingCheckpoint expected = whole.Run(20).Checkpoint;
        using TemporaryFile file = new(".npz");
        for (int at = 3; at <= 14; at += 11)
        {
            using Trainer<Span<double>> first = one.Started(options), second = one.Trainer(options, threads: 2);
            TrainingCheckpointFile.Save(file.Path, first.Run(at).Checkpoint, overwrite: true);
            second.Restore(TrainingCheckpointFile.Load(file.Path));
            Assert.Equal(at, second.Step);
            TrainingCheckpoint found = second.Run(20).Checkpoint;
            Tolerance.SameBits<double>(expected.Parameters.Span, found.Parameters.Span, $"{name}, parameters");
            Tolerance.SameBits<double>(expected.Velocity.Span, found.Velocity.Span, $"{name}, velocity");
            Tolerance.SameBits<double>([expected.SmoothedLoss, expected.LossLevel], [found.SmoothedLoss, found.LossLevel], name);
            Assert.Equal((expected.Epoch, expected.Position), (found.Epoch, found.Position));
        }
    }

    [Fact]
    public void AnotherSeedIsAnotherPath()
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        foreach ((string name, TrainingOptions options) in Runs.Select(row => ((string)row[0], (TrainingOptions)row[1])))
        {
            using Trainer<Span<double>> first = one.Started(options), second = one.Started(options with { Seed = 4 });
            first.Run(3);
            second.Run(3);
            Assert.False(first.Parameters.SequenceEqual(second.Parameters), name);
        }
    }

    [Fact]
    public void ACancelledRunGoesOn()
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        TrainingOptions options = new() { LearningRate = 0.2, BatchSize = 5, Selection = BatchSelection.Reshuffling };
        using Trainer<Span<double>> whole = one.Started(options), broken = one.Started(options);
        whole.Run(15);
        using CancellationTokenSource source = new();
        TrainingResult result = broken.Run(15, progress: new Stop(7, source), cancellation: source.Token);
        Assert.Equal((TrainingStatus.Cancelled, 7L), (result.Status, result.Steps));
        Assert.Equal(TrainingStatus.Completed, broken.Run(15).Status);
        Tolerance.SameBits<double>(whole.Parameters, broken.Parameters);
    }

    /// <summary>Whichever of a step's gradients or looks it is stopped in, the step is as if it had not been begun; and whoever goes on,
    /// this trainer or another from the checkpoint, has the bits of a run that was never stopped.</summary>
    [Theory]
    [MemberData(nameof(Runs))]
    public void AStopWithinAStepLeavesTheOneBefore(string name, TrainingOptions options)
    {
        const int Before = 4, Until = 7;
        TrackerOptions tracking = new()
        {
            Every = new Dictionary<TrackedQuantity, int>
            {
                [TrackedQuantity.Loss] = 1, [TrackedQuantity.LambdaMax] = 2, [TrackedQuantity.Similarity] = 2,
            },
        };
        options = options with { MicroBatch = 4 };
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        using Trainer<Span<double>> whole = one.Started(options), four = one.Started(options);
        using Tracker<Span<double>> record = new(whole, tracking);
        TrainingCheckpoint expected = whole.Run(Until, record).Checkpoint, stood = four.Run(Before).Checkpoint;
        int stopped = 0;
        for (int after = 1; ; after++)
        {
            using StopsAfter stop = new(after);
            using Trainer<Span<double>> broken = one.Started(options), other = one.Trainer(options);
            using Tracker<Span<double>> found = new(broken, tracking), later = new(other, tracking);
            broken.Run(Before, found);
            broken.Passes = stop;
            TrainingResult result = broken.Run(Before + 1, found, cancellation: stop.Token);
            broken.Passes = null;
            if (result.Status == TrainingStatus.Completed) break;
            stopped++;
            string where = $"{name}, stopped after {after}";
            Assert.Equal((TrainingStatus.Cancelled, (long)Before), (result.Status, result.Steps));
            Same(stood, result.Checkpoint, where);
            TrainingCheckpoint kept = found.AddTo(result.Checkpoint);
            other.Restore(kept);
            later.Restore(kept);
            Same(expected, broken.Run(Until, found).Checkpoint, where);
            Same(expected, other.Run(Until, later).Checkpoint, where);
            foreach (TrainingRecord rows in (TrainingRecord[])[found.Record, later.Record])
            {
                Assert.Equal(Until, rows.Count);
                for (int row = 0; row < Until; row++)
                    Tolerance.SameBits<double>([.. record.Record.Row(row)], [.. rows.Row(row)], $"{where}, row {row}");
            }
        }

        // In the gradient and in the look; of the equation, in the substeps after it.
        Assert.True(stopped >= (options.Noise.Substeps > 1 ? 14 : 8), $"It was stopped {stopped} times.");

        static void Same(TrainingCheckpoint expected, TrainingCheckpoint found, string where)
        {
            Tolerance.SameBits<double>(expected.Parameters.Span, found.Parameters.Span, where);
            Tolerance.SameBits<double>(expected.Velocity.Span, found.Velocity.Span, where);
            Tolerance.SameBits<double>(expected.NoiseVariance.Span, found.NoiseVariance.Span, where);
            Tolerance.SameBits<double>([expected.SmoothedLoss, expected.LossLevel], [found.SmoothedLoss, found.LossLevel], where);
            Assert.Equal(
                (expected.Epoch, expected.Position, expected.Catapults.Count), (found.Epoch, found.Position, found.Catapults.Count));
        }
    }

    private sealed class Stop(long at, CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == at) source.Cancel();
        }
    }

    [Fact]
    public void AnotherModelIsRefused()
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1), other = TrainingCase.Perceptron(12, 3, 5, 2, 1), fewer = TrainingCase.Perceptron(11, 3, 4, 2, 1);
        TrainingOptions options = new() { LearningRate = 0.2, BatchSize = 5 };
        using Trainer<Span<double>> trainer = one.Started(options);
        TrainingCheckpoint checkpoint = trainer.Run(2).Checkpoint;
        void Refused(TrainingCase by, TrainingOptions with, params string[] words)
        {
            using Trainer<Span<double>> refusing = by.Trainer(with);
            string message = Assert.Throws<ArgumentException>(() => refusing.Restore(checkpoint)).Message;
            foreach (string word in words) Assert.Contains(word, message, StringComparison.Ordinal);
        }

        Refused(other, options, "mlp:3-4-4-2:tanh", "mlp:3-5-5-2:tanh");
        Refused(fewer, options, "12", "11");
        Refused(one, options with { Seed = 9 }, "seed = 0", "seed = 9");
        Refused(one, options with { LearningRate = 0.25 }, "eta = 0.2,", "eta = 0.25,");
    }

    [Fact]
    public void AnotherFileIsRefused()
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        using Trainer<Span<double>> trainer = one.Started(new() { LearningRate = 0.2, BatchSize = 5 });
        using TemporaryFile file = new(".npz");
        TrainingCheckpointFile.Save(file.Path, trainer.Checkpoint());
        Assert.Throws<IOException>(() => TrainingCheckpointFile.Save(file.Path, trainer.Checkpoint()));

        void Refused(string member, double[] values, params string[] words)
        {
            using TemporaryFile changed = new(".npz");
            using (Storage.NpzReader reader = Storage.NpzReader.Open(file.Path))
            using (Storage.NpzWriter writer = Storage.NpzWriter.Create(changed.Path, false))
            {
                foreach (string name in reader.Names)
                {
                    double[] kept = name == member ? values : reader.Read<double>(name).Values;
                    if (name != member || values.Length > 0) writer.Write<double>(name, kept, [kept.Length]);
                }

                writer.Complete();
            }

            string message = Assert.Throws<InvalidDataException>(() => TrainingCheckpointFile.Load(changed.Path)).Message;
            foreach (string word in words) Assert.Contains(word, message, StringComparison.Ordinal);
        }

        Refused("header", [99, 0], "version 99", "expected 1");
        Refused("header", [1, 2.5, 12, 0, 0, 0, 0], "step", "2.5");
        Refused("parameters", [], "parameters");
        Refused("catapults", [1, 2], "catapults");
    }
}
