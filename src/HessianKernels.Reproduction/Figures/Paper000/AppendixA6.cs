using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Appendix A.6: the noise kernel with weight decay, against simulated SGD.</summary>
internal sealed class AppendixA6 : Figure
{
    // As shares of the mean eigenvalue.
    private static readonly double[] s_shares = [0, 0.1, 0.3, 1, 3];

    public override string Paper => "000";

    public override string Name => "A.6";

    public override string Title => "K with weight decay against simulated SGD";

    public override string Summary =>
        "L2 regularisation of strength ρ lowers K: its high-dimensional form (eq. 82, in the scaling of the mean loss) is at most that of " +
        "ρ = 0. Here K exact with weight decay is set beside simulated SGD with weight decay.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 4, 20);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        ("setting", "flat, D = 100, P = 120, B = 5"), ("ρ over the mean eigenvalue", string.Join(", ", Shares(effort))),
            ("runs", $"{LateLoss.Runs(effort)}"),
        ("steps", $"{DecayedEdge.Steps(effort)}"),
    ];

    private static double[] Shares(Effort effort) => effort == Effort.Coarse ? [0, 0.3, 3] : s_shares;

    public override FigureResult Compute(FigureRun run)
    {
        LinearSetting setting = LinearSetting.Of("flat", run.Seed);
        double sum = 0;
        foreach (double lambda in setting.Space.Eigenvalues) sum += lambda;
        double[] decays = Array.ConvertAll(Shares(run.Effort), share => share * sum / setting.Space.Rank);
        double[] exact = new double[decays.Length], estimate = new double[decays.Length], simulated = new double[decays.Length];
        double scale = 2 * LinearSetting.BatchSize / sum, largest = 0;
        for (int k = 0; k < decays.Length; k++)
        {
            run.At((double)k / decays.Length);
            double rho = decays[k];
            DecayedEdge edge = DecayedEdge.Of(run, setting, 0, rho, 0.1 * scale, 6 * scale, 1.0 / decays.Length);
            (exact[k], estimate[k], simulated[k]) = (edge.Exact, edge.HighDimensional, edge.Simulated);
            // The bound of eq. 83, at learning rates up to the edge without decay.
            foreach (double eta in Crossing.Range(0.1, 1, 10).Select(share => share * exact[0]))
                largest = Math.Max(
                    largest, NoiseKernel.HighDimensionalWithMomentum(setting.Space.Eigenvalues, 1, eta, setting.Sampling, 0, rho)
                        / NoiseKernel.HighDimensionalWithMomentum(setting.Space.Eigenvalues, 1, eta, setting.Sampling, 0));
        }

        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "weight decay lowers K (eq. 83): largest K(ρ) / K(0) of the high-dimensional form", 1
                    + 1e-12, largest),
                Claim.AtMost(ClaimSource.Paper,
                    "runs grow where K with decay exceeds 1 (exact form: largest |η of half the runs / η of K = 1 − 1|)", 0.05,
                    DecayedEdge.Worst(simulated, exact)).Because(
                    "Without decay it does. Strong decay forgets a run's past within a few steps, its growth averages over few batches, and the typical run, " +
                    "which is what half of the runs tell of, then turns unstable well after the mean square that K tells of."),
                Claim.AtLeast(ClaimSource.Exact, "runs grow no earlier than the mean square: least η of half the runs / η of K exact = 1",
                    0.99, simulated.Zip(exact, (s, e) => s / e).Min()),
                Claim.AtMost(ClaimSource.Paper, "the high-dimensional K with decay predicts the edge: largest |η / η of K exact − 1|", 0.15,
                    DecayedEdge.Worst(estimate, exact)),
                Claim.Rising(ClaimSource.Exact, "the exact critical learning rate rises with ρ while the noise decides", [.. exact])
                    .Because(
                    "Decay lowers the noise but also the mean's own edge, 2 / (λmax + ρ)."),
            ],
            Pictures =
            [
                new("critical-learning-rate", new()
                {
                    Title = "Critical learning rate with weight decay", X = new("weight decay ρ"), Y = new("critical learning rate η"),
                    Series =
                    [
                        new LineSeries("K exact = 1", decays, exact),
                        new LineSeries("K_HD with decay = 1 (eq. 82)", decays, estimate) { Stroke = Stroke.Dashed },
                        new ScatterSeries("half of the runs grow", decays, simulated) { Size = 4.5 },
                    ],
                }),
            ],
            Tables = [Table.Of("critical-learning-rate", ("weight_decay", decays), ("K_exact", exact), ("K_HD", estimate),
                ("half_of_runs_grow", simulated))],
        };
    }
}
