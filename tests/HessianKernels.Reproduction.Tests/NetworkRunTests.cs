using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

public class NetworkRunTests
{
    private static readonly FigureRun s_run = new(Effort.Coarse) { Threads = 2 };

    private static NetworkSetting Setting()
    {
        DataSet<double> data = PaperData.Mnist.Train(s_run, 24, TensorShape.Vector(5)).OddOrEven().WithSignTargets();
        return NetworkSetting.Perceptron(data, "4", "tanh");
    }

    private static NetworkJob Job(TrainingOptions training, int steps)
        => new("job", Setting(), training, steps,
            new Dictionary<TrackedQuantity, int> { [TrackedQuantity.Loss] = 2, [TrackedQuantity.LambdaMax] = 4 });

    [Fact]
    public void RunsTogetherAreThoseAlone()
    {
        NetworkJob[] jobs = [.. new[] { 0.1, 0.2, 0.3 }.Select(eta => Job(new() { LearningRate = eta, BatchSize = 6 }, 9))];
        NetworkRun[] together = NetworkRun.All(s_run, jobs);
        foreach ((NetworkRun made, NetworkJob job) in together.Zip(jobs))
            Assert.Equal(NetworkRun.Of(s_run, job).ToTable("t").ToCsv(), made.ToTable("t").ToCsv());
        Assert.NotEqual(together[0].Curve("loss").Values[^1], together[1].Curve("loss").Values[^1]);
    }

    [Fact]
    public void ACurveIsInUnitsOfTheStepsOwnThreshold()
    {
        NetworkRun made = NetworkRun.Of(s_run, Job(
            new() { LearningRate = 0.1, BatchSize = 6, Interventions = [new(4, LearningRate: 0.4)] }, 9));
        (double[] steps, double[] values) = made.Curve("lambda_1");
        Assert.Equal([0, 4, 8], steps);
        Assert.Equal([0, 2, 4, 6, 8], made.Curve("loss").Steps);
        Assert.Equal([values[0] * 0.1 / 2, values[1] * 0.4 / 2, values[2] * 0.4 / 2], made.InThresholds("lambda_1").Values);
        Assert.Equal((values[1] + values[2]) * 0.4 / 4, made.Late("lambda_1", 0.6), 1e-15);
        Assert.Equal(values[1] * 0.4 / 2, made.Between("lambda_1", 1, 8));
        Assert.Equal(double.NaN, made.Between("lambda_1", 5, 8));
    }

    [Fact]
    public void ARunThatDivergesKeepsWhatWasRecorded()
    {
        NetworkRun made = NetworkRun.Of(s_run, Job(new() { LearningRate = 1e4, BatchSize = 24, DivergedAbove = 1e6 }, 1000));
        Assert.True(made.Diverged);
        Assert.NotEmpty(made.Curve("loss").Steps);
    }

    [Fact]
    public void ALookSeesTheRunsParametersAndIsThereAfterIt()
    {
        NetworkJob job = Job(new() { LearningRate = 0.1, BatchSize = 6 }, 9) with
        {
            Look = trainer => new PointLook(trainer, 4, (point, eta, b, step, _) => point.Value()),
        };
        NetworkRun made = NetworkRun.Of(s_run, job);
        PointLook look = Assert.IsType<PointLook>(made.Look);
        (double[] steps, double[] losses) = made.Curve("loss");
        Assert.Equal([0, 4, 8], look.Steps);
        Assert.Equal([losses[0], losses[2], losses[4]], look.Values);
        Assert.Equal((losses[2] + losses[4]) / 2, look.Late(1), 1e-15);
    }

    [Fact]
    public void ACancelledRunIsNone()
    {
        using CancellationTokenSource source = new();
        FigureRun run = new(Effort.Coarse, 0, new Tell<double>(_ => source.Cancel()), source.Token);
        Assert.Throws<OperationCanceledException>(() => NetworkRun.All(run, [Job(new() { LearningRate = 0.1, BatchSize = 6 }, 1_000_000)]));
    }

    /// <summary>One that ends, one that diverges, and both stopped in the middle: what was done is not done again.</summary>
    [Fact]
    public void RunsThatAreKeptGoOnWhereTheyStopped()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hk-runs-");
        try
        {
            List<long> steps = [];
            NetworkJob[] Jobs(Action<long>? at = null) =>
            [
                .. new[] { 0.1, 1e4 }.Select(eta => Job(new() { LearningRate = eta, BatchSize = 6, DivergedAbove = 1e60 }, 24) with
                {
                    Look = trainer => new PointLook(trainer, 1, (point, _, _, step, _) =>
                    {
                        lock (steps) steps.Add(step);
                        at?.Invoke(step);
                        return point.Value();
                    }),
                }),
            ];
            static string[] Words(NetworkRun[] runs) =>
            [
                .. runs.SelectMany(made => (string[])[made.ToTable("t").ToCsv(), string.Join(',', ((PointLook)made.Look!).Values),
                    $"{made.Result.Status} {made.Result.Steps} {made.Result.DivergedAt} {made.Result.LastLoss:R} {made.Result.Catapults.Count}",
                    string.Join(',', made.Result.Checkpoint.Parameters.ToArray())]),
            ];
            NetworkRun[] whole = NetworkRun.All(new(Effort.Coarse) { Threads = 1 }, Jobs());
            Assert.Equal([false, true], whole.Select(made => made.Diverged));
            long diverged = whole[1].Result.DivergedAt!.Value;
            Assert.InRange(diverged, 6, 20);

            FigureRun Kept(CancellationToken cancellation = default)
                => new(Effort.Coarse, cancellation: cancellation) { Threads = 1, PartsFolder = folder.FullName };
            using (CancellationTokenSource source = new())
                Assert.Throws<OperationCanceledException>(() => NetworkRun.All(Kept(source.Token), Jobs(step =>
                {
                    // At a step that the tracker has looked at already.
                    if (step == 4) source.Cancel();
                })));
            steps.Clear();
            FigureRun again = Kept();
            Assert.Equal(Words(whole), Words(NetworkRun.All(again, Jobs())));
            Assert.Equal(4, steps[0]);
            RunWork work = new(Jobs()[0]);
            Assert.Equal(work.Until(4) / (2.0 * work.All), again.Kept);

            steps.Clear();
            Assert.Equal(Words(whole), Words(NetworkRun.All(Kept(), Jobs())));
            Assert.Empty(steps);

            // What a power cut leaves.
            File.WriteAllBytes(Path.Combine(folder.FullName, "run-0.npz"), File.ReadAllBytes(Path.Combine(folder.FullName, "run-0.npz"))[..100]);
            Assert.Equal(Words(whole), Words(NetworkRun.All(Kept(), Jobs())));
            Assert.Equal(24, steps.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A step's share is its batch's and that of the looks at it.</summary>
    [Fact]
    public void WorkIsCountedInExamples()
    {
        NetworkJob job = Job(new() { LearningRate = 0.1, BatchSize = 6, Interventions = [new(9, BatchSize: 2), new(4, BatchSize: 3)] }, 12);
        RunWork work = new(job), looked = new(job with { LooksBefore = NetworkJob.Each(5) });
        long search = work.Until(1) - 6 - 24;
        Assert.True(search > 10 * 24);
        Assert.Equal(0, work.Until(0));
        Assert.Equal(4 * 6 + 2 * 24 + search, work.Until(4));
        Assert.Equal(4 * 6 + 4 * 3 + 4 * 24 + 2 * search, work.Until(8));
        Assert.Equal(4 * 6 + 5 * 3 + 3 * 2 + 6 * 24 + 3 * search, work.All);
        Assert.Equal(work.Until(6) + 2 * search, looked.Until(6));
        long last = work.Until(4);
        for (int examples = 6; examples < 100_000; examples += 6)
        {
            long within = work.Within(4, examples);
            Assert.InRange(within, last, work.Until(5));
            last = within;
        }

        Assert.InRange(work.Within(4, 60) - work.Until(4), 57, 60);
    }

    /// <summary>Within the first look already, always more, and all of it at the end, though a run diverges.</summary>
    [Fact]
    public void ProgressIsToldWithinAStep()
    {
        List<double> told = [];
        NetworkJob[] jobs =
            [.. new[] { 0.1, 1e4 }.Select(eta => Job(new() { LearningRate = eta, BatchSize = 6, DivergedAbove = 1e6 }, 200))];
        NetworkRun[] made = NetworkRun.All(new(Effort.Coarse, 0, new Tell<double>(told.Add)) { Threads = 1 }, jobs, 0.25, 0.75);
        Assert.Equal([false, true], made.Select(one => one.Diverged));
        RunWork work = new(jobs[0]);
        Assert.InRange(told[0], 0.25 + 1e-9, 0.25 + 0.25 * work.Until(1) / work.All);
        Assert.Equal(told.Order(), told);
        Assert.Equal(0.75, told[^1]);
    }
}
