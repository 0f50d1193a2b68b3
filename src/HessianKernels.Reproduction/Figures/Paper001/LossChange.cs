using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>The expected change of the loss a step over tr(H S_b) / tr(S_n), along a run: figures 1 and 2.</summary>
/// <param name="Name">Of the run.</param>
/// <param name="LearningRate">eta.</param>
/// <param name="Points">Rising in time: the step, <c>tr(H S_b) / tr(S_n)</c>, and <c>(E[L'] - L) / ||g||^2</c>.</param>
/// <param name="Start">The first point of the early phase: of full-batch descent, the first whose ||H|| exceeds 2 / eta.</param>
internal sealed record LossChange(string Name, double LearningRate, (double Step, double Interaction, double Change)[] Points, int Start)
{
    /// <summary>2 / eta.</summary>
    public double Threshold => 2 / LearningRate;

    /// <summary>The first point in the unstable region; the number of points where there is none.</summary>
    public int End => Array.FindIndex(Points, Start, point => point.Interaction > Threshold) is >= 0 and var at ? at : Points.Length;

    /// <summary>The points before the unstable region is entered.</summary>
    public (double Step, double Interaction, double Change)[] Early => Points[Start..End];

    /// <summary>All points from there on.</summary>
    public (double Step, double Interaction, double Change)[] Late => Points[End..];

    /// <summary>The points that lie within the unstable region.</summary>
    public (double Step, double Interaction, double Change)[] Unstable => [.. Late.Where(point => point.Interaction > Threshold)];

    /// <summary>What a quadratic loss would make of it, eq. 7.</summary>
    public double Quadratic(double interaction) => LearningRate * LearningRate / 2 * (interaction - Threshold);

    public static IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        .. SixLayerNetwork.Parameters(effort), ("b of SGD", $"{BatchSize(effort)}"), ("batches a look", $"{Batches}"),
        .. Plans(effort)
            .Select(plan => (FormattableString.Invariant($"steps, {plan.Loss}, {(plan.Sgd ? "SGD" : "GD")}, η = {plan.LearningRate}"),
            $"{plan.Steps}")),
    ];

    private const int Batches = 16;

    private static int BatchSize(Effort effort) => FigureRun.Of(effort, 4, 16, 128);

    private static (string Loss, bool Sgd, double LearningRate, int Steps, int Every)[] Plans(Effort effort) => effort switch
    {
        Effort.Coarse => [(SixLayerNetwork.CrossEntropy, true, 0.2, 100, 5), (SixLayerNetwork.Squared, true, 0.1, 100, 5),
            (SixLayerNetwork.CrossEntropy, false, 2, 100, 1), (SixLayerNetwork.Squared, false, 0.5, 150, 1)],
        Effort.Quick => [(SixLayerNetwork.CrossEntropy, true, 0.2, 1600, 4), (SixLayerNetwork.Squared, true, 0.4, 1600, 4),
            (SixLayerNetwork.CrossEntropy, false, 2, 400, 1), (SixLayerNetwork.Squared, false, 0.5, 400, 1)],
        _ => [(SixLayerNetwork.CrossEntropy, true, 0.02, 20_000, 20), (SixLayerNetwork.Squared, true, 0.02, 20_000, 20),
            (SixLayerNetwork.CrossEntropy, false, 0.02, 1000, 1), (SixLayerNetwork.Squared, false, 0.02, 4000, 1)],
    };

    /// <summary>SGD and full-batch descent with both losses.</summary>
    public static LossChange[] Runs(FigureRun run)
    {
        var plans = Plans(run.Effort);
        var batch = plans.Where(plan => plan.Sgd).ToArray();
        List<(long, double, double)>[] found = [.. batch.Select(_ => new List<(long, double, double)>())];
        NetworkRun.All(run, [.. batch.Select((plan, k) => new NetworkJob(
            "", SixLayerNetwork.Of(run, plan.Loss),
            new() { LearningRate = plan.LearningRate, BatchSize = BatchSize(run.Effort), Seed = run.Seed, DivergedAbove = 1e4 },
                plan.Steps,
            NetworkJob.At(plan.Steps, TrackedQuantity.StepLoss))
        {
            Look = trainer => new LossChangeLook(trainer, plan.Every, Batches, found[k]), LooksBefore = NetworkJob.Each(plan.Every),
        })], 0, 0.6);
        Descent[] descents = Descent.Runs(
            run, [.. plans.Where(plan => !plan.Sgd).Select(plan => (plan.Loss, plan.LearningRate, plan.Steps))], 0.6, 1);
        return
        [
            .. batch.Select((plan, k) => new LossChange($"SGD, {plan.Loss}", plan.LearningRate,
                [.. found[k].Select(point => ((double)point.Item1, point.Item2, point.Item3))], 0)),
            .. descents.Select(Of),
        ];
    }

    /// <summary>The change that the next step made is the expected one: there is only one batch.</summary>
    private static LossChange Of(Descent descent)
    {
        DescentCurve curve = descent.Curve;
        double Square(int t) => Math.Pow(curve.Along[t] / curve.Cosine[t], 2);
        return new($"GD, {descent.LossName}", descent.LearningRate, [.. Enumerable.Range(0, Math.Max(0, curve.Count - 1)).Select(t
            => ((double)t, curve.Interaction[t], (curve.Loss[t + 1] - curve.Loss[t]) / Square(t)))], Math.Max(0, descent.Sharp));
    }

    public Table ToTable(string name) => Table.Of(
        name, ("step", [.. Points.Select(point => point.Step)]),
            ("trace_HSb_over_trace_Sn", [.. Points.Select(point => point.Interaction)]),
        ("loss_change_over_squared_gradient", [.. Points.Select(point => point.Change)]));

    /// <summary>Points over the line of eq. 7.</summary>
    public Picture Draw(string name, params ReadOnlySpan<(string Name, (double Step, double Interaction, double Change)[] Points)> parts)
    {
        List<Series> series = [];
        double least = 0, most = Threshold;
        foreach ((string part, var points) in parts)
        {
            if (points.Length == 0) continue;
            series.Add(new ScatterSeries(part, [.. points.Select(point => point.Interaction)],
                [.. points.Select(point => point.Change)]) { Size = 2 });
            (least, most) = (Math.Min(least, points.Min(point => point.Interaction)),
                Math.Max(most, points.Max(point => point.Interaction)));
        }

        series.Add(new LineSeries("quadratic: slope η²/2", [least, most], [Quadratic(least), Quadratic(most)]) { Ink = true });
        return new(name, new()
        {
            Title = FormattableString.Invariant($"{Name}, η = {LearningRate}"), X = new("tr(H S_b) / tr(S_n)"),
                Y = new("(E[L′] − L) / tr(S_n)"),
            Series = series, Thresholds = [new("2/η", Threshold, Vertical: true), new("0", 0)],
        });
    }
}
