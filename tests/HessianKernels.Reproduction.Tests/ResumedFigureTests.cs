using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

/// <summary>A figure that was stopped goes on from the parts that are done, and comes to the bits of one that was not.</summary>
public sealed class ResumedFigureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hk-resume-");

    private string Out => Path.Combine(_folder.FullName, "out");

    public void Dispose() => _folder.Delete(recursive: true);

    private ReproductionOutcome Run(Figure figure, ReproductionOptions options, IProgress<ReproductionProgress>? progress = null,
        CancellationToken cancellation = default)
        => Reproducer.Run([figure], OutputFolder.Open(Out), options, progress, cancellation);

    /// <summary>Runs with another look beside the tracker, several calls for runs, rows of a map, and parts one after the other.</summary>
    [Theory]
    [InlineData("000/F10")]
    [InlineData("001/F1")]
    [InlineData("001/F3")]
    [InlineData("003/F2")]
    [InlineData("000/F8")]
    public void AStoppedFigureHasTheBitsOfOneThatWasNot(string id)
    {
        Figure figure = FigureCatalog.Find(id).Single();
        ReproductionOptions options = new() { Effort = Effort.Coarse, Threads = 2 };
        string[] whole = [.. figure.Compute(new(Effort.Coarse) { Threads = 2 }).Tables.Select(table => table.ToCsv())];
        List<double> resumed = [];
        foreach (double stop in (double[])[0.1, 0.4, 0.7])
        {
            // Threads change no bit.
            options = options with { Threads = 3 - options.Threads };
            using CancellationTokenSource source = new();
            double first = double.NaN;
            Tell<ReproductionProgress> tell = new(at =>
            {
                if (double.IsNaN(first) && at.Kept > 0) first = at.Kept;
                if (at.Share > stop) source.Cancel();
            });
            if (!Run(figure, options, tell, source.Token).Cancelled) break;
            Assert.False(Directory.Exists(Path.Combine(Out, figure.Folder)));
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(Out, figure.Folder + ".parts"), "*.np?", SearchOption.AllDirectories));
            if (resumed.Count > 0) Assert.True(first > 0, $"Nothing was found done at {stop}.");
            resumed.Add(first);
        }

        Assert.NotEmpty(resumed);
        ReproductionOutcome outcome = Run(figure, options);
        Assert.False(outcome.Cancelled);
        foreach ((string name, string table) in outcome.Figures[0].Tables.Zip(whole))
            Assert.Equal(table, File.ReadAllText(Path.Combine(Out, figure.Folder, name + ".csv")));
        Assert.False(Directory.Exists(Path.Combine(Out, figure.Folder + ".parts")));
    }

    [Fact]
    public void PartsThatAreDoneAreNotComputedAgain()
    {
        List<int> computed = [];
        CancellationTokenSource? source = new();
        TestFigure figure = new("F1", run =>
        {
            for (int part = 0; part < 4; part++)
            {
                double[] numbers = run.Part($"part-{part}", 0.25, () =>
                {
                    if (part == 2) source?.Cancel();
                    computed.Add(part);
                    return [part, run.Seed, double.NaN, 0.1];
                });
                Assert.Equal([part, run.Seed, double.NaN, 0.1], numbers);
            }
        });
        using (source) Assert.True(Run(figure, new(), null, source.Token).Cancelled);
        source = null;
        Assert.Equal([0, 1, 2], computed);
        computed.Clear();
        // Another seed is another figure, and leaves the first one's parts alone while it is not finished.
        using (CancellationTokenSource other = new())
        {
            source = other;
            Assert.True(Run(figure, new() { Seed = 1 }, null, other.Token).Cancelled);
            source = null;
        }

        Assert.Equal([0, 1, 2], computed);
        computed.Clear();
        // That which was cancelled is not kept.
        Assert.False(Run(figure, new()).Cancelled);
        Assert.Equal([2, 3], computed);
        Assert.False(Directory.Exists(Path.Combine(Out, "999-F1.parts")));
    }

    [Fact]
    public void APartThatIsDamagedIsComputedAgain()
    {
        int computed = 0;
        FigureRun Run() => new(Effort.Coarse) { PartsFolder = _folder.FullName };
        double[] Part(FigureRun run) => run.Part("one", 0.5, () =>
        {
            computed++;
            return [1, 2, 3];
        });
        Part(Run());
        Assert.Equal([1, 2, 3], Part(Run()));
        Assert.Equal(1, computed);
        string file = Path.Combine(_folder.FullName, "one.npy");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^9]);
        FigureRun again = Run();
        Assert.Equal([1, 2, 3], Part(again));
        Assert.Equal((2, 0.0), (computed, again.Kept));
        Assert.Equal([1, 2, 3], Part(Run()));
        Assert.Equal(2, computed);
    }

    /// <summary>Told of its last step, the user stops it: the run has ended all the same, and is kept.</summary>
    [Fact]
    public void ARunThatWasStoppedAtItsVeryEndIsKept()
    {
        const int steps = 3;
        using CancellationTokenSource source = new();
        FigureRun run = new(Effort.Coarse, 0, new Tell<double>(share => { if (share == 1) source.Cancel(); }), source.Token) { PartsFolder = _folder.FullName };
        Assert.Throws<OperationCanceledException>(() => NetworkRun.Of(run, Job(step => step == steps - 1)));
        FigureRun again = new(Effort.Coarse) { PartsFolder = _folder.FullName };
        NetworkRun kept = NetworkRun.Of(again, Job(_ => false));
        Assert.Equal(1, again.Kept);
        Assert.Equal((TrainingStatus.Completed, steps), (kept.Result.Status, kept.Result.Steps));
        Assert.Equal(NetworkRun.Of(new(Effort.Coarse), Job(_ => false)).Result.Checkpoint.Parameters, kept.Result.Checkpoint.Parameters);

        static NetworkJob Job(Func<long, bool> waits)
            => new("run", DescentPath.Setting(new(Effort.Coarse)), new() { BatchSize = 4, LearningRate = 0.01 }, steps,
                NetworkJob.At(1, TrackedQuantity.StepLoss)) { Look = _ => new WaitingLook(waits) };
    }

    /// <summary>Makes some steps last longer than the pause between two tellings.</summary>
    private sealed class WaitingLook(Func<long, bool> waits) : IRunLook
    {
        public double[][] State { get; set; } = [];

        public void Observe(INetworkTrainer trainer, double learningRate, int batchSize, CancellationToken cancellation)
        {
            if (waits(trainer.Step)) Thread.Sleep(200);
        }
    }
}
