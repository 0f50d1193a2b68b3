using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 5, left: the linear and saturation scaling rule beside the linear and the square-root rule.</summary>
internal sealed class Figure5 : Figure
{
    private const int Examples = ScalingCurve.Examples;
    private const double Concentration = 1.0 / 128;

    public override string Paper => "001";

    public override string Name => "F5";

    public override string Title => "The linear and saturation scaling rule (left)";

    public override string Summary =>
        "ρ_b = 1 / (γ/(bρ) + 1 − γ/b) is almost linear in b while b ≪ n and saturates at 1 (n = 8k, ρ = 2⁻⁷), unlike the linear and the " +
        "square-root rule. Besides the formula, ρ_b is measured on batches drawn from random gradients with that ρ.";

    public override double Weight(Effort effort) => 0.5;

    private static int[] Sampled => [1, 8, 64, 512, 4096];

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("n", $"{Examples}"), ("ρ", "2⁻⁷"), ("batches drawn a size", $"{Draws(effort)}"), ("parameters of the random gradients", "32")];

    private static int Draws(Effort effort) => FigureRun.Of(effort, 200, 1000, 10_000);

    public override FigureResult Compute(FigureRun run)
    {
        LinearSaturationScaling rule = new(Concentration, Examples);
        double[] b = ScalingCurve.B, saturating = ScalingCurve.Of(run, Concentration);
        double[] linear = [.. b.Select(size => size * Concentration)], root = [.. b.Select(size => Math.Sqrt(size) * Concentration)];
        (double[] measured, double[] errors, double[] exact) = Measure(run);
        double worst = measured.Select((value, k) => Math.Abs(value - exact[k]) / errors[k]).Max();
        double Slope(int k) => Math.Log2(saturating[k + 1] / saturating[k]);
        return new()
        {
            Claims =
            [
                Claim.Near(ClaimSource.Paper, "slope of ρ_b in the logarithms at b = 1 … 2: linear", 1, 0.02, Slope(0)),
                Claim.AtMost(ClaimSource.Paper, "slope at b = n/2 … n: saturated", 0.05, Slope(b.Length - 2)),
                Claim.Near(ClaimSource.Paper, "ρ_n = 1", 1, 1e-12, saturating[^1]),
                Claim.Near(ClaimSource.Paper, "the two regimes part about b = 1/ρ = 128: where both terms are equal, over 1/ρ", 1, 0.05,
                    rule.SaturationBatchSize * Concentration),
                Claim.Near(ClaimSource.Paper, "there the linear rule is off by 2: (b ρ) / ρ_b at b = 128", 2, 0.05,
                    128 * Concentration / rule.Concentration(128)),
                Claim.AtMost(ClaimSource.Exact, "the formula holds on drawn batches: largest deviation in standard errors", 4, worst),
            ],
            Pictures =
            [
                new("rules", new()
                {
                    Title = "ρ_b by three rules (n = 8192, ρ = 1/128)", X = Axis.Log("batch size b"),
                        Y = Axis.Log("ρ_b, or what the rule keeps in proportion to η", 5e-3, 20),
                    Series =
                    [
                        new LineSeries("linear and saturation rule", b, saturating) { Color = 6 },
                        new LineSeries("linear rule", b, linear) { Ink = true, Stroke = Stroke.Dotted },
                        new LineSeries("square-root rule", b, root) { Color = 0, Stroke = Stroke.Dashed },
                        new ScatterSeries("measured on batches", [.. Sampled.Select(size => (double)size)],
                            [.. measured.Zip(exact, (m, e) => m / e).Select((share, k)
                            => share * rule.Concentration(Sampled[k]))]) { Color = 2, Size = 4 },
                    ],
                    Thresholds = [new("ρ_b = 1", 1), new("saturation", rule.SaturationBatchSize, Vertical: true)],
                }),
            ],
            Tables =
            [
                Table.Of("rules", ("batch_size", b), ("rho_b", saturating), ("linear_rule", linear), ("square_root_rule", root)),
                Table.Of("measured", ("batch_size", [.. Sampled.Select(size => (double)size)]), ("rho_b_measured", measured),
                    ("standard_error", errors), ("rho_b_of_these_gradients", exact)),
            ],
        };
    }

    /// <summary>||g||^2 over the mean of ||g_B||^2 over drawn batches, its standard error, and what the formula says of these very
    /// gradients.</summary>
    private static (double[] Measured, double[] Errors, double[] Exact) Measure(FigureRun run)
    {
        const int d = 32;
        int draws = Draws(run.Effort);
        RandomNumbers random = new(run.Seed, 5);
        // A mean of length 1 and noise such that the mean square is 1 / rho.
        double[] gradients = random.Normals(Examples * d), mean = new double[d];
        double deviation = Math.Sqrt((1 / Concentration - 1) / d);
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = deviation * gradients[i] + (i % d == 0 ? 1 : 0);
            mean[i % d] += gradients[i] / Examples;
        }

        double full = mean.Sum(x => x * x), single = gradients.Sum(x => x * x) / Examples;
        LinearSaturationScaling rule = new(full / single, Examples);
        double[] measured = new double[Sampled.Length], errors = new double[Sampled.Length],
            exact = [.. Sampled.Select(rule.Concentration)];
        run.Parallel(Sampled.Length, k =>
        {
            int b = Sampled[k];
            RandomNumbers draw = new(run.Seed, 100 + (ulong)k);
            int[] order = [.. Enumerable.Range(0, Examples)];
            double sum = 0, squares = 0;
            double[] batch = new double[d];
            for (int at = 0; at < draws; at++)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                draw.Choose(b, order);
                Array.Clear(batch);
                for (int i = 0; i < b; i++) QuadraticRegression.AddScaled(1.0 / b, gradients.AsSpan(order[i] * d, d), batch);
                double square = QuadraticRegression.Dot(batch, batch);
                (sum, squares) = (sum + square, squares + square * square);
            }

            double average = sum / draws, error = Math.Sqrt(Math.Max(0, squares / draws - average * average) / draws);
            (measured[k], errors[k]) = (full / average, full / average * error / average);
        });
        return (measured, errors, exact);
    }
}
