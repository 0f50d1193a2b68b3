using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Figure 3: loss and noise kernel norm of a network over training, one example a step.</summary>
internal sealed class Figure3 : Figure
{
    public override string Paper => "000";

    public override string Name => "F3";

    public override string Title => "Loss and noise kernel norm of a network, B = 1";

    public override string Summary =>
        "A network with erf on digits, odd or even, one example a step. Small learning rates: slow, and K well below 1. Intermediate " +
        "ones: K rises above 1, comes back and stays below 1, and the loss falls fast. Larger ones: K is above 1 for long and the " +
        "loss falls slowly; the largest diverge. Beyond the paper: K_exact beside K. Learning rates are told by the K_tr that they " +
        "have at the start.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 8, 5000);

    public override IReadOnlyList<DataFile> Data => PaperData.Mnist.TrainFiles;

    /// <summary>The learning rates, each as K_tr at the start.</summary>
    private static double[] Starts(Effort effort)
        => effort == Effort.Coarse ? [0.02, 0.1, 0.4, 1] : [0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1];

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => ErfSingles.Parameters(effort, Starts(effort));

    public override FigureResult Compute(FigureRun run)
    {
        ErfSingles singles = ErfSingles.Of(run, Starts(run.Effort));
        NoiseKernelCurve[] curves = singles.Curves;
        return new()
        {
            Claims = Claims(curves),
            Pictures =
            [
                Draw("loss", "Training loss, B = 1", Axis.Log("loss", 1e-12), curves, curve => curve.Loss),
                Draw("kernel", "Noise kernel norm K of eq. 9, B = 1", Axis.Log("K", max: 20), curves, curve => curve.Diagonal),
                Draw("exact", "Exact noise kernel norm, B = 1", Axis.Log("K exact", max: 20), curves, curve => curve.Exact),
            ],
            Tables = [singles.ToTable()],
        };
    }

    private static Claim[] Claims(NoiseKernelCurve[] curves)
    {
        const string Short = "The run is too short, or too few learning rates were tried.";
        NoiseKernelCurve[] stable = [.. curves.Where(curve => !curve.Diverged)],
            above = [.. stable.Where(curve => curve.Diagonal.Max() > 1)];
        double fastest = stable.Min(curve => curve.EpochsTo(0.01));
        return
        [
            Claim.AtMost(ClaimSource.Paper, "smallest η: K stays well below 1 (largest K)", 0.5, curves[0].Diagonal.Max()),
            Claim.AtLeast(
                ClaimSource.Paper, "smallest η: slow (epochs to a hundredth of the first loss, over the fewest of all)", 2,
                curves[0].EpochsTo(0.01) / fastest),
            Claim.AtLeast(
                ClaimSource.Paper, "some η: K rises above 1, and the loss falls below a hundredth none the less (number of runs)", 1,
                above.Count(curve => double.IsFinite(curve.EpochsTo(0.01)))).Because(Short),
            Claim.AtMost(
                ClaimSource.Paper, "it comes back, and is below 1 at the end (largest last K of these runs)", 1,
                above.Select(curve => curve.Diagonal[^1]).DefaultIfEmpty(double.NaN).Max()).Because(Short),
            Claim.Rising(ClaimSource.Paper, "the larger η, the longer K is above 1 (epoch of the last K > 1)",
                [.. above.Select(curve => curve.Epochs[curve.Diagonal.FindLastIndex(k => k > 1)])]).Because(Short),
            Claim.AtLeast(
                ClaimSource.Paper,
                    "largest η that does not diverge: slow (epochs to a hundredth of the first loss, over the fewest of all)", 2,
                stable[^1].EpochsTo(0.01) / fastest).Because(
                "K above 1 costs some epochs, and then the loss falls as fast as elsewhere: longer than the fastest, but by less."),
            Claim.AtLeast(ClaimSource.Paper, "the largest η diverge (number of runs)", 1, curves.Length - stable.Length),
            Claim.AtMost(
                ClaimSource.Exact, "K never exceeds K_exact (largest quotient)", 1 + 1e-3,
                curves.SelectMany(curve => curve.Diagonal.Zip(curve.Exact, (k, exact) => k / exact)).Max()),
        ];
    }

    private static Picture Draw(string name, string title, Axis y, NoiseKernelCurve[] curves,
        Func<NoiseKernelCurve, IReadOnlyList<double>> values)
        => new(name, new()
        {
            Title = title, X = Axis.Log("epoch"), Y = y,
            Series = [.. curves.Where(curve => curve.Epochs.Count > 1).Select((curve, k)
                => new LineSeries(FormattableString.Invariant($"η = {curve.LearningRate:G2}"), curve.Epochs, values(curve))
                {
                    Stroke = curve.Diverged ? Stroke.Dotted : k < 4 ? Stroke.Dashed : Stroke.Solid,
                })],
            Thresholds = name == "loss" ? [] : [new("edge: 1", 1)],
        });
}
