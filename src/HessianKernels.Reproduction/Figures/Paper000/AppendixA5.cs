using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Appendix A.5: the noise kernel with momentum, against simulated SGD.</summary>
internal sealed class AppendixA5 : Figure
{
    public override string Paper => "000";

    public override string Name => "A.5";

    public override string Title => "K with momentum against simulated SGD";

    public override string Summary =>
        "Momentum µ acts on K, to lowest order, as a learning rate η/(1 − µ) (eq. 76). Here the learning rate at which half of the runs of " +
        "heavy-ball SGD have grown is set beside those at which K exact, its high-dimensional and its trace estimate with momentum reach 1.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 4, 30);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        ("setting", "flat, D = 100, P = 120, B = 5"), ("µ", string.Join(", ", Momenta(effort))),
            ("runs", $"{LateLoss.Runs(effort)}"),
        ("steps", $"{DecayedEdge.Steps(effort)}"),
    ];

    private static double[] Momenta(Effort effort)
        => effort == Effort.Coarse ? [0, 0.5, 0.9] : effort == Effort.Quick ? [0, 0.3, 0.5, 0.7, 0.9]
            : [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    public override FigureResult Compute(FigureRun run)
    {
        LinearSetting setting = LinearSetting.Of("flat", run.Seed);
        double[] momenta = Momenta(run.Effort), exact = new double[momenta.Length], estimate = new double[momenta.Length];
        double[] simulated = new double[momenta.Length], trace = new double[momenta.Length], effective = new double[momenta.Length];
        double sum = 0;
        foreach (double lambda in setting.Space.Eigenvalues) sum += lambda;
        for (int k = 0; k < momenta.Length; k++)
        {
            run.At((double)k / momenta.Length);
            double mu = momenta[k], scale = (1 - mu) * 2 * LinearSetting.BatchSize / sum;
            DecayedEdge edge = DecayedEdge.Of(run, setting, mu, 0, 0.1 * scale, 4 * scale, 1.0 / momenta.Length);
            (exact[k], estimate[k], simulated[k]) = (edge.Exact, edge.HighDimensional, edge.Simulated);
            trace[k] = Crossing.Of(eta => NoiseKernel.TraceWithMomentum(sum, 1, eta, setting.Sampling, mu), 1, 0.1 * scale, 4 * scale);
            effective[k] = exact[k] / (1 - mu);
        }

        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper,
                    "runs grow where K with momentum exceeds 1 (exact form: largest |η of half the runs / η of K = 1 − 1|)", 0.05,
                    DecayedEdge.Worst(simulated, exact)),
                Claim.AtLeast(ClaimSource.Exact, "runs grow no earlier than the mean square: least η of half the runs / η of K exact = 1",
                    0.99, simulated.Zip(exact, (s, e) => s / e).Min()),
                Claim.AtMost(ClaimSource.Paper, "the high-dimensional K with momentum predicts the edge: largest |η / η of K exact − 1|",
                    0.15, DecayedEdge.Worst(estimate, exact)),
                Claim.AtMost(ClaimSource.Paper, "so does its trace estimate, η tr Θ / (2 (1 − µ) B): largest |η / η of K exact − 1|", 0.15,
                    DecayedEdge.Worst(trace, exact)).Because(
                    "The trace estimate drops the terms beyond the first order in η λ; with little momentum the edge has η λmax of about 0.3, where they count."),
                Claim.AtMost(
                    ClaimSource.Paper, "to lowest order momentum replaces η by η/(1 − µ): largest over least critical η/(1 − µ)", 1.15,
                        effective.Max() / effective.Min()).Because(
                    "Momentum also damps what is beyond the first order in η λ, so that the critical η/(1 − µ) itself rises with µ."),
            ],
            Pictures =
            [
                new("critical-learning-rate", new()
                {
                    Title = "Critical learning rate with momentum", X = new("momentum µ"), Y = new("critical η / (1 − µ)"),
                    Series =
                    [
                        new LineSeries("K exact = 1", momenta, effective),
                        new LineSeries("K_HD with momentum = 1", momenta,
                            [.. estimate.Zip(momenta, (eta, mu) => eta / (1 - mu))]) { Stroke = Stroke.Dashed },
                        new LineSeries("K_tr with momentum = 1", momenta,
                            [.. trace.Zip(momenta, (eta, mu) => eta / (1 - mu))]) { Stroke = Stroke.Dotted },
                        new ScatterSeries("half of the runs grow", momenta,
                            [.. simulated.Zip(momenta, (eta, mu) => eta / (1 - mu))]) { Size = 4.5 },
                    ],
                }),
            ],
            Tables = [Table.Of("critical-learning-rate", ("momentum", momenta), ("K_exact", exact), ("K_HD", estimate), ("K_tr", trace),
                ("half_of_runs_grow", simulated))],
        };
    }
}
