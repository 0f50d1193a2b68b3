using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 1: rotations of the sharpest eigenvector in a network of two parameters.</summary>
internal sealed class Figure1 : Figure
{
    private static readonly double[] s_rates = [0.001, 0.0095, 0.011, 0.013];

    public override string Paper => "004";

    public override string Name => "F1";

    public override string Title => "Rotations in a two-parameter diagonal linear network";

    public override string Summary =>
        "z = Θ², from (−0.1, 10): below η_eos = 0.01 the sharpest eigenvector turns towards the sharper parameter (γ_β > 1), above it away at first " +
        "(γ_β < 1) until a flatter place is found; the asymptote lies at half of the edge. The formulas are held against actual steps of gradient descent.";

    public override double Weight(Effort effort) => 0.2;

    private const int Steps = 400;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("start", "(−0.1, 10)"), ("η", string.Join(", ", s_rates)), ("steps", $"{Steps}; 20 000 for η = 0.001")];

    public override FigureResult Compute(FigureRun run)
    {
        DiagonalNetwork start = new(-0.1, 10);
        LanczosResult<double> top = run.Library(() => Lanczos.TopK<double>(start.Hessian, 2, 1));
        double edge = 2 / top.Eigenvalues[0];
        double[] rates = Crossing.Range(1e-4, 0.02, 400), regime = Array.ConvertAll(rates, start.Growth);
        double deviation = rates.Max(eta => Math.Abs(start.Step(eta).Beta / start.Beta / start.Growth(eta) - 1));
        double one = 2 * Math.Abs(start.Theta1 * start.Theta2) / (start.Theta1 * start.Theta1
            + start.Theta2 * start.Theta2) / Math.Abs(start.Slope);
        int asymptote = Array.IndexOf(regime, regime.Max());

        DiagonalNetwork[][] paths = [.. s_rates.Select(eta => Path(start, eta))];
        double[] final = [.. paths.Select(path => run.Library(() => Lanczos.TopK<double>(path[^1].Hessian, 2, 1)).Eigenvalues[0])];
        double[] angle = [.. paths.Select(path => 1 / path[^1].Ratio)];
        bool[] away = [.. paths.Select(path => path[1].Ratio < path[0].Ratio)];
        // u_1 / u_2 of the library's own eigenvector against eq. 1.
        double ratio = Math.Abs(top.Eigenvectors[0] / top.Eigenvectors[1]) / start.Ratio;
        double wide = 1.1 * paths.Max(path => path.Max(p => Math.Abs(p.Theta1))), low = paths.Min(path => path.Min(p => p.Theta2)) - 0.4;
        return new()
        {
            Claims =
            [
                Claim.Near(ClaimSource.Paper, "η_eos = 2/λ₁ at the start", 0.01, 1e-4, edge),
                Claim.Near(ClaimSource.Paper, "eq. 1: R₂ of the computed eigenvector over the formula's", 1, 1e-6, ratio),
                Claim.AtMost(ClaimSource.Paper, "eq. 2: γ_β is what one step multiplies β by (largest relative deviation over 400 η)", 1e-6,
                    deviation),
                Claim.Near(ClaimSource.Paper, "the asymptote of γ_β lies at half of the edge: its η over η_eos", 0.5, 0.01,
                    rates[asymptote] / edge),
                Claim.Near(ClaimSource.Paper, "γ_β = 1 at the edge, up to ξ = θ₁²/(θ₁² + θ₂²) = 1e-4: its η over 0.01", 1, 1.1e-4,
                    one / 0.01),
                Claim.AtMost(ClaimSource.Paper,
                    "stable η (0.001, 0.0095): the eigenvector turns towards θ₁ at the first step; how many do not", 0,
                    away[..2].Count(x => x)),
                Claim.AtLeast(ClaimSource.Paper, "unstable η (0.011, 0.013): it turns away at first; how many do", 2,
                    away[2..].Count(x => x)),
                Claim.AtMost(ClaimSource.Paper, "stable η end with one orientation, along θ₁: largest |u₂/u₁|", 1e-2, angle[..2].Max()),
                Claim.AtMost(ClaimSource.Paper, "unstable η come to rest where they are stable: largest final λ₁ η/2", 1,
                    Math.Max(final[2] * s_rates[2], final[3] * s_rates[3]) / 2),
            ],
            Pictures =
            [
                new("regimes", new()
                {
                    Title = "Regimes of γ_β at the start", X = new("learning rate η"), Y = Axis.Log("γ_β", 1e-2, 1e3),
                        Series = [new LineSeries("γ_β", rates, regime)],
                    Thresholds = [new("γ_β = 1", 1), new("η_eos", edge, Vertical: true), new("η_eos / 2", edge / 2, Vertical: true)],
                }),
                new("trajectories", new()
                {
                    Title = "Trajectories on the loss", X = new("θ₁", Min: -wide, Max: wide), Y = new("θ₂", Min: low, Max: 10.4),
                    Series =
                    [
                        Landscape(wide, low),
                        .. s_rates.Select((eta, k) => new LineSeries(FormattableString.Invariant($"η = {eta}"),
                            [.. paths[k].Take(60).Select(p => p.Theta1)], [.. paths[k].Take(60).Select(p => p.Theta2)]) { Color = Shade(k),
                            Marked = true }),
                    ],
                }),
                new("orientation", new()
                {
                    Title = "Orientation of the sharpest eigenvector", X = Axis.Log("step + 1", 1, Steps),
                        Y = Axis.Log("R₂ = |u₁/u₂|", 1, 1e6),
                    Series = [.. s_rates.Select((eta, k)
                        => new LineSeries(FormattableString.Invariant($"η = {eta}"), [.. paths[k].Take(Steps).Select((_, t) => t + 1.0)],
                        [.. paths[k].Take(Steps).Select(p => p.Ratio)]) { Color = Shade(k) })],
                }),
            ],
            Tables =
            [
                Table.Of("regimes", ("learning_rate", rates), ("gamma_beta", regime)),
                Table.Stack("learning_rate", [.. s_rates.Select((eta, k) => (Table.Cell(eta), Table.Of(
                    "trajectories", ("step", [.. Enumerable.Range(0, 200).Select(t => (double)t)]),
                        ("theta1", [.. paths[k].Take(200).Select(p => p.Theta1)]),
                        ("theta2", [.. paths[k].Take(200).Select(p => p.Theta2)]),
                    ("orientation", [.. paths[k].Take(200).Select(p => p.Ratio)]))))]),
                Table.Of("end", ("learning_rate", s_rates), ("final_sharpness", final), ("final_u2_over_u1", angle),
                    ("final_theta2", [.. paths.Select(path => path[^1].Theta2)])),
            ],
        };
    }

    /// <summary>Until it has come to rest; a Theta of zero has no beta.</summary>
    private static DiagonalNetwork[] Path(DiagonalNetwork start, double eta)
    {
        List<DiagonalNetwork> path = [start];
        int steps = eta < 0.002 ? 20_000 : Steps;
        for (int t = 0; t < steps && Math.Abs(path[^1].Theta1) > 1e-8; t++) path.Add(path[^1].Step(eta));
        while (path.Count < Steps) path.Add(path[^1]);
        return [.. path];
    }

    /// <summary>Colours apart from those of the map.</summary>
    private static int Shade(int path) => path switch { 0 => 7, 1 => 4, 2 => 2, _ => 3 };

    private static HeatMap Landscape(double wide, double low)
    {
        const int cells = 60;
        double[] x = Crossing.Range(-wide, wide, cells + 1), y = Crossing.Range(low, 10.4, cells + 1), values = new double[cells * cells];
        for (int row = 0; row < cells; row++)
            for (int column = 0; column < cells; column++)
                values[row * cells + column] = Math.Log10(new DiagonalNetwork((x[column] + x[column + 1]) / 2, (y[row] + y[row + 1]) / 2)
                    .Loss);
        return new("log₁₀ L", x, y, values, -2, Math.Ceiling(values.Max()));
    }
}
