using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Figure 2: the largest eigenvalue of the quadratic regression model over time, for several batch sizes.</summary>
internal sealed class Figure2 : Figure
{
    private static readonly string[] s_curvatures = ["V(σ) = 1", "V(σ) ∝ σ"];

    public override string Paper => "000";

    public override string Name => "F2";

    public override string Title => "Sharpening in the quadratic regression model";

    public override string Summary =>
        "The largest eigenvalue of the NTK of a random quadratic regression model at one learning rate: smaller batches sharpen faster at " +
        "first and saturate sooner; the difference is larger where the model curvature Q has more weight in the larger eigenmodes.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 2, 60);

    private static (int D, int P, int Seeds, int Steps, double Share) Sizes(Effort effort)
        => (FigureRun.Of(effort, 20, 40, 80), FigureRun.Of(effort, 30, 60, 120), FigureRun.Of(effort, 8, 30, 100),
            FigureRun.Of(effort, 30, 40, 60), 0.1);

    private static int[] Batches(int d) => [d / 10, d / 5, d / 2, d];

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
    {
        (int d, int p, int seeds, int steps, double share) = Sizes(effort);
        return
        [
            ("D", $"{d}"), ("P", $"{p}"), ("seeds", $"{seeds}"), ("steps", $"{steps}"), ("B", string.Join(", ", Batches(d))),
            ("η", FormattableString.Invariant($"{share} · 2 / λmax of the first NTK's limit")),
            ("z at first", "deviation 0.3"),
        ];
    }

    public override FigureResult Compute(FigureRun run)
    {
        (int d, int p, int seeds, int steps, double share) = Sizes(run.Effort);
        int[] batches = Batches(d);
        // The largest eigenvalue of a Gaussian J J^T / D lies near (1 + sqrt(P / D))^2.
        double eta = share * 2 / Math.Pow(1 + Math.Sqrt((double)p / d), 2);
        List<Picture> pictures = [];
        List<(string Word, Table Rows)> tables = [];
        double[][][] rise = new double[2][][];
        double[] times = [.. Enumerable.Range(0, steps + 1).Select(t => (double)t)];
        for (int shaped = 0; shaped < 2; shaped++)
        {
            bool heavy = shaped == 1;
            string name = heavy ? "shaped" : "flat";
            double[][][] of =
            [
                .. run.Parts(
                    name, seeds, seed => OneSeed(d, p, heavy, run, (ulong)seed, batches, eta, steps), shaped / 2.0, (shaped + 1) / 2.0)
                    .Select(part => part.Chunk(steps + 1).ToArray()),
            ];
            rise[shaped] = [.. batches.Select((_, b) => times.Select((_, t) => of.Average(s => s[b][t] / s[b][0])).ToArray())];
            pictures.Add(new(name, new()
            {
                Title = $"Largest eigenvalue, {s_curvatures[shaped]}", X = new("step"), Y = new("λmax / λmax at the start"),
                Series = [.. batches.Select((b, k) => new LineSeries($"B = {b}", times, rise[shaped][k]))],
            }));
            tables.Add((name, Table.Of(
                "largest-eigenvalue", [("step", times), .. batches.Select((b, k) => ($"B{b}", (IReadOnlyList<double>)rise[shaped][k]))])));
        }

        int full = batches.Length - 1, early = Math.Max(2, steps / 10);
        double Early(int shaped, int k) => rise[shaped][k][early] - rise[shaped][k][0];
        // How much of all the rise is made early: more where it saturates sooner.
        double Saturation(int shaped, int k) => Early(shaped, k) / (rise[shaped][k].Max() - rise[shaped][k][0]);
        return new()
        {
            Claims =
            [
                Claim.Rising(ClaimSource.Paper, $"V = 1: the rise in the first {early} steps grows as B falls (from all to D/10)",
                    [.. Enumerable.Range(0, full + 1).Reverse().Select(k => Early(0, k))]),
                Claim.AtLeast(ClaimSource.Paper, "V = 1: small batches saturate sooner (early share of the rise, B = D/10 over B = D)", 1,
                    Saturation(0, 0) / Saturation(0, full)),
                Claim.AtLeast(
                    ClaimSource.Paper, "V ∝ σ amplifies the difference of the early rise between B = D/10 and B = D (quotient to V = 1)", 1,
                    (Early(1, 0) - Early(1, full)) / (Early(0, 0) - Early(0, full))),
            ],
            Pictures = pictures,
            Tables = [Table.Stack("curvature", tables)],
        };
    }

    /// <summary>The largest eigenvalue before and after every step, <c>[batch sizes, steps + 1]</c>.</summary>
    private static double[] OneSeed(int d, int p, bool shaped, FigureRun run, ulong seed, int[] batches, double eta, int steps)
    {
        QuadraticRegression model = new(d, p, shaped, run.Seed, seed);
        double[] curvature = new double[model.Rank * p * p];
        for (int a = 0; a < model.Rank; a++) model.Curvature(a, curvature.AsSpan(a * p * p, p * p));
        double[] eigenvalues = new double[batches.Length * (steps + 1)];
        for (int k = 0; k < batches.Length; k++)
        {
            RandomNumbers random = new(run.Seed, 1_000_000 + seed * 16 + (ulong)k);
            double[] jacobian = [.. model.Jacobian], z = Array.ConvertAll(model.Residuals, x => 0.3 * x), u = new double[p],
                row = new double[p];
            double[] top = new double[d], along = new double[model.Rank];
            int[] order = [.. Enumerable.Range(0, d)];
            Array.Fill(top, 1);
            for (int t = 0; ; t++)
            {
                run.Cancellation.ThrowIfCancellationRequested();
                eigenvalues[k * (steps + 1) + t] = Largest(jacobian, d, p);
                if (t == steps) break;
                random.Choose(batches[k], order);
                QuadraticRegression.Gradient(jacobian, z, order.AsSpan(0, batches[k]), u);
                double scale = eta / batches[k];
                // z before J: its step is made with the old J.
                for (int i = 0; i < d; i++) z[i] -= scale * QuadraticRegression.Dot(jacobian.AsSpan(i * p, p), u);
                for (int a = 0; a < model.Rank; a++)
                {
                    QuadraticRegression.Multiply(curvature.AsSpan(a * p * p, p * p), u, row);
                    along[a] = QuadraticRegression.Dot(row, u);
                    for (int i = 0; i < d; i++)
                    {
                        double weight = model.Left[a * d + i];
                        z[i] += scale * scale / 2 * weight * along[a];
                        QuadraticRegression.AddScaled(-scale * weight, row, jacobian.AsSpan(i * p, p));
                    }
                }
            }
        }

        return eigenvalues;
    }

    private static double Largest(double[] jacobian, int d, int p)
    {
        double[] gram = new double[d * d];
        for (int i = 0; i < d; i++)
            for (int j = 0; j <= i; j++)
                gram[i * d + j] = gram[j * d + i] = QuadraticRegression.Dot(jacobian.AsSpan(i * p, p), jacobian.AsSpan(j * p, p)) / d;
        return Lanczos.TopK<double>(gram, d, 1, new() { Tolerance = 1e-8, FindMultiplicity = false, Threads = 1 }).Eigenvalues[0];
    }
}
