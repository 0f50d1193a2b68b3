using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Figure 10: the noise kernel norm of a network beside its estimate by the trace.</summary>
internal sealed class Figure10 : Figure
{
    public override string Paper => "000";

    public override string Name => "F10";

    public override string Title => "Trace estimate of a network's noise kernel norm";

    public override string Summary =>
        "The runs of F3: the trace estimate K_tr underestimates K, the more so near K = 1, and both are of order 1 together. With one " +
        "example a step K_tr is the finite-size K_HD, so that K_tr ≤ K ≤ K_exact holds exactly. Beyond the paper: K_exact beside " +
        "both.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 6, 5000);

    public override IReadOnlyList<DataFile> Data => PaperData.Mnist.TrainFiles;

    /// <summary>The learning rates, each as K_tr at the start.</summary>
    private static double[] Starts(Effort effort) => effort == Effort.Coarse ? [0.02, 0.2, 0.4] : [0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5];

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => ErfSingles.Parameters(effort, Starts(effort));

    public override FigureResult Compute(FigureRun run)
    {
        ErfSingles singles = ErfSingles.Of(run, Starts(run.Effort));
        NoiseKernelCurve[] curves = singles.Curves;
        double[] trace = [.. curves.SelectMany(curve => curve.Trace)], diagonal = [.. curves.SelectMany(curve => curve.Diagonal)],
            exact = [.. curves.SelectMany(curve => curve.Exact)];
        double Share(double low, double high) => Median.Of(
            trace.Zip(diagonal).Where(pair => pair.Second >= low && pair.Second < high).Select(pair => pair.First / pair.Second));
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "K_tr underestimates K (largest K_tr / K over all runs and looks)", 1 + 1e-3,
                    trace.Zip(diagonal, (tr, k) => tr / k).Max()),
                Claim.Rising(ClaimSource.Paper,
                    "the more so near the edge (median K_tr / K where K is 0.75 to 1.25; where K is below 0.4)",
                    Share(0.75, 1.25), Share(0, 0.4)),
                Claim.AtLeast(ClaimSource.Paper, "both are of order 1 together (median K_tr / K where K is 0.75 to 1.25)", 0.5,
                    Share(0.75, 1.25)),
                Claim.AtMost(ClaimSource.Exact, "K_tr ≤ K ≤ K_exact at B = 1 (largest quotient of neighbours)", 1 + 1e-3,
                    Math.Max(trace.Zip(diagonal, (tr, k) => tr / k).Max(), diagonal.Zip(exact, (k, e) => k / e).Max())),
            ],
            Pictures =
            [
                Draw("kernel", "K of eq. 9", "K", curves, curve => curve.Diagonal),
                Draw("trace", "Trace estimate of K", "K_tr", curves, curve => curve.Trace),
                new("estimates", new()
                {
                    Title = "Exact norm and trace estimate against K", X = new("K of eq. 9", Min: 0, Max: 1.5),
                        Y = new("norm", Min: 0, Max: 2.5),
                    Series = [new ScatterSeries("K exact", diagonal, exact) { Size = 2 },
                        new ScatterSeries("K_tr", diagonal, trace) { Size = 2 },
                        new LineSeries("K", [0, 1.5], [0, 1.5]) { Ink = true }],
                    Thresholds = [new("edge: 1", 1)],
                }),
            ],
            Tables = [singles.ToTable()],
        };
    }

    private static Picture Draw(string name, string title, string y, NoiseKernelCurve[] curves,
        Func<NoiseKernelCurve, IReadOnlyList<double>> values)
        => new(name, new()
        {
            Title = $"{title}, B = 1", X = Axis.Log("epoch"), Y = new(y, Min: 0, Max: 1.5),
            Series = [.. curves.Where(curve => !curve.Diverged).Select(curve
                => new LineSeries(FormattableString.Invariant($"η = {curve.LearningRate:G2}"), curve.Epochs, values(curve)))],
            Thresholds = [new("edge: 1", 1)],
        });
}
