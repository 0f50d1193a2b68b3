using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 35: the scaling rule with replacement, and for several rho.</summary>
internal sealed class Figure35 : Figure
{
    public override string Paper => "001";

    public override string Name => "F35";

    public override string Title => "The scaling rule with replacement, and for several ρ";

    public override string Summary =>
        "Sampling with replacement (γ = 1) changes the rule hardly at all (left); for every ρ it leaves its own linear rule about b = 1/ρ (right).";

    public override double Weight(Effort effort) => 0.1;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("n", $"{ScalingCurve.Examples}"), ("ρ", "2⁻⁷; 2⁻⁵, 2⁻⁷, 2⁻⁹")];

    public override FigureResult Compute(FigureRun run)
    {
        double[] b = ScalingCurve.B;
        double[] without = ScalingCurve.Of(run, 1.0 / 128), with = ScalingCurve.Of(run, 1.0 / 128, BatchScheme.WithReplacement);
        double[] concentrations = [1.0 / 32, 1.0 / 128, 1.0 / 512];
        double[][] curves = [.. concentrations.Select(rho => ScalingCurve.Of(run, rho))];
        string[] names = ["2⁻⁵", "2⁻⁷", "2⁻⁹"];
        // Where the linear rule is twice the curve.
        double[] parts = [.. curves.Select((curve, k)
            => concentrations[k] * b.Where((size, i) => size * concentrations[k] >= 1.9 * curve[i]).First())];
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "with replacement is almost equivalent: largest relative difference of ρ_b", 0.02,
                    without.Zip(with, (x, y) => Math.Abs(y / x - 1)).Max()),
                Claim.Near(ClaimSource.Paper, "every ρ leaves its linear rule at the same b ρ: largest over least b ρ where that rule is off by 2", 1, 0.05, parts.Max() / parts.Min()),
                Claim.AtMost(ClaimSource.Paper, "with replacement even the full batch does not reach 1: ρ_n", 1, with[^1]),
            ],
            Pictures =
            [
                new("replacement", new()
                {
                    Title = "Without and with replacement (ρ = 1/128)", X = Axis.Log("batch size b"), Y = Axis.Log("ρ_b"),
                    Series = [new LineSeries("without replacement", b, without) { Color = 6 },
                        new LineSeries("with replacement", b, with) { Color = 5, Stroke = Stroke.Dotted }],
                }),
                new("concentrations", new()
                {
                    Title = "Several ρ, each with its linear rule (dotted)", X = Axis.Log("batch size b"), Y = Axis.Log("ρ_b", 1e-3, 10),
                    Series =
                    [
                        .. curves.Select((curve, k) => new LineSeries($"ρ = {names[k]}", b, curve) { Color = k }),
                        .. concentrations.Select((rho, k)
                            => new LineSeries("", b, [.. b.Select(size => size * rho)]) { Color = k, Stroke = Stroke.Dotted }),
                    ],
                    Thresholds = [new("ρ_b = 1", 1)],
                }),
            ],
            Tables =
            [
                Table.Of("rules", ("batch_size", b), ("without_replacement", without), ("with_replacement", with), ("rho_2^-5", curves[0]),
                    ("rho_2^-7", curves[1]), ("rho_2^-9", curves[2])),
            ],
        };
    }
}
