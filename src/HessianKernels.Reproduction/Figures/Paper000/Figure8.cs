using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Figure 8: the loss after 10^4 steps against each measure, in the three settings.</summary>
internal sealed class Figure8 : Figure
{
    private static readonly int[] s_measures = [0, 1, 2, 3];

    public override string Paper => "000";

    public override string Name => "F8";

    public override string Title => "Late loss against each measure of stability";

    public override string Summary =>
        "The loss after 10⁴ steps, saturated at 10, against λmax(T), K and K_HD: flat, all three are 1 where the loss begins to diverge; " +
        "dispersed, K is still good and K_HD less so; localised, only λmax(T) tells. The median over several runs is taken.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 10, 40);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        ("D", "100"), ("P", "120"), ("B", "5"), ("learning rates a setting", $"{FigureRun.Of(effort, 5, 15, 41)}"),
        ("runs", $"{LateLoss.Runs(effort)}"), ("steps", $"{LateLoss.Steps(effort)}"),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        int steps = LateLoss.Steps(run.Effort), paths = LateLoss.Runs(run.Effort);
        string[] names = LinearSetting.Names;
        double[][] there = new double[names.Length][];
        double[] transition = new double[names.Length];
        List<Picture> pictures = [];
        List<(string Word, Table Rows)> tables = [];
        for (int s = 0; s < names.Length; s++)
        {
            double from = (double)s / names.Length, part = 1.0 / names.Length;
            StabilityScan scan = new(LinearSetting.Of(names[s], run.Seed), run);
            scan.Scan(Crossing.Range(0.5, 1.4, run.Pick(5, 15, 41)), run, from, from + 0.2 * part);
            double[] late = LateLoss.Along(scan, run, from + 0.2 * part, from + 0.6 * part);
            double eta = run.Part($"{names[s]}-transition", 0.4 * part,
                () => [LateLoss.Transition(scan.Setting, 0.8 * scan.Edge, 1.6 * scan.Edge, paths, steps, run)])[0];
            (transition[s], there[s]) = (eta / scan.Edge, scan.At(eta, run));
            double[] shown = [.. late.Select(x => Math.Clamp(x, 1e-30, 10))];
            pictures.Add(new(names[s], new()
            {
                Title = $"Loss after {steps} steps, {names[s]} setting", X = new("measure", Min: 0.2, Max: 1.8),
                Y = Axis.Log("median loss / first loss (saturated at 10)"),
                Series = [.. s_measures.Select(k
                    => new ScatterSeries(StabilityScan.MeasureNames[k], scan.Measures[k], shown) { Color = k })],
                Thresholds = [new("measure = 1", 1, Vertical: true)],
            }));
            tables.Add((names[s], Table.Of(
                "late-loss", ("learning_rate", scan.LearningRates), ("median_growth_of_loss", late), ("lambda_max_T", scan.Measures[0]),
                ("K_exact", scan.Measures[1]), ("K", scan.Measures[2]), ("K_HD", scan.Measures[3]))));
        }

        const string Typical =
            "A run, and the median of runs, diverges where the Lyapunov exponent turns positive, which in this setting is well after the " +
            "mean square does; λmax(T) and K tell of the mean square, and that K_HD is nearer to 1 there is an accident of its own error.";
        return new()
        {
            Claims =
            [
                Claim.Near(ClaimSource.Paper, "flat: λmax(T) where half of the runs grow", 1, 0.05, there[0][0]),
                Claim.Near(ClaimSource.Paper, "flat: K there", 1, 0.1, there[0][2]),
                Claim.Near(ClaimSource.Paper, "flat: K_HD there", 1, 0.1, there[0][3]),
                Claim.Near(ClaimSource.Paper, "dispersed: K where half of the runs grow", 1, 0.1, there[1][2]).Because(Typical),
                Claim.AtLeast(
                    ClaimSource.Paper, "dispersed: K_HD is less good than K (|K_HD − 1| over |K − 1| there)", 1,
                    Math.Abs(there[1][3] - 1) / Math.Abs(there[1][2] - 1)).Because(Typical),
                Claim.Near(ClaimSource.Paper, "localised: λmax(T) where half of the runs grow", 1, 0.05, there[2][0]),
                Claim.AtLeast(ClaimSource.Paper, "localised: K does not tell (|K − 1| there)", 0.1, Math.Abs(there[2][2] - 1)).Because(
                    "The eigenvectors of diag(|s|) + J₀J₀ᵀ/D with s of deviation 0.1 are hardly localised (see F7): K is low by a few per cent only."),
                Claim.AtLeast(
                    ClaimSource.Exact, "runs diverge no earlier than the mean square (least η of half the runs over η*, to the steps' resolution)", 0.99,
                    transition.Min()),
            ],
            Pictures = pictures,
            Tables =
            [
                Table.Stack("setting", tables),
                Table.Stack("setting", [.. names.Select((name, s) => (name, Table.Of(
                    "transition", ("share_of_edge", [transition[s]]), ("lambda_max_T", [there[s][0]]), ("K_exact", [there[s][1]]),
                        ("K", [there[s][2]]),
                    ("K_HD", [there[s][3]]))))]),
            ],
        };
    }
}
