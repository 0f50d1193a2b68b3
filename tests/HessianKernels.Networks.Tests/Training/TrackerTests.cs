using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Training;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>What a tracker records, against explicit gradients and Hessians; that it changes nothing; that a resumed record is the
/// uninterrupted one.</summary>
public class TrackerTests
{
    private static readonly TrackedQuantity[] Tested = [TrackedQuantity.TestLoss, TrackedQuantity.TestAccuracy];

    private static readonly TrackedQuantity[] Everything = [.. Enum.GetValues<TrackedQuantity>().Except(Tested)];

    private static TrackerOptions Every(int steps, params TrackedQuantity[] quantities) => new()
    {
        Every = quantities.ToDictionary(quantity => quantity, _ => steps), Eigenpairs = 2, EigenpairTolerance = 1e-10, Seed = 6,
    };

    private static readonly ModelSharpnessOptions Few = new() { EnumerationLimit = 0, MaxBatches = 32, MaxProbes = 4 };

    private static readonly TrainingOptions Options = new() { LearningRate = 0.05, BatchSize = 3, Seed = 2 };

    [Theory]
    [InlineData(BatchSelection.WithoutReplacement)]
    [InlineData(BatchSelection.Bernoulli)]
    public void TheValuesAreThoseOfExplicitDerivatives(BatchSelection selection)
    {
        // Linear regression: g_i = r_i x_i and H_i = x_i x_i^T, whatever the point.
        const int N = 8, D = 4;
        using TrainingCase plane = TrainingCase.Plane(N, D, 70);
        using Trainer<Span<double>> trainer = plane.Started(Options with { Selection = selection }, stepSharpness: true);
        using Tracker<Span<double>> tracker = new(trainer, Every(1, Everything) with { TraceApplications = 4000 });
        trainer.Run(3, tracker);
        double[] theta = plane.Initial, gradients = new double[N * D];
        double loss = 0, right = 0;
        for (int i = 0; i < N; i++)
        {
            double z = Enumerable.Range(0, D).Sum(j => plane.Inputs[i * D + j] * theta[j]), r = z - plane.Targets[i];
            loss += r * r / 2 / N;
            right += Math.Sign(z) == Math.Sign(plane.Targets[i]) ? 1.0 / N : 0;
            for (int j = 0; j < D; j++) gradients[i * D + j] = r * plane.Inputs[i * D + j];
        }

        BatchSampling sampling = selection.Sampling(N, 3);
        SharpnessReport report = BatchSharpness.Analyze(
            ExampleDerivatives.FromFactors<double>(gradients, plane.Inputs, N, 1), sampling, new() { LargestEigenvalues = true });
        Assert.True(report.BatchSharpness.IsExact);
        FunctionSpace space = CurvatureSet.FromJacobian<double>(plane.Inputs, N, D).Reduce();
        double trace = space.Eigenvalues.ToArray().Sum();
        double At(string column) => tracker.Record.Column(column)[0];
        void Is(double expected, string column, double tolerance = 1e-9) => Tolerance.Equal(expected, At(column), tolerance * Math.Abs(expected), column);

        Is(loss, "loss");
        Is(right, "accuracy");
        Is(report.BatchSharpness.Value, "batch_sharpness");
        Is(report.GradientNoiseInteraction, "gni");
        Is(report.InteractionAwareSharpness, "ias");
        Is(report.Concentration, "rho");
        Is(report.LambdaMaxBatch!.Value.Value, "lambda_max_batch", 1e-3);
        Assert.Equal(0, At("batch_sharpness_error"));
        Is(space.Eigenvalues[0], "lambda_1");
        Is(space.Eigenvalues[1], "lambda_2");
        Is(NoiseKernel.Trace(trace, 1, 0.05, sampling), "k_tr", 1e-6);
        Is(NoiseKernel.Norms(space, 0.05, sampling).Exact.Value, "k_exact");
        Is(trace, "trace", 1e-6);
        Is(1, "similarity_1");
        Is(1, "similarity_2");
        Assert.InRange(At("subspace_distance"), 0, 1e-7);
        Assert.Equal([0, 1, 2], tracker.Record.Column("step"));
        Assert.All(tracker.Record.Column("learning_rate"), rate => Assert.Equal(0.05, rate));
        Assert.All(tracker.Record.Column("batch_size"), size => Assert.Equal(3, size));

        // The gradient's cosines: those with all D eigenvectors would have squares that add up to 1.
        double[] g = [.. Enumerable.Range(0, D).Select(j => Enumerable.Range(0, N).Average(i => gradients[i * D + j]))];
        LanczosResult<double> pairs = Lanczos.TopK<double>(Hessian(plane.Inputs, N, D), D, 2);
        for (int i = 0; i < 2; i++) Is(Subspaces.AbsoluteSimilarity<double>(g, pairs.Eigenvector(i)), $"cosine_{i + 1}", 1e-7);
    }

    private static double[] Hessian(double[] x, int n, int d)
    {
        double[] h = new double[d * d];
        for (int at = 0; at < h.Length; at++) h[at] = Enumerable.Range(0, n).Sum(i => x[i * d + at / d] * x[i * d + at % d]) / n;
        return h;
    }

    [Fact]
    public void WithMomentumTheKernelsAreHeavyBalls()
    {
        using TrainingCase plane = TrainingCase.Plane(8, 4, 70);
        TrainingOptions options = Options with { Momentum = Momentum.Polyak(0.6), WeightDecay = 0.1 };
        using Trainer<Span<double>> trainer = plane.Started(options);
        using Tracker<Span<double>> tracker = new(trainer, Every(1, TrackedQuantity.ExactNoiseKernel, TrackedQuantity.TraceNoiseKernel) with { TraceApplications = 4000 });
        trainer.Run(1, tracker);
        FunctionSpace space = CurvatureSet.FromJacobian<double>(plane.Inputs, 8, 4).Reduce();
        BatchSampling sampling = BatchSampling.WithoutReplacement(8, 3);
        Tolerance.Equal(NoiseKernel.ExactWithMomentum(space, 0.05, sampling, 0.6, 0.1).Value, tracker.Record.Column("k_exact")[0], 1e-8);
        double expected = 0.05 * space.Eigenvalues.ToArray().Sum() / (2 * 0.4 * 3);
        Tolerance.Equal(expected, tracker.Record.Column("k_tr")[0], 1e-6 * expected);
    }

    [Fact]
    public void TestExamplesAreLookedAtAndNotTrainedOn()
    {
        const int D = 4, Tests = 7;
        using TrainingCase plane = TrainingCase.Plane(8, D, 70), others = TrainingCase.Plane(Tests, D, 90);
        using Trainer<Span<double>> trainer = plane.Started(Options), plain = plane.Started(Options);
        TrackerOptions options = new()
        {
            Every = new Dictionary<TrackedQuantity, int> { [TrackedQuantity.TestLoss] = 1, [TrackedQuantity.TestAccuracy] = 2 },
        };
        using Tracker<Span<double>> tracker = new(trainer, options, new() { MicroBatch = 3 }, others.Examples);
        List<double[]> path = [];
        for (int step = 0; step < 5; step++)
        {
            path.Add(trainer.Parameters.ToArray());
            trainer.Run(step + 1, tracker);
            plain.Run(step + 1);
        }

        Tolerance.SameBits<double>(plain.Parameters, trainer.Parameters);
        Assert.Equal(["step", "learning_rate", "batch_size", "test_loss", "test_accuracy"], tracker.Record.Columns);
        for (int step = 0; step < 5; step++)
        {
            double loss = 0, right = 0;
            for (int i = 0; i < Tests; i++)
            {
                double z = Enumerable.Range(0, D).Sum(j => others.Inputs[i * D + j] * path[step][j]), r = z - others.Targets[i];
                loss += r * r / 2 / Tests;
                right += Math.Sign(z) == Math.Sign(others.Targets[i]) ? 1.0 / Tests : 0;
            }

            Tolerance.Equal(loss, tracker.Record.Column("test_loss")[step], 1e-12 * loss);
            if (step % 2 == 0) Tolerance.Equal(right, tracker.Record.Column("test_accuracy")[step], 1e-12);
            else Assert.Equal(double.NaN, tracker.Record.Column("test_accuracy")[step]);
        }

        foreach (TrackedQuantity quantity in Tested)
            Assert.Contains("test examples", Assert.Throws<ArgumentException>(() => new Tracker<Span<double>>(trainer, Every(1, quantity))).Message, StringComparison.Ordinal);
        using TrainingCase wider = TrainingCase.Plane(3, 5, 1);
        Assert.Contains("inputs of 5", Assert.Throws<ArgumentException>(() => new Tracker<Span<double>>(trainer, options, null, wider.Examples)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EachQuantityHasItsCadence()
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        using Trainer<Span<double>> trainer = one.Started(Options, stepSharpness: true);
        TrackerOptions options = new()
        {
            Every = new Dictionary<TrackedQuantity, int> { [TrackedQuantity.Loss] = 4, [TrackedQuantity.StepSharpness] = 3, [TrackedQuantity.LambdaMax] = 6 },
        };
        using Tracker<Span<double>> tracker = new(trainer, options);
        trainer.Run(13, tracker);
        Assert.Equal(["step", "learning_rate", "batch_size", "step_sharpness", "loss", "lambda_1"], tracker.Record.Columns);
        Assert.Equal([0, 3, 4, 6, 8, 9, 12], tracker.Record.Column("step"));
        Assert.Equal([0, 4, 8, 12], Seen("loss"));
        Assert.Equal([0, 3, 6, 9, 12], Seen("step_sharpness"));
        Assert.Equal([0, 6, 12], Seen("lambda_1"));

        double[] Seen(string column) => [.. tracker.Record.Column("step").Zip(tracker.Record.Column(column)).Where(pair => !double.IsNaN(pair.Second)).Select(pair => pair.First)];
    }

    [Fact]
    public void ATrackedRunHasTheBitsOfAnUntrackedOne()
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        using Trainer<Span<double>> tracked = one.Started(Options, stepSharpness: true), plain = one.Started(Options);
        using Tracker<Span<double>> tracker = new(tracked, Every(2, Everything) with { Sharpness = Few });
        tracked.Run(7, tracker);
        plain.Run(7);
        Tolerance.SameBits<double>(plain.Parameters, tracked.Parameters);
        // As the eigenvectors turn, they are still compared with the first.
        Assert.True(tracker.Record.Column("similarity_1")[^1] < 1);
    }

    [Fact]
    public void AResumedRecordIsTheUninterruptedOne()
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        TrackerOptions options = Every(2, Everything) with { EigenpairTolerance = 1e-4, Sharpness = Few };
        using Trainer<Span<double>> whole = one.Started(Options, stepSharpness: true), first = one.Started(Options, stepSharpness: true), second = one.Trainer(Options, stepSharpness: true);
        using Tracker<Span<double>> expected = new(whole, options), earlier = new(first, options), later = new(second, options);
        whole.Run(10, expected);
        using TemporaryFile file = new(".npz");
        TrainingCheckpointFile.Save(file.Path, earlier.AddTo(first.Run(5, earlier).Checkpoint));
        TrainingCheckpoint checkpoint = TrainingCheckpointFile.Load(file.Path);
        second.Restore(checkpoint);
        later.Restore(checkpoint);
        second.Run(10, later);
        Assert.Equal(expected.Record.Count, later.Record.Count);
        for (int row = 0; row < expected.Record.Count; row++) Tolerance.SameBits<double>([.. expected.Record.Row(row)], [.. later.Record.Row(row)], $"row {row}");

        using Tracker<Span<double>> other = new(second, Every(2, TrackedQuantity.Loss));
        Assert.Contains("step_loss", Assert.Throws<ArgumentException>(() => other.Restore(checkpoint)).Message, StringComparison.Ordinal);
        Assert.Contains("no record", Assert.Throws<ArgumentException>(() => other.Restore(second.Checkpoint())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACancelledLookIsMadeAgain()
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        TrackerOptions options = Every(2, TrackedQuantity.LambdaMax, TrackedQuantity.BatchSharpness, TrackedQuantity.Trace);
        using Trainer<Span<double>> whole = one.Started(Options), broken = one.Started(Options);
        using Tracker<Span<double>> expected = new(whole, options), found = new(broken, options);
        whole.Run(6, expected);
        using CancellationTokenSource source = new();
        TrainingResult result = broken.Run(6, new CancelsAt(found, 4, source), cancellation: source.Token);
        Assert.Equal((TrainingStatus.Cancelled, 4L), (result.Status, result.Steps));
        Assert.Equal(2, found.Record.Count);
        broken.Run(6, found);
        for (int row = 0; row < 3; row++) Tolerance.SameBits<double>([.. expected.Record.Row(row)], [.. found.Record.Row(row)], $"row {row}");
    }

    private sealed class CancelsAt(Tracker<Span<double>> tracker, long step, CancellationTokenSource source) : ITrainingObserver<Span<double>>
    {
        public void Observe(Trainer<Span<double>> trainer, double learningRate, int batchSize, CancellationToken cancellation)
        {
            if (trainer.Step == step) source.Cancel();
            tracker.Observe(trainer, learningRate, batchSize, cancellation);
        }
    }

    [Fact]
    public void ARunThatDivergesIsTrackedUpToItsEnd()
    {
        using TrainingCase one = TrainingCase.Plane(8, 4, 70);
        using Trainer<Span<double>> trainer = one.Started(Options with { LearningRate = 10 });
        using Tracker<Span<double>> tracker = new(trainer, Every(1, TrackedQuantity.StepLoss, TrackedQuantity.Loss, TrackedQuantity.BatchSharpness));
        TrainingResult result = trainer.Run(5000, tracker);
        Assert.Equal(TrainingStatus.Diverged, result.Status);
        Assert.Equal(result.DivergedAt, tracker.Record.Count);
        Assert.All(tracker.Record.Column("step_loss"), loss => Assert.True(double.IsFinite(loss)));
        // It stands one step back, and finds the same.
        trainer.Run(5000, tracker);
        Assert.Equal(result.DivergedAt, tracker.Record.Count);
    }

    [Fact]
    public void TheTableIsWrittenAsCsvAndNpz()
    {
        TrainingRecord record = new(["a", "b"]);
        record.Add([0, 0.1, 4, 1.0 / 3, double.NaN]);
        record.Add([5, 0.1, 4, double.PositiveInfinity, -2e-300]);
        using TemporaryFile csv = new(".csv"), npz = new(".npz");
        record.WriteCsv(csv.Path);
        Assert.Equal("step,learning_rate,batch_size,a,b\n0,0.1,4,0.3333333333333333,\n5,0.1,4,Infinity,-2E-300\n", File.ReadAllText(csv.Path));
        Assert.Throws<IOException>(() => record.WriteCsv(csv.Path));
        record.WriteCsv(csv.Path, overwrite: true);
        record.Save(npz.Path);
        using NpzReader reader = NpzReader.Open(npz.Path);
        Assert.Equal(record.Columns, reader.Names);
        Tolerance.SameBits<double>(record.Column("b"), reader.Read<double>("b").Values);
        Assert.Contains("step, learning_rate, batch_size, a, b", Assert.Throws<ArgumentException>(() => record.Column("c")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TrainingRecord(["a", "a"]));
    }

    [Fact]
    public void BadOptionsAreNamed()
    {
        using TrainingCase one = TrainingCase.Perceptron(12, 3, 4, 2, 1);
        using Trainer<Span<double>> trainer = one.Started(Options), nesterov = one.Started(Options with { Momentum = Momentum.Nesterov(0.5) });
        TrackerOptions good = Every(1, TrackedQuantity.Loss);
        Refused("at least one", good with { Every = new Dictionary<TrackedQuantity, int>() });
        Refused("Loss every 0", Every(0, TrackedQuantity.Loss));
        Refused("99", Every(1, (TrackedQuantity)99));
        Refused("Eigenpairs = 0", good with { Eigenpairs = 0 });
        Refused("46 parameters", good with { Eigenpairs = 47 });
        Refused("between 0 and 1", good with { EigenpairTolerance = 0 });
        Refused("at least 1", good with { MaximumApplications = 0 });
        Refused("at least 2", good with { TraceApplications = 1 });
        Refused("at least 1", good with { ExactKernelRows = 0 });
        Refused("stepSharpness", Every(1, TrackedQuantity.StepSharpness));
        Refused("24 rows", Every(1, TrackedQuantity.ExactNoiseKernel) with { ExactKernelRows = 23 });
        Assert.Contains("beta2 = 0", Assert.Throws<ArgumentException>(() => new Tracker<Span<double>>(nesterov, Every(1, TrackedQuantity.TraceNoiseKernel))).Message, StringComparison.Ordinal);
        using Tracker<Span<double>> tracker = new(trainer, good);
        Assert.Contains("another trainer", Assert.Throws<ArgumentException>(() => nesterov.Run(1, tracker)).Message, StringComparison.Ordinal);

        void Refused(string words, TrackerOptions options)
            => Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(() => new Tracker<Span<double>>(trainer, options)).Message, StringComparison.Ordinal);
    }
}
