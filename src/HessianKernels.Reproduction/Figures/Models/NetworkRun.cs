using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>A run to be made.</summary>
/// <param name="Name">In legends and tables.</param>
/// <param name="Setting">What is trained.</param>
/// <param name="Training">How, with the changes in mid-run.</param>
/// <param name="Steps">How long.</param>
/// <param name="Every">What is recorded, and how often.</param>
internal sealed record NetworkJob(
    string Name, NetworkSetting Setting, TrainingOptions Training, long Steps, IReadOnlyDictionary<TrackedQuantity, int> Every)
{
    /// <summary>How exactly; what is recorded is taken from <see cref="Every"/>.</summary>
    public TrackerOptions Tracking { get; init; } = new()
    {
        Every = new Dictionary<TrackedQuantity, int>(), EigenpairTolerance = 1e-3,
        Sharpness = new() { RelativeError = 0.03, MaxBatches = 200, MaxProbes = 8 },
    };

    /// <summary>A look at every step beside what is recorded, made for the run's trainer; disposed of after it where it can be.</summary>
    public Func<INetworkTrainer, IRunLook>? Look { get; init; }

    /// <summary>How many looks of <see cref="Look"/> that go through all examples come before a step: they count as progress.</summary>
    public Func<long, long> LooksBefore { get; init; } = _ => 0;

    /// <summary>Looks at every so many steps, from step 0 on, as <see cref="LooksBefore"/>.</summary>
    public static Func<long, long> Each(int every) => step => (step + every - 1) / every;

    /// <summary>Some quantities at one cadence.</summary>
    public static Dictionary<TrackedQuantity, int> At(int every, params ReadOnlySpan<TrackedQuantity> quantities)
    {
        Dictionary<TrackedQuantity, int> cadences = [];
        foreach (TrackedQuantity quantity in quantities) cadences[quantity] = every;
        return cadences;
    }
}

/// <summary>A run that was made, to its end or to where it diverged.</summary>
internal sealed class NetworkRun
{
    private NetworkRun(NetworkJob job, TrainingRecord record, TrainingResult result, IRunLook? look)
        => (Job, Record, Result, Look) = (job, record, result, look);

    /// <summary>What was asked for.</summary>
    public NetworkJob Job { get; }

    /// <summary>What was recorded.</summary>
    public TrainingRecord Record { get; }

    /// <summary>How it ended, and where.</summary>
    public TrainingResult Result { get; }

    /// <summary>What looked at its steps beside the tracker.</summary>
    public IRunLook? Look { get; }

    /// <summary>Whether its loss left all bounds.</summary>
    public bool Diverged => Result.Status == TrainingStatus.Diverged;

    /// <summary>Makes one run on all threads.</summary>
    /// <inheritdoc cref="All"/>
    public static NetworkRun Of(FigureRun run, NetworkJob job, double from = 0, double to = 1) => All(run, [job], from, to)[0];

    /// <summary>Makes runs that do not know of each other: one on all threads, several with one thread each; on a device one after
    /// another. Those that were kept are not made again, and one that was stopped goes on.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="jobs">Which.</param>
    /// <param name="from">The share of the figure that is done before.</param>
    /// <param name="to">The share that is done after.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static NetworkRun[] All(FigureRun run, IReadOnlyList<NetworkJob> jobs, double from = 0, double to = 1)
    {
        NetworkRun[] made = new NetworkRun[jobs.Count];
        int threads = jobs.Count == 1 ? run.Threads : 1, first = run.Number(jobs.Count);
        string?[] files = [.. jobs.Select((_, j) => run.PartPath(FormattableString.Invariant($"run-{first + j}.npz")))];
        RunWork[] work = [.. jobs.Select(job => new RunWork(job))];
        double all = work.Sum(one => (double)one.All);
        long done = files.Select((file, j) => KeptRun.Done(file, work[j])).Sum();
        run.FindsDone((to - from) * done / all);
        void More(long examples) => run.Tell(from + (to - from) * Interlocked.Add(ref done, examples) / all);

        return run.Library(() =>
        {
            run.OnTensors(jobs.Count, j => made[j] = run.Tensors(new Making(jobs[j], files[j], work[j], More, run.Cancellation), threads));
            return made;
        });
    }

    /// <summary>The parameters before each step of a run, which is not kept.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="setting">What is trained.</param>
    /// <param name="training">How.</param>
    /// <param name="steps">How long.</param>
    public static IReadOnlyList<double[]> Path(FigureRun run, NetworkSetting setting, TrainingOptions training, long steps)
    {
        List<double[]> points = [];
        NetworkJob job = new("", setting, training, steps, NetworkJob.At(1, TrackedQuantity.StepLoss)) { Look = _ => new PointKeeper(points) };
        run.Tensors(new Making(job, null, new(job), _ => { }, run.Cancellation), 1);
        return points;
    }

    /// <summary>A column with the steps at which it was looked at.</summary>
    public (double[] Steps, double[] Values) Curve(string column)
    {
        double[] steps = Record.Column("step"), values = Record.Column(column);
        int[] there = [.. Enumerable.Range(0, values.Length).Where(i => !double.IsNaN(values[i]))];
        return ([.. there.Select(i => steps[i])], [.. there.Select(i => values[i])]);
    }

    /// <summary>A curvature in units of 2 / eta, eta that of its step.</summary>
    public (double[] Steps, double[] Values) InThresholds(string column)
    {
        (double[] steps, double[] values) = Curve(column);
        return (steps, [.. values.Select((value, i) => value * Job.Training.LearningRateAt((long)steps[i]) / 2)]);
    }

    /// <summary>The column as a line.</summary>
    public LineSeries Line(string column, string name)
    {
        (double[] steps, double[] values) = Curve(column);
        return new(name, steps, values);
    }

    /// <summary>The median of a curvature in units of 2 / eta over the last share of the steps asked for; NaN where there is none.</summary>
    public double Late(string column, double share = 0.5) => Middle(InThresholds(column), (1 - share) * Job.Steps, double.PositiveInfinity);

    /// <summary>The same between two steps.</summary>
    public double Between(string column, double first, double end) => Middle(InThresholds(column), first, end);

    /// <summary>All columns as a table.</summary>
    public Table ToTable(string name)
        => Table.Of(name, [.. Record.Columns.Select(column => (column, (IReadOnlyList<double>)Record.Column(column)))]);

    /// <summary>The tables of runs with the same columns, one after the other.</summary>
    public static Table Stack(string name, IReadOnlyList<NetworkRun> runs)
        => Table.Stack("run", [.. runs.Select(run => (run.Job.Name, run.ToTable(name)))]);

    private static double Middle((double[] Steps, double[] Values) curve, double first, double end)
        => Median.Of(curve.Values.Where((_, i) => curve.Steps[i] >= first && curve.Steps[i] < end));

    /// <summary>A run that is made, wherever its tensors lie.</summary>
    private sealed class Making(NetworkJob job, string? file, RunWork work, Action<long> more, CancellationToken cancellation)
        : ITensorWork<NetworkRun>
    {
        public NetworkRun On<TView>(ITensorSpace<TView> space)
            where TView : allows ref struct
        {
            NetworkSetting setting = job.Setting;
            using Trainer<TView> trainer = Trainer.Create<double, TView>(
                space, setting.Model, setting.Loss, setting.Data, setting.Start(), job.Training,
                job.Every.ContainsKey(TrackedQuantity.StepSharpness));
            using Tracker<TView> tracker = new(trainer, job.Tracking with { Every = job.Every },
                PointMemory.Options(setting.Model, setting.Loss, setting.Examples));
            IRunLook? look = job.Look?.Invoke(new NetworkTrainer<TView>(trainer));
            try
            {
                TrainingResult result = new KeptRun<TView>(file, trainer, tracker, look, work, more).Make(job.Steps, cancellation);
                return new(job, tracker.Record, result, look);
            }
            finally
            {
                (look as IDisposable)?.Dispose();
            }
        }
    }
}
