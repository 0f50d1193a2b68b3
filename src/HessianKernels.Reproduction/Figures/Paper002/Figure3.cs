using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figure 3: SGD on a one-dimensional quadratic; GNI stands at 2/eta for every stable eta.</summary>
internal sealed class Figure3 : Figure
{
    private const int Points = 100;
    private static readonly double[] s_rates = [0.1, 0.5, 1, 1.5, 1.9], s_schedule = [0.2, 0.6, 1.2, 1.8, 2.05];

    public override string Paper => "002";

    public override string Name => "F3";

    public override string Title => "Oscillations on a one-dimensional quadratic";

    public override string Summary =>
        "L(x) = (1/2N) Σ (x − aᵢ)², aᵢ normal: SGD oscillates at any step size, and diverges only past 2/λmax = 2, while GNI stays at 2/η. GNI is " +
        "taken as the quotient of means along the run, which is 2/η exactly in the stationary state.";

    public override double Weight(Effort effort) => 0.3;

    private static int Steps(Effort effort) => FigureRun.Of(effort, 200_000, 1_000_000, 10_000_000);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("N", $"{Points}"), ("b", "1"), ("η", string.Join(", ", s_rates)), ("steps an η", $"{Steps(effort)}"),
            ("η in the picture", string.Join(", ", s_schedule))];

    public override FigureResult Compute(FigureRun run)
    {
        double[] points = new RandomNumbers(run.Seed, 3).Normals(Points);
        double[] exact = new double[s_rates.Length];
        double[][] runs = run.Parts("rate", s_rates.Length, k =>
        {
            QuadraticSgd sgd = new(points, run.Seed, 10 + (ulong)k);
            for (int t = 0; t < 1000; t++) sgd.Step(s_rates[k]);
            (double noisy, double full) = sgd.Sums(s_rates[k], Steps(run.Effort), run.Cancellation);
            return [noisy / full, full / Steps(run.Effort) / sgd.Variance];
        }, 0, 0.8);
        double[] interaction = [.. runs.Select(of => of[0])], variance = [.. runs.Select(of => of[1])];
        // The stationary state solved for: every example has H_i = 1, and gradients x - a_i.
        double mean = points.Average();
        FunctionSpace space = CurvatureSet.FromJacobian<double>(Enumerable.Repeat(1.0, Points).ToArray(), Points, 1).Reduce();
        BatchSampling sampling = BatchSampling.WithReplacement(Points, 1);
        double[] noise = StationaryCovariance.GradientNoise([.. points.Select(a => mean - a)], Points);
        for (int k = 0; k < s_rates.Length; k++)
            exact[k] = run.Library(() => StationaryCovariance.Solve(space, s_rates[k], sampling, noise)
                .Interaction(space, sampling, noise));
        (double[] times, double[] losses, double[] xs, double[] along) = Schedule(points, run);
        int before = times.Length * 4 / 5;
        double[] eta = [.. Enumerable.Range(0, times.Length).Select(t => s_schedule[t * s_schedule.Length / times.Length])];
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "GNI is at 2/η for every η < 2: largest |GNI η/2 − 1| over the runs", 0.05,
                    Worst(interaction)),
                Claim.AtMost(ClaimSource.Exact, "exactly so in the stationary state solved for: largest |GNI η/2 − 1|", 1e-9, Worst(exact)),
                Claim.AtMost(ClaimSource.Paper, "the variance is η/(2 − η) of the points': largest relative deviation", 0.05,
                    variance.Select((v, k) => Math.Abs(v / (s_rates[k] / (2 - s_rates[k])) - 1)).Max()),
                Claim.AtMost(ClaimSource.Paper, "no divergence while η < 2: largest loss of the picture's run before, over the variance",
                    100, losses[..before].Max() / new QuadraticSgd(points, 0, 0).Variance),
                Claim.AtLeast(ClaimSource.Paper, "divergence past 2: last loss over the largest before", 10,
                    losses[^1] / losses[..before].Max()),
            ],
            Pictures =
            [
                new("oscillation", new()
                {
                    Title = "x under a rising step size", X = new("step"), Y = new("x", Min: -12, Max: 12),
                        Series = [new LineSeries("x", times, xs)],
                    Thresholds = [.. Changes(times.Length)],
                }),
                new("loss", new() { Title = "Loss", X = new("step"), Y = Axis.Log("L(x)"), Series = [new LineSeries("L", times, losses)],
                    Thresholds = [.. Changes(times.Length)] }),
                new("interaction", new()
                {
                    Title = "GNI (mean over a moving window)", X = new("step"), Y = Axis.Log("GNI"),
                    Series = [new LineSeries("GNI", times, along),
                        new LineSeries("2/η", times, [.. eta.Select(e => 2 / e)]) { Ink = true, Stroke = Stroke.Dashed }],
                    Thresholds = [.. Changes(times.Length)],
                }),
            ],
            Tables =
            [
                Table.Of("stationary", ("learning_rate", s_rates), ("interaction", interaction),
                    ("two_over_learning_rate", [.. s_rates.Select(e => 2 / e)]), ("variance_over_points", variance)),
                Table.Of("run", ("step", times), ("learning_rate", eta), ("x", xs), ("loss", losses), ("interaction", along)),
            ],
        };
    }

    private static double Worst(double[] interaction) => interaction.Select((value, k) => Math.Abs(value * s_rates[k] / 2 - 1)).Max();

    private static IEnumerable<Threshold> Changes(int steps)
        => s_schedule.Select((eta, k) => new Threshold(FormattableString.Invariant($"η = {eta}"), (double)k * steps / s_schedule.Length,
            Vertical: true)).Skip(1);

    /// <summary>One run through all step sizes.</summary>
    private static (double[] Times, double[] Losses, double[] Xs, double[] Interaction) Schedule(double[] points, FigureRun run)
    {
        const int each = 400, window = 200;
        int steps = each * s_schedule.Length;
        QuadraticSgd sgd = new(points, run.Seed, 99);
        double[] losses = new double[steps], xs = new double[steps], noisy = new double[steps], full = new double[steps],
            along = new double[steps];
        for (int t = 0; t < steps; t++)
        {
            (losses[t], xs[t], noisy[t], full[t]) = (sgd.Loss, sgd.X, sgd.Noisy, sgd.Full);
            // Only of this step size's steps.
            int first = Math.Max(t / each * each, t - window + 1);
            along[t] = noisy[first..(t + 1)].Sum() / full[first..(t + 1)].Sum();
            sgd.Step(s_schedule[t / each]);
        }

        return ([.. Enumerable.Range(0, steps).Select(t => (double)t)], losses, xs, along);
    }
}
