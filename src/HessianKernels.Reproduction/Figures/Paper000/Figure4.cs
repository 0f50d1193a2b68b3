using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Figure 4: the largest eigenvalue of a trained network's tangent kernel over learning rates and batch sizes.</summary>
internal sealed class Figure4 : Figure
{
    public override string Paper => "000";

    public override string Name => "F4";

    public override string Title => "λmax after training, over η and η/B";

    public override string Summary =>
        "The network of F3 for many batch sizes: for large ones λmax of the tangent kernel ends at 2/η over a wide range of η; for " +
        "small ones it stays away from 2/η, and is a function of η/B as long as η/B is not large.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 10, 20_000);

    public override IReadOnlyList<DataFile> Data => PaperData.Mnist.TrainFiles;

    private static int[] BatchSizes(Effort effort) => effort switch
    {
        Effort.Coarse => [1, 4, 40],
        Effort.Quick => [1, 4, 16, 64, 256],
        _ => [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    };

    // By a factor of 2 or its root: so that a learning rate comes with several batch sizes.
    private static double[] Starts(Effort effort) => effort == Effort.Coarse ? [0.02, 0.08, 0.32]
        : [.. Enumerable.Range(0, 4).Select(k => 0.005 * (1 << k)), .. Enumerable.Range(0, 7).Select(k => 0.08 * Math.Pow(2, k / 2.0))];

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        .. ErfNetwork.Parameters(effort), ("B", string.Join(", ", BatchSizes(effort))),
        ($"epochs, B up to {ErfSweep.MeetingOf(effort)}", $"{ErfSweep.EpochsOf(effort)}"),
        ($"K_tr at the start, B up to {ErfSweep.MeetingOf(effort)}", string.Join(", ", Starts(effort).Select(Claim.Text))),
        ("steps and η, larger B", $"as B = {ErfSweep.MeetingOf(effort)}"),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        int[] sizes = BatchSizes(run.Effort);
        ErfSweep sweep = ErfSweep.Run(run, sizes, Starts(run.Effort));
        return new()
        {
            Claims = Claims(sweep, sizes),
            Pictures = [Draw(sweep, sizes, perExample: false), Draw(sweep, sizes, perExample: true)],
            Tables = [sweep.ToTable()],
        };
    }

    private static Claim[] Claims(ErfSweep sweep, int[] sizes)
    {
        // What a small learning rate ends at is what there is to be stopped at 2 / eta.
        NoiseKernelCurve[] large = sweep.Of(sizes[^1]);
        double flow = large[0].LambdaMax[^1];
        NoiseKernelCurve[] stopped = [.. large.Where(curve => 2 / curve.LearningRate < flow)];
        int[] small = [.. sizes.Where(b => b <= sweep.Meeting)];
        return
        [
            Claim.AtLeast(
                ClaimSource.Paper,
                    "largest B: 2/η is reached over a wide range (largest over smallest η whose 2/η is below the smallest η's λmax)",
                2, stopped.Length == 0 ? double.NaN : stopped[^1].LearningRate / stopped[0].LearningRate),
            Claim.AtMost(
                ClaimSource.Paper, "and λmax ends at 2/η there (median of |η λmax / 2 − 1|)", 0.1,
                Median.Of(stopped.Select(curve => Math.Abs(curve.LearningRate * curve.LambdaMax[^1] / 2 - 1)))),
            Claim.AtMost(
                ClaimSource.Paper, "B = 1: 2/η is not reached (largest η λmax / 2 of the runs that do not diverge)", 0.5,
                sweep.Of(sizes[0]).Max(curve => curve.LearningRate * curve.LambdaMax[^1] / 2)),
            Claim.AtMost(
                ClaimSource.Paper,
                    "small B, small η/B: λmax is a function of η/B (largest over smallest of the small B, lower half of the range)", 1.25,
                Enumerable.Range(0, sweep.LearningRates / 2).Max(place => Spread(small.Select(b => sweep.At(b, place))))),
            Claim.Rising(
                ClaimSource.Paper, "and not of η (the same median spread at equal η/B; at equal η)",
                Median.Of(Enumerable.Range(0, sweep.LearningRates).Select(place => Spread(small.Select(b => sweep.At(b, place))))),
                Median.Of(sweep.Curves.Where(curve => curve.BatchSize <= sweep.Meeting).GroupBy(curve => Claim.Text(curve.LearningRate))
                    .Where(group => group.Count(curve => !curve.Diverged) > 1).Select(Spread))),
        ];
    }

    private static double Spread(IEnumerable<NoiseKernelCurve> curves)
    {
        double[] ends = [.. curves.Where(curve => !curve.Diverged).Select(curve => curve.LambdaMax[^1])];
        return ends.Length < 2 ? double.NaN : ends.Max() / ends.Min();
    }

    private static Picture Draw(ErfSweep sweep, int[] sizes, bool perExample)
    {
        double[] threshold = [sweep.Curves.Min(curve => curve.LearningRate), sweep.Curves.Max(curve => curve.LearningRate)];
        IEnumerable<Series> series = sizes.Select(b => (b, Runs: sweep.Of(b))).Where(pair => pair.Runs.Length > 0)
            .Select(pair => new LineSeries(
            $"B = {pair.b}", [.. pair.Runs.Select(curve => perExample ? curve.LearningRate / curve.BatchSize : curve.LearningRate)],
            [.. pair.Runs.Select(curve => curve.LambdaMax[^1])]) { Marked = true });
        if (!perExample)
            series = series.Append(new LineSeries("2/η", threshold, [.. threshold.Select(eta => 2 / eta)]) { Ink = true,
                Stroke = Stroke.Dashed });
        double most = sweep.Curves.Where(curve => !curve.Diverged).Max(curve => curve.LambdaMax[^1]);
        return new(perExample ? "over-ratio" : "over-learning-rate", new()
        {
            Title = perExample ? "λmax after training over η/B" : "λmax after training over η",
            X = Axis.Log(perExample ? "η / B" : "learning rate η"), Y = Axis.Log("λmax of the tangent kernel", max: 1.5 * most),
                Series = [.. series],
        });
    }
}
