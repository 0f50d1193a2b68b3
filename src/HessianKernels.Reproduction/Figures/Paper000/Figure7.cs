using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Figure 7: all measures of stability in the three settings, and where each says that the edge is.</summary>
internal sealed class Figure7 : Figure
{
    public override string Paper => "000";

    public override string Name => "F7";

    public override string Title => "Measures of stability for flat, dispersed and localised spectra";

    public override string Summary =>
        "With a flat spectrum K and its approximations agree with λmax(T); with a dispersed one the approximations part while K still " +
        "predicts the edge; with localised eigenvectors even K fails, the dynamics being unstable for K well below 1. Beyond the paper: " +
        "the exact noise kernel norm, and the Lyapunov exponent of the typical path.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 4, 30, 120);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        ("D", "100"), ("P", "120"), ("B", "5"), ("learning rates a setting", $"{FigureRun.Of(effort, 2, 25, 61)}"),
        ("runs for the Lyapunov exponent", $"{FigureRun.Of(effort, 4, 8, 24)}"),
            ("steps of a run", $"{FigureRun.Of(effort, 1024, 4096, 16_384)}"),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        List<Claim> claims = [];
        List<Picture> pictures = [];
        List<(string Word, Table Rows)> measures = [], crossings = [];
        StabilityScan[] scans = new StabilityScan[LinearSetting.Names.Length];
        double[][] cross = new double[scans.Length][];
        double[] typical = new double[scans.Length], kernelAtEdge = new double[scans.Length];
        LyapunovOptions lyapunov = new()
        {
            Runs = run.Pick(4, 8, 24), Steps = run.Pick(1024, 4096, 16_384), BurnIn = run.Pick(128, 512, 512), Seed = run.Seed,
                Threads = run.Threads,
        };
        for (int s = 0; s < scans.Length; s++)
        {
            double from = (double)s / scans.Length, to = (s + 1.0) / scans.Length;
            StabilityScan scan = scans[s] = new(LinearSetting.Of(LinearSetting.Names[s], run.Seed), run);
            scan.Scan(run.Effort == Effort.Coarse ? [0.9, 1.2] : Crossing.Range(0.1, 1.4, run.Pick(2, 25, 61)), run, from, from
                + 0.6 * (to - from));
            cross[s] = [.. Enumerable.Range(0, 5).Select(measure => scan.CrossingOf(measure, run))];
            run.At(from + 0.75 * (to - from));
            typical[s] = run.Part($"{scan.Setting.Name}-typical", 0.25 * (to - from), () =>
            [
                run.Library(() => LyapunovExponent.CriticalLearningRate(
                    scan.Setting.Space, scan.Setting.Sampling, lyapunov, cancellation: run.Cancellation).Value) / scan.Edge,
            ])[0];
            kernelAtEdge[s] = scan.DiagonalAtEdge(run);
            pictures.Add(new(scan.Setting.Name, scan.ToChart()));
            measures.Add((scan.Setting.Name, scan.ToTable("measures")));
            crossings.Add((scan.Setting.Name, Table.Of(
                "crossings", ("edge_learning_rate", [scan.Edge]), ("lambda_max_T", [cross[s][0]]), ("K_exact", [cross[s][1]]),
                    ("K", [cross[s][2]]),
                ("K_HD", [cross[s][3]]), ("K_tr", [cross[s][4]]), ("lyapunov_zero", [typical[s]]))));
        }

        for (int s = 0; s < scans.Length; s++)
        {
            claims.Add(Claim.Near(
                ClaimSource.Exact, $"{LinearSetting.Names[s]}: K exact = 1 where λmax(T) = 1 (quotient of the learning rates)", 1,
                    StabilityScan.Resolution,
                cross[s][1] / cross[s][0]));
        }

        claims.Add(Claim.Near(ClaimSource.Paper, "flat: K predicts the edge (η of K = 1 over η*)", 1, 0.1, cross[0][2]));
        claims.Add(Claim.Near(ClaimSource.Paper, "flat: K_HD predicts the edge", 1, 0.1, cross[0][3]));
        claims.Add(Claim.Near(ClaimSource.Paper, "flat: K_tr predicts the edge", 1, 0.1, cross[0][4]));
        claims.Add(Claim.Near(ClaimSource.Paper, "dispersed: K still predicts the edge", 1, 0.05, cross[1][2]));
        claims.Add(Claim.Rising(
            ClaimSource.Paper, "dispersed: K, K_HD and K_tr miss the edge by more and more (η of measure = 1 over η*)", cross[1][2],
                cross[1][3],
            cross[1][4]));
        claims.Add(Claim.AtMost(ClaimSource.Paper, "localised: unstable for K well below 1 (K at η*)", 0.8, kernelAtEdge[2]).Because(
            "s of deviation 0.1 adds little to the diagonal beside J₀J₀ᵀ/D, whose own diagonal is about 1.2: the eigenvectors of this NTK " +
            "are hardly localised, and K is low by a few per cent only. The paper may have scaled J₀ differently."));
        claims.Add(Claim.AtMost(
            ClaimSource.Paper, "the largest eigenvalue is below its own threshold at the edge (largest η* λmax / 2 of the three)", 1,
            scans.Max(scan => scan.Edge * scan.Setting.LargestEigenvalue / 2)));
        claims.Add(Claim.AtMost(ClaimSource.Paper, "K_tr ≤ K_HD ≤ K: largest K_HD / K, η up to η*", 1, Largest(scans, 3, 2)).Because(
            "The order holds for K_HD at finite size. The form printed as eq. 10 is of n without bound: it has 1/B where finite n has " +
            "(n − B)/((n − 1) B), which is 0.96/B here, and 2 − ηλ where it has 2 − αηλ."));
        claims.Add(Claim.AtMost(ClaimSource.Exact, "K ≤ K exact: largest quotient, η up to η*", 1 + 1e-8, Largest(scans, 2, 1)));
        claims.Add(Claim.AtLeast(ClaimSource.Exact,
            "the typical path turns unstable no earlier than the mean square (least η of γ = 0 over η*)", 1, typical.Min()));
        claims.Add(Claim.AtMost(ClaimSource.Exact, "flat: and close to it", 1.03, typical[0]));
        claims.Add(Claim.AtLeast(ClaimSource.Exact, "dispersed: and well after it", 1.05, typical[1]));
        return new() { Claims = claims, Pictures = pictures,
            Tables = [Table.Stack("setting", crossings), Table.Stack("setting", measures)] };
    }

    /// <summary>The largest quotient of two measures at learning rates up to the edge.</summary>
    private static double Largest(StabilityScan[] scans, int above, int below)
        => scans.SelectMany(scan => scan.LearningRates.Index().Where(x => x.Item <= scan.Edge)
            .Select(x => scan.Measures[above][x.Index] / scan.Measures[below][x.Index])).Max();
}
