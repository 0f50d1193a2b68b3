using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Figure 9: the discrete derivatives of the largest eigenvalue at the start, against 1/B.</summary>
internal sealed class Figure9 : Figure
{
    private static readonly string[] s_names = ["flat", "shaped"], s_labels = ["V(σ) = 1", "V(σ) ∝ σ"];

    public override string Paper => "000";

    public override string Name => "F9";

    public override string Title => "Discrete derivatives of the largest eigenvalue";

    public override string Summary =>
        "In the quadratic regression model Δ₁λ of the largest eigenvalue grows as 1/B with the slope of eq. 16, and Δ₂σ falls with that of " +
        "eq. 17; both more so where V(σ) ∝ σ. Averaged over models and batches; the second batch is averaged exactly, and every model is " +
        "taken with Q and −Q, which cancels what is odd in Q and has mean zero.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 60, 200);

    private static (int D, int P, int Seeds, int Draws) Sizes(Effort effort)
        => (FigureRun.Of(effort, 40, 100, 400), FigureRun.Of(effort, 60, 150, 600), FigureRun.Of(effort, 20, 200, 30),
            FigureRun.Of(effort, 8, 24, 6));

    private static int[] Batches(int d) => [1, 2, 5, d / 10, d / 4, d];

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
    {
        (int d, int p, int seeds, int draws) = Sizes(effort);
        return
        [
            ("D", $"{d}"), ("P", $"{p}"), ("models", $"{seeds}"), ("batches a model and size", $"{draws}"),
                ("B", string.Join(", ", Batches(d))),
            ("η", "0.5 D / σ₁² of the limit"), ("V_z", "1"),
        ];
    }

    public override FigureResult Compute(FigureRun run)
    {
        (int d, int p, int seeds, int draws) = Sizes(run.Effort);
        int[] batches = Batches(d);
        double[] inverse = Array.ConvertAll(batches, b => 1.0 / b);
        double eta = 0.5 * d / Math.Pow(Math.Sqrt(d) + Math.Sqrt(p), 2);
        List<Claim> claims = [];
        List<Table> tables = [];
        double[][] first = new double[2][], second = new double[2][];
        double[][] lines = new double[2][];
        for (int shaped = 0; shaped < 2; shaped++)
        {
            bool heavy = shaped == 1;
            double[][] parts = run.Parts(s_names[shaped], seeds, seed =>
            {
                QuadraticRegression model = new(d, p, heavy, run.Seed, (ulong)seed);
                double v = model.Variance(0) * p, sigma = model.Sigma[0];
                return [eta * eta * v * model.Trace, -Math.Pow(eta * sigma, 3) * v / ((double)d * d),
                    .. OneModel(model, run, (ulong)seed, batches, eta, draws)];
            }, shaped / 2.0, (shaped + 1) / 2.0);
            double[][] predicted = [.. parts.Select(part => part[..2])], of = [.. parts.Select(part => part[2..])];

            // The slope of each model against 1/B: models are independent, batch sizes of one are not.
            (double Slope, double Error)[] slopes = [Slope(of, 0, inverse), Slope(of, 1, inverse)];
            double[] expected = [predicted.Average(x => x[0]), predicted.Average(x => x[1])];
            string[] what = ["Δ₁λ: slope against 1/B over eq. 16", "Δ₂σ: slope against 1/B over eq. 17"];
            for (int k = 0; k < 2; k++)
            {
                double error = Math.Abs(slopes[k].Error / expected[k]);
                claims.Add(Claim.Near(
                    ClaimSource.Paper, $"{s_labels[shaped]}: {what[k]} (tolerance: three standard errors)", 1, 3 * error,
                        slopes[k].Slope / expected[k]));
            }

            first[shaped] = Mean(of, 0, batches.Length);
            second[shaped] = Mean(of, 1, batches.Length);
            lines[shaped] = expected;
            tables.Add(Table.Of(s_names[shaped], ("batch_size", [.. batches.Select(b => (double)b)]), ("delta1_lambda", first[shaped]),
                ("delta2_sigma", second[shaped])));
        }

        claims.Add(Claim.Rising(ClaimSource.Paper, "Δ₁λ grows as B falls (V = 1, B from D to 1)", [.. first[0].Reverse()]));
        claims.Add(Claim.AtLeast(ClaimSource.Paper, "shaped Q: the rise of Δ₁λ from B = D to 1 is steeper (quotient to flat)", 1,
            (first[1][0] - first[1][^1]) / (first[0][0] - first[0][^1])));
        claims.Add(Claim.AtLeast(ClaimSource.Paper, "shaped Q: the fall of Δ₂σ from B = D to 1 is steeper (quotient to flat)", 1,
            (second[1][0] - second[1][^1]) / (second[0][0] - second[0][^1])));
        return new()
        {
            Claims = claims,
            Pictures =
            [
                new("delta1", Draw("First discrete derivative of λ", "Δ₁λ", first, lines, 0, inverse)),
                new("delta2", Draw("Second discrete derivative of σ", "Δ₂σ", second, lines, 1, inverse)),
            ],
            Tables = tables,
        };
    }

    private static Chart Draw(string title, string y, double[][] measured, double[][] slopes, int which, double[] inverse)
    {
        // The theory's line begins at the full batch's value.
        double[] Theory(int shaped) => [.. inverse.Select(x => measured[shaped][^1] + slopes[shaped][which] * (x - inverse[^1]))];
        return new()
        {
            Title = title, X = new("1 / B"), Y = new(y),
            Series =
            [
                new LineSeries($"{s_labels[0]}, eq. {16 + which}", inverse, Theory(0)) { Stroke = Stroke.Dashed, Color = 0 },
                new LineSeries($"{s_labels[1]}, eq. {16 + which}", inverse, Theory(1)) { Stroke = Stroke.Dashed, Color = 1 },
                new ScatterSeries($"{s_labels[0]}, measured", inverse, measured[0]) { Color = 0, Size = 4 },
                new ScatterSeries($"{s_labels[1]}, measured", inverse, measured[1]) { Color = 1, Size = 4 },
            ],
        };
    }

    /// <summary>Both derivatives of one model for each batch size, averaged over batches: <c>[2, batch sizes]</c>.</summary>
    private static double[] OneModel(QuadraticRegression model, FigureRun run, ulong seed, int[] batches, double eta, int draws)
    {
        (int d, int p) = (model.Examples, model.Parameters);
        int all = batches.Length * draws;
        double[] v = new double[p], u = new double[all * p], pushed = new double[p], matrix = new double[p * p], top = new double[p * p];
        QuadraticRegression.Gradient(model.Jacobian, model.Left.AsSpan(0, d).ToArray(), [.. Enumerable.Range(0, d)], v);
        for (int j = 0; j < p; j++) v[j] /= model.Sigma[0];
        RandomNumbers random = new(run.Seed, 2_000_000 + seed);
        int[] order = [.. Enumerable.Range(0, d)];
        for (int at = 0; at < all; at++)
        {
            random.Choose(batches[at / draws], order);
            QuadraticRegression.Gradient(model.Jacobian, model.Residuals, order.AsSpan(0, batches[at / draws]), u.AsSpan(at * p, p));
        }

        // With J_1 = J + dJ and z_1 = z + a + q, where a = -(eta/B) J u and q = (eta/B)^2 Q(u, u) / 2, the mean over the second batch of
        // what
        // M_0 multiplies is (eta/D) J_1^T z_1. Under -Q all of M_0, dJ and q change sign: of the mean of both what is left is M_0 times
        // dJ^T (z + a) + J^T q.
        double[] odd = new double[all * p];
        double[][] linear = [.. Enumerable.Range(0, all).Select(_ => (double[])[.. model.Residuals])];
        double[][] bent = [.. Enumerable.Range(0, all).Select(_ => new double[d])];
        for (int at = 0; at < all; at++)
            for (int i = 0; i < d; i++)
                linear[at][i] -= eta / batches[at / draws] * QuadraticRegression.Dot(model.Jacobian.AsSpan(i * p, p), u.AsSpan(at * p, p));
        double[] firstImage = new double[all * p];
        for (int a = 0; a < model.Rank; a++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            model.Curvature(a, matrix);
            if (a == 0) matrix.CopyTo(top.AsSpan());
            ReadOnlySpan<double> w = model.Left.AsSpan(a * d, d);
            for (int at = 0; at < all; at++)
            {
                double scale = eta / batches[at / draws];
                Span<double> of = u.AsSpan(at * p, p);
                QuadraticRegression.Multiply(matrix, of, pushed);
                if (a == 0) pushed.CopyTo(firstImage.AsSpan(at * p, p));
                QuadraticRegression.AddScaled(scale * scale / 2 * QuadraticRegression.Dot(of, pushed), w, bent[at]);
                // dJ^T (z + a) = -(eta/B) sum_a M_a u (w_a . (z + a))
                QuadraticRegression.AddScaled(-scale * QuadraticRegression.Dot(w, linear[at]), pushed, odd.AsSpan(at * p, p));
            }
        }

        double[] result = new double[2 * batches.Length];
        double[] mean = new double[p];
        for (int at = 0; at < all; at++)
        {
            double scale = eta / batches[at / draws];
            ReadOnlySpan<double> image = firstImage.AsSpan(at * p, p);
            QuadraticRegression.Gradient(model.Jacobian, bent[at], [.. Enumerable.Range(0, d)], mean);
            QuadraticRegression.AddScaled(1, odd.AsSpan(at * p, p), mean);
            QuadraticRegression.Multiply(top, mean, pushed);
            // lambda_1 - lambda_0 = -2 (eta/B) J^T w . M u + (eta/B)^2 |M u|^2, of which the first is odd in Q.
            result[at / draws] += scale * scale * QuadraticRegression.Dot(image, image) / draws;
            // sigma_2 - 2 sigma_1 + sigma_0 = -(eta/D) v . M J_1^T z_1 + (eta/B) v . M u, of which the last is odd in Q.
            result[batches.Length + at / draws] -= eta / d * QuadraticRegression.Dot(v, pushed) / draws;
        }

        return result;
    }

    private static double[] Mean(double[][] of, int which, int sizes)
        => [.. Enumerable.Range(which * sizes, sizes).Select(at => of.Average(model => model[at]))];

    /// <summary>The mean over models of the least-squares slope against 1/B, and its standard error.</summary>
    private static (double Slope, double Error) Slope(double[][] of, int which, double[] x)
    {
        double mean = x.Average(), square = x.Sum(value => (value - mean) * (value - mean));
        double[] slopes = [.. of.Select(model => x.Select((value, b) => (value - mean) * model[which * x.Length + b]).Sum() / square)];
        double average = slopes.Average();
        return (average, Math.Sqrt(slopes.Sum(s => (s - average) * (s - average)) / (slopes.Length - 1) / slopes.Length));
    }
}
