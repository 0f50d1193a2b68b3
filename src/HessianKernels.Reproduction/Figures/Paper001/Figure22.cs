using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.Sharpness;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 22: gradient descent on a two-dimensional quadratic that is a tenth too sharp.</summary>
internal sealed class Figure22 : Figure
{
    private const double Alpha = 1.1, LearningRate = 2.0 / 32;
    private const int Steps = 30;

    public override string Paper => "001";

    public override string Name => "F22";

    public override string Title => "A toy loss beyond the edge";

    public override string Summary =>
        "L(θ) = θ₁² + 16 α θ₂², α = 1.1, gradient descent with η = 2/32 from (3, 0.1): |q₁ᵀ∇L| grows exponentially; the interaction-aware " +
        "sharpness ‖H‖_S and |cos(q₁, ∇L)| rise to ‖H‖ and 1; they begin to rise in the order cos, ‖H‖_S, |q₁ᵀ∇L|. The paper's numbers exactly.";

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("α", "1.1"), ("η", "2/32"), ("start", "(3, 0.1)"), ("steps", $"{Steps}")];

    public override FigureResult Compute(FigureRun run)
    {
        double[] hessian = [2, 0, 0, 32 * Alpha];
        LanczosResult<double> top = run.Library(() => Lanczos.TopK<double>(hessian, 2, 1));
        double sharpness = top.Eigenvalues[0];
        double[] q = [.. top.Eigenvectors[..2]];
        double[] theta = [3, 0.1], x = new double[Steps + 1], y = new double[Steps + 1];
        double[] along = new double[Steps + 1], cosine = new double[Steps + 1], aware = new double[Steps + 1],
            times = new double[Steps + 1];
        for (int t = 0; t <= Steps; t++)
        {
            run.At((double)t / Steps);
            double[] gradient = [2 * theta[0], 32 * Alpha * theta[1]];
            (x[t], y[t], times[t]) = (theta[0], theta[1], t);
            along[t] = Math.Abs(q[0] * gradient[0] + q[1] * gradient[1]);
            cosine[t] = along[t] / Math.Sqrt(gradient[0] * gradient[0] + gradient[1] * gradient[1]);
            aware[t] = run.Library(() => ExampleDerivatives.FromHessians<double>(gradient, hessian, 1).Moments())
                .InteractionAwareSharpness(SecondMoment.BatchSampling.WithoutReplacement(1, 1));
            for (int k = 0; k < 2; k++) theta[k] -= LearningRate * gradient[k];
        }

        double growth = Math.Pow(along[^1] / along[0], 1.0 / Steps);
        return new()
        {
            Claims =
            [
                Claim.Near(ClaimSource.Paper, "‖H‖ = 32 α", 35.2, 1e-12 * 35.2, sharpness),
                Claim.Near(ClaimSource.Paper, "|q₁ᵀ∇L| grows exponentially, by 32 α η − 1 a step", 1.2, 1e-12, growth),
                Claim.AtMost(
                    ClaimSource.Paper, "and at every step alike: largest deviation of its logarithm from a line", 1e-9,
                    along.Select((value, t) => Math.Abs(Math.Log(value / along[0]) - t * Math.Log(1.2))).Max()),
                Claim.Near(ClaimSource.Paper, "‖H‖_S rises to ‖H‖: the last over ‖H‖", 1, 1e-3, aware[^1] / sharpness),
                Claim.Near(ClaimSource.Paper, "|cos(q₁, ∇L)| rises to 1", 1, 1e-3, cosine[^1]),
                Claim.Rising(
                    ClaimSource.Paper, "they rise in the order cos, ‖H‖_S, |q₁ᵀ∇L| (step at which half of the rise is made)",
                        Crossing.HalfWay(cosine), Crossing.HalfWay(aware), Crossing.HalfWay(along)),
            ],
            Pictures =
            [
                new("trajectory", new()
                {
                    Title = "Loss and trajectory", X = new("θ₁", Min: -4, Max: 4), Y = new("θ₂", Min: -4, Max: 4),
                    Series = [Landscape(), new LineSeries("gradient descent", x, y) { Ink = true, Marked = true, Color = 4 }],
                }),
                new("alignment", new()
                {
                    Title = "Sharpness along the gradient", X = new("step"), Y = new("‖H‖_S", Min: 0),
                    Series = [new LineSeries("‖H‖_S", times, aware) { Color = 6 },
                        new LineSeries("‖H‖ |cos(q₁, ∇L)|", times, [.. cosine.Select(c => c * sharpness)]) { Color = 2 }],
                    Thresholds = [new("‖H‖ = 35.2", sharpness), new("2/η = 32", 2 / LearningRate)],
                }),
                new("gradient", new()
                {
                    Title = "Gradient along the top eigenvector", X = new("step"), Y = Axis.Log("|q₁ᵀ∇L|"),
                    Series = [new LineSeries("|q₁ᵀ∇L|", times, along) { Color = 3 }],
                }),
            ],
            Tables = [Table.Of("steps", ("step", times), ("theta1", x), ("theta2", y), ("gradient_along_q1", along), ("cosine", cosine),
                ("interaction_aware_sharpness", aware))],
        };
    }

    private static HeatMap Landscape()
    {
        const int cells = 60;
        double[] edges = Crossing.Range(-4, 4, cells + 1), values = new double[cells * cells];
        for (int row = 0; row < cells; row++)
        {
            for (int column = 0; column < cells; column++)
            {
                double x = (edges[column] + edges[column + 1]) / 2, y = (edges[row] + edges[row + 1]) / 2;
                values[row * cells + column] = Math.Log10(x * x + 16 * Alpha * y * y);
            }
        }

        return new("log₁₀ L", edges, edges, values, -1, 2.5);
    }
}
