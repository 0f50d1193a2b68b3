using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Figure 5: the noise kernel norm after training over eta / B, and what it tells of the loss.</summary>
internal sealed class Figure5 : Figure
{
    public override string Paper => "000";

    public override string Name => "F5";

    public override string Title => "K after training over η/B, and the loss over K";

    public override string Summary =>
        "The network of F3 after a fixed number of epochs, small batches: K_f is a function of η/B, small where η/B is small, and " +
        "between 0.7 and 0.9 over a wide range; the loss is least for K_f between 0.6 and 0.8, and η λmax does not tell it. Beyond " +
        "the paper: K_exact.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 8, 10_000);

    public override IReadOnlyList<DataFile> Data => PaperData.Mnist.TrainFiles;

    private static int[] BatchSizes(Effort effort) => effort switch
    {
        Effort.Coarse => [1, 4],
        Effort.Quick => [1, 2, 4, 8, 16],
        _ => [1, 2, 4, 8, 16, 32],
    };

    private static double[] Starts(Effort effort) => effort == Effort.Coarse ? [0.02, 0.08, 0.32]
        : [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.24, 0.32, 0.48, 0.64];

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        .. ErfNetwork.Parameters(effort), ("B", string.Join(", ", BatchSizes(effort))), ("epochs", $"{ErfSweep.EpochsOf(effort)}"),
        ("K_tr at the start", string.Join(", ", Starts(effort).Select(Claim.Text))),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        int[] sizes = BatchSizes(run.Effort);
        ErfSweep sweep = ErfSweep.Run(run, sizes, Starts(run.Effort));
        return new()
        {
            Claims = Claims(sweep, sizes),
            Pictures =
            [
                Draw("ratio", "K after training over η/B", Axis.Log("η / B"), new("K of eq. 9 at the end", Min: 0), sweep, sizes,
                    curve => curve.LearningRate / curve.BatchSize, curve => curve.Diagonal[^1]),
                Draw("exact", "K_exact after training over η/B", Axis.Log("η / B"), new("K exact at the end", Min: 0), sweep, sizes,
                    curve => curve.LearningRate / curve.BatchSize, curve => curve.Exact[^1]),
                Draw("loss", "Loss after training over K", new("K of eq. 9 at the end", Min: 0), Axis.Log("loss"), sweep, sizes,
                    curve => curve.Diagonal[^1], curve => curve.Loss[^1]),
                Draw("sharpness", "Loss after training over η λmax", new("η λmax at the end", Min: 0), Axis.Log("loss"), sweep, sizes,
                    curve => curve.LearningRate * curve.LambdaMax[^1], curve => curve.Loss[^1]),
            ],
            Tables = [sweep.ToTable()],
        };
    }

    private static Claim[] Claims(ErfSweep sweep, int[] sizes)
    {
        NoiseKernelCurve[] one = sweep.Of(1), all = [.. sweep.Curves.Where(curve => !curve.Diverged)];
        NoiseKernelCurve[] band = [.. one.Where(curve => curve.Diagonal[^1] is >= 0.7 and <= 0.9)];
        NoiseKernelCurve best = one.MinBy(curve => curve.Loss[^1])!;
        double Spread(int place)
        {
            double[] ends = [.. sizes.Select(b => sweep.At(b, place)).Where(curve => !curve.Diverged).Select(curve => curve.Diagonal[^1])];
            return ends.Max() / ends.Min();
        }

        return
        [
            Claim.AtMost(ClaimSource.Paper, "small η/B: K_f is small (the smallest η/B, largest K_f of all B)", 0.3,
                sizes.Max(b => sweep.At(b, 0).Diagonal[^1])),
            Claim.AtMost(
                ClaimSource.Paper, "K_f is a function of η/B there (largest over smallest of all B, lower half of the range)", 1.25,
                Enumerable.Range(0, sweep.LearningRates / 2).Max(Spread)),
            Claim.AtLeast(
                ClaimSource.Paper, "K_f is 0.7 to 0.9 over a wide range, B = 1 (largest over smallest η/B there)", 4,
                band.Length == 0 ? double.NaN : band[^1].LearningRate / band[0].LearningRate),
            Claim.Near(ClaimSource.Paper, "the loss is least where K_f is 0.6 to 0.8, B = 1 (K_f there)", 0.7, 0.1, best.Diagonal[^1]),
            Claim.Rising(
                ClaimSource.Paper, "K_f tells the loss better than η λmax (mean |Δ log₁₀ loss| of neighbours in K_f; in η λmax)",
                Roughness(all, curve => curve.Diagonal[^1]), Roughness(all, curve => curve.LearningRate * curve.LambdaMax[^1])),
            Claim.AtMost(
                ClaimSource.Exact, "K_f never exceeds K_exact (largest quotient)", 1 + 1e-3,
                    all.Max(curve => curve.Diagonal[^1] / curve.Exact[^1])),
        ];
    }

    /// <summary>How far the loss jumps between neighbours in the order of what is to tell it.</summary>
    private static double Roughness(NoiseKernelCurve[] curves, Func<NoiseKernelCurve, double> teller)
    {
        double[] losses = [.. curves.OrderBy(teller).Select(curve => Math.Log10(Math.Max(curve.Loss[^1], 1e-25)))];
        return losses.Zip(losses.Skip(1), (a, b) => Math.Abs(a - b)).Average();
    }

    private static Picture Draw(
        string name, string title, Axis x, Axis y, ErfSweep sweep, int[] sizes, Func<NoiseKernelCurve, double> across,
            Func<NoiseKernelCurve, double> up)
        => new(name, new()
        {
            Title = title, X = x, Y = y,
            Series = [.. sizes.Select(b => sweep.Of(b)).Where(curves => curves.Length > 0).Select(curves
                => new LineSeries($"B = {curves[0].BatchSize}", [.. curves.Select(across)], [.. curves.Select(up)]) { Marked = true })],
            Thresholds = name is "sharpness" ? [] : name is "loss" ? [new("edge: K = 1", 1, Vertical: true)] : [new("edge: 1", 1)],
        });
}
