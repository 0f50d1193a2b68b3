using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 37 on quadratics: the change of the loss a step with momentum, against the sharpness along the gradient.</summary>
internal sealed class Figure37 : Figure
{
    private const double LearningRate = 0.01;
    private static readonly double[] s_betas = [0.1, 0.2, 0.4];

    public override string Paper => "001";

    public override string Name => "F37";

    public override string Title => "Change of the loss with momentum, on quadratics";

    public override string Summary =>
        "Equation 131: the loss changes by η²/(2γ(1 − β₁)) ‖∇L‖² (‖H‖_S − (2/η)γ), γ = (1 + β₁)/(1 + 2β₂), which the paper derives from its two ends " +
        "and shows on networks. Here: the ratio of the sums of both over many steps on a one-dimensional quadratic, where ‖H‖_S = λ, for every λ up to the edge.";

    public override double Weight(Effort effort) => 0.2;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("η", "0.01"), ("β₁", "0.1, 0.2, 0.4"), ("λ", "0 to the edge, 60 values"), ("steps", "100 to 400")];

    public override FigureResult Compute(FigureRun run)
    {
        List<Claim> claims = [];
        List<Picture> pictures = [];
        List<(string Word, Table Rows)> tables = [];
        for (int nesterov = 0; nesterov < 2; nesterov++)
        {
            string name = nesterov == 0 ? "Polyak" : "Nesterov";
            List<Series> series = [];
            double start = 0, end = 0, middle = 0;
            foreach (double beta1 in s_betas)
            {
                double gamma = (1 + beta1) / (1 + 2 * nesterov * beta1), edge = 2 / LearningRate * gamma,
                    first = -LearningRate / (1 - beta1);
                double[] lambda = Crossing.Range(edge / 1000, edge, 60),
                    change = Array.ConvertAll(lambda, x => Change(x, beta1, nesterov * beta1));
                double[] line = Array.ConvertAll(lambda, x => LearningRate * LearningRate / (2 * gamma * (1 - beta1)) * (x - edge)),
                    shares = Array.ConvertAll(lambda, x => x / edge);
                start = Math.Max(start, Math.Abs(change[0] / first - 1));
                end = Math.Max(end, Math.Abs(change[^1] / first));
                middle = Math.Max(middle, change.Zip(line, (x, y) => Math.Abs((x - y) / first)).Max());
                int color = series.Count / 2;
                series.Add(new LineSeries($"β₁ = {beta1}: measured", shares, change) { Color = color });
                series.Add(new LineSeries("eq. 131", shares, line) { Color = color, Stroke = Stroke.Dashed });
                tables.Add(($"{name} {beta1}", Table.Of("loss-change", ("sharpness_share_of_edge", shares),
                    ("loss_change_over_squared_gradient", change), ("eq131", line))));
            }

            claims.Add(Claim.AtMost(ClaimSource.Paper, $"{name}: at ‖H‖_S → 0 the change is −η/(1 − β₁) ‖∇L‖²: largest relative deviation",
                0.02, start));
            claims.Add(Claim.AtMost(ClaimSource.Paper, $"{name}: at ‖H‖_S = (2/η)γ the loss does not change: |change| over that at 0", 0.02,
                end));
            claims.Add(Claim.AtMost(ClaimSource.Paper, $"{name}: between, it follows eq. 131: largest deviation over the change at 0", 0.1,
                middle).Because(
                "Equation 131 joins two exact ends by a straight line. On a quadratic the modes between are complex where momentum oscillates, or decay faster " +
                "than the line says; the claim is the paper's for networks, whose gradient is mostly along flat directions and the sharpest one."));
            pictures.Add(new(name.ToLowerInvariant(),
                new() { Title = $"Change of the loss, {name}", X = new("‖H‖_S over (2/η)γ"), Y = new("(L' − L) / ‖∇L‖²"),
                Series = series }));
            run.At((nesterov + 1) / 2.0);
        }

        return new() { Claims = claims, Pictures = pictures, Tables = [Table.Stack("momentum", tables)] };
    }

    /// <summary>The sum of the changes of the loss over the sum of squared gradients, after the momentum has set in.</summary>
    private static double Change(double lambda, double beta1, double beta2)
    {
        MomentumDescent descent = new([lambda], LearningRate, beta1, beta2);
        for (int t = 0; t < 100; t++) descent.Step();
        double first = descent.Loss, squares = 0, scale = descent.SquaredGradient;
        // Until the loss has lost its digits, or long enough to average over an oscillation.
        for (int t = 0; t < 300 && descent.SquaredGradient > 1e-8 * scale; t++)
        {
            squares += descent.SquaredGradient;
            descent.Step();
        }

        return (descent.Loss - first) / squares;
    }
}
