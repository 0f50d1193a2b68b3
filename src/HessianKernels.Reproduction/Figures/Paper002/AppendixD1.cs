using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Appendix D.1: two points, and the variance eta / (2 - eta).</summary>
internal sealed class AppendixD1 : Figure
{
    public override string Paper => "002";

    public override string Name => "D.1";

    public override string Title => "Stationary variance on two points";

    public override string Summary =>
        "L(x) = ¼(x − 1)² + ¼(x + 1)², batches of one: the stationary variance is η/(2 − η) for 0 < η < 2, a random walk at 2, divergence past it; " +
        "another η only changes the amplitude, without a catapult.";

    public override double Weight(Effort effort) => 0.3;

    private static int Steps(Effort effort) => FigureRun.Of(effort, 200_000, 1_000_000, 10_000_000);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("points", "1, −1"), ("η", "0.1 to 1.95, 14 values"), ("steps an η", $"{Steps(effort)}")];

    public override FigureResult Compute(FigureRun run)
    {
        double[] points = [1, -1], rates = [.. Crossing.Range(0.1, 1.9, 13), 1.95],
            theory = Array.ConvertAll(rates, eta => eta / (2 - eta));
        double[] bins = new double[20_000];
        double[] variance =
        [
            .. run.Parts("rate", rates.Length, k =>
            {
                QuadraticSgd sgd = new(points, run.Seed, 20 + (ulong)k);
                for (int t = 0; t < 1000; t++) sgd.Step(rates[k]);
                return [sgd.Sums(rates[k], Steps(run.Effort), run.Cancellation).Full / Steps(run.Effort)];
            }, 0, 0.9).Select(of => of[0]),
        ];
        QuadraticSgd one = new(points, run.Seed, 50);
        for (int t = 0; t < bins.Length; t++)
        {
            one.Step(1.2);
            bins[t] = one.X;
        }

        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "variance η/(2 − η): largest relative deviation", 0.05,
                    variance.Zip(theory, (v, t) => Math.Abs(v / t - 1)).Max()),
                Claim.Near(ClaimSource.Paper, "no catapult when η changes below 2: largest |x| in 5000 steps after the change from 0.5 to 1.5 over that of the next 5000", 1, 0.5, Catapult(run)),
                Claim.Near(ClaimSource.Paper, "a random walk at η = 2: mean of x² after 1000 steps over 1000 η²", 1, 0.25,
                    Walk(run, 2, 1000) / 4000),
                Claim.AtLeast(ClaimSource.Paper, "divergence past it: mean of x² after 1000 steps at η = 2.05", 1e20,
                    Walk(run, 2.05, 1000)),
            ],
            Pictures =
            [
                new("variance", new()
                {
                    Title = "Stationary variance", X = new("learning rate η", Min: 0, Max: 2.1), Y = Axis.Log("E x²"),
                    Series = [new LineSeries("η/(2 − η)", rates, theory),
                        new ScatterSeries("measured", rates, variance) { Color = 1, Size = 4 }],
                    Thresholds = [new("η = 2", 2, Vertical: true)],
                }),
                new("distribution", new() { Title = "Distribution of x at η = 1.2", X = new("x"), Y = new("steps of 20 000", Min: 0),
                    Series = [Histogram.Of("x", bins, 60)] }),
            ],
            Tables = [Table.Of("variance", ("learning_rate", rates), ("measured", variance), ("theory", theory))],
        };
    }

    /// <summary>The largest |x| of a run at 1.5 that begins where one at 0.5 ended, over that of a run that has long been at 1.5.</summary>
    private static double Catapult(FigureRun run)
    {
        QuadraticSgd sgd = new([1, -1], run.Seed, 60);
        for (int t = 0; t < 2000; t++) sgd.Step(0.5);
        double[] largest = new double[2];
        for (int part = 0; part < 2; part++)
        {
            for (int t = 0; t < 5000; t++)
            {
                sgd.Step(1.5);
                largest[part] = Math.Max(largest[part], Math.Abs(sgd.X));
            }
        }

        return largest[0] / largest[1];
    }

    private static double Walk(FigureRun run, double learningRate, int steps)
    {
        const int paths = 2000;
        double[] squares = new double[paths];
        run.Parallel(paths, p =>
        {
            QuadraticSgd sgd = new([1, -1], run.Seed, 10_000 + (ulong)p);
            for (int t = 0; t < steps; t++) sgd.Step(learningRate);
            squares[p] = sgd.X * sgd.X;
        });
        return squares.Average();
    }
}
