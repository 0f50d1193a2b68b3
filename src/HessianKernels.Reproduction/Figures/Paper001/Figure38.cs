using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 38 on quadratics: the sharpness at which descent with Polyak's and Nesterov's momentum turns unstable.</summary>
internal sealed class Figure38 : Figure
{
    private const double LearningRate = 0.01;
    private static readonly double[] s_betas = [0, 0.1, 0.2, 0.4, 0.6, 0.8];

    public override string Paper => "001";

    public override string Name => "F38";

    public override string Title => "Thresholds of Polyak's and Nesterov's momentum, on quadratics";

    public override string Summary =>
        "With momentum (β₁, β₂) the edge is at ‖H‖ = (2/η)(1 + β₁)/(1 + 2β₂): higher than 2/η for Polyak, lower for Nesterov. The paper shows " +
        "networks that settle there; here the sharpness at which simulated descent on a quadratic begins to grow is measured.";

    public override double Weight(Effort effort) => 0.5;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("η", "0.01"), ("β₁", string.Join(", ", s_betas)), ("eigenvalues", "‖H‖ and 1/2, 1/4, 1/8, … of it, 8 in all"),
            ("steps", "4000")];

    public override FigureResult Compute(FigureRun run)
    {
        double[][] theory = new double[2][], measured = new double[2][];
        for (int nesterov = 0; nesterov < 2; nesterov++)
        {
            theory[nesterov] = [.. s_betas.Select(beta => run.Library(() => MeanStability.Sharpness(LearningRate, beta, nesterov * beta)))];
            measured[nesterov] = [.. s_betas.Select(beta => Unstable(beta, nesterov * beta))];
            run.At((nesterov + 1) / 2.0);
        }

        double Worst(int which) => measured[which].Zip(theory[which], (m, t) => Math.Abs(m / t - 1)).Max();
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "Polyak: largest relative deviation from (2/η)(1 + β₁)", 1e-3, Worst(0)),
                Claim.AtMost(ClaimSource.Paper, "Nesterov: largest relative deviation from (2/η)(1 + β₁)/(1 + 2β₁)", 1e-3, Worst(1)),
                Claim.Rising(ClaimSource.Paper, "Polyak's momentum raises the threshold", measured[0]),
                Claim.Rising(ClaimSource.Paper, "Nesterov's lowers it (β₁ from high to low)", [.. measured[1].Reverse()]),
            ],
            Pictures =
            [
                new("thresholds", new()
                {
                    Title = "Sharpness at which descent turns unstable (η = 0.01)", X = new("β₁"), Y = new("‖H‖"),
                    Series =
                    [
                        new LineSeries("Polyak, (2/η)(1 + β₁)", s_betas, theory[0]),
                            new LineSeries("Nesterov, (2/η)(1 + β₁)/(1 + 2β₁)", s_betas, theory[1]),
                        new ScatterSeries("Polyak, measured", s_betas, measured[0]) { Color = 0, Size = 4 },
                        new ScatterSeries("Nesterov, measured", s_betas, measured[1]) { Color = 1, Size = 4 },
                    ],
                    Thresholds = [new("2/η", 2 / LearningRate)],
                }),
            ],
            Tables = [Table.Of("thresholds", ("beta1", s_betas), ("polyak_theory", theory[0]), ("polyak_measured", measured[0]),
                ("nesterov_theory", theory[1]), ("nesterov_measured", measured[1]))],
        };
    }

    private static double Unstable(double beta1, double beta2)
        => Crossing.Of(sharpness => new MomentumDescent([.. Enumerable.Range(0, 8).Select(k => sharpness / (1 << k))], LearningRate, beta1,
            beta2).Growth(4000), 0, 20, 800);
}
