using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Figure 1: one flat linear model; trajectories, K over the learning rate, the loss after 10^4 steps.</summary>
internal sealed class Figure1 : Figure
{
    private static readonly double[] s_shown = [0.5, 0.9, 1.02, 1.1];

    public override string Paper => "000";

    public override string Name => "F1";

    public override string Title => "SGD on a linear model diverges by its noise";

    public override string Summary =>
        "As the learning rate grows, SGD diverges though the largest eigenvalue is far below 2/η; K rises from 0 to 1 exactly at the " +
        "edge, and the loss after 10⁴ steps diverges for K > 1. Computed on a Gaussian Jacobian (D = 100, P = 120, B = 5).";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 5, 15);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        ("D", "100"), ("P", "120"), ("B", "5"), ("learning rates", $"{FigureRun.Of(effort, 9, 21, 41)}"),
            ("paths", $"{LateLoss.Runs(effort)}"),
        ("steps", $"{LateLoss.Steps(effort)}"),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        int steps = LateLoss.Steps(run.Effort);
        LinearSetting setting = LinearSetting.Of("flat", run.Seed);
        StabilityScan scan = new(setting, run);
        scan.Scan(Crossing.Range(0.1, 1.3, run.Pick(9, 21, 41)), run, 0, 0.3);
        double[] late = LateLoss.Along(scan, run, 0.3, 0.9);
        double[][] losses = [.. s_shown.Select((share, i) =>
            new LinearSgd(setting.Space, LinearSetting.BatchSize, run.Seed, 77)
                .Losses(share * scan.Edge, steps, cancellation: run.Cancellation))];
        double[] times = [.. Enumerable.Range(0, steps + 1).Select(t => (double)t)];
        int wrong = 0, told = 0;
        for (int i = 0; i < late.Length; i++)
        {
            // Within five hundredths of the edge so few steps cannot tell.
            if (Math.Abs(scan.Measures[2][i] - 1) < 0.05) continue;
            told++;
            if (late[i] > 1 != scan.Measures[2][i] > 1) wrong++;
        }

        int[] kept = [.. Enumerable.Range(0, steps + 1).Where(t => t % Math.Max(1, steps / 500) == 0)];
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "K starts at 0: its value at the smallest learning rate", 0.1, scan.Measures[2][0]),
                Claim.Near(ClaimSource.Paper, "K = 1 where the second moment turns unstable: η of K = 1 over η*", 1, 0.05,
                    scan.CrossingOf(2, run)),
                Claim.Near(ClaimSource.Exact, "λmax(T) = 1 where K exact = 1: η of λmax(T) = 1 over η*", 1, StabilityScan.Resolution,
                    scan.CrossingOf(0, run)),
                Claim.AtMost(ClaimSource.Paper,
                    $"the loss after the last step diverges exactly for K > 1: points of {told} where it does not", 0, wrong),
                Claim.AtMost(ClaimSource.Paper, "the mean is stable at the edge: η* λmax / 2", 1,
                    scan.Edge * setting.LargestEigenvalue / 2),
            ],
            Pictures =
            [
                new("trajectories", new()
                {
                    Title = "Loss of single runs", X = new("step"), Y = Axis.Log("loss", 1e-12, 1e6),
                    Series = [.. s_shown.Select((share, i) => new LineSeries($"η = {share} η*", times, losses[i]))],
                }),
                new("measures", scan.ToChart()),
                new("late-loss", new()
                {
                    Title = $"Loss after {steps} steps against K (saturated at 10)", X = new("K (eq. 9)"),
                        Y = Axis.Log("median loss / first loss"),
                    Series = [new ScatterSeries("median of the runs", scan.Measures[2],
                        [.. late.Select(x => Math.Min(10, Math.Max(1e-12, x)))])],
                    Thresholds = [new("K = 1", 1, Vertical: true)],
                }),
            ],
            Tables =
            [
                scan.ToTable("measures"),
                Table.Of("late-loss", ("learning_rate", scan.LearningRates), ("K", scan.Measures[2]), ("median_growth_of_loss", late)),
                Table.Of(
                    "trajectories",
                    [("step", [.. kept.Select(t => (double)t)]),
                        .. s_shown.Select((share, i) => ($"loss_at_{share:0.##}_edge",
                            (IReadOnlyList<double>)[.. kept.Select(t => losses[i][t])]))]),
            ],
        };
    }
}
