using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper003;

/// <summary>Figure 1: where SGD diverges over coherence and batch size, at two learning rates.</summary>
internal sealed class Figure1 : Figure
{
    private const int N = DivergenceMap.Examples;
    private static readonly double[] s_rates = [0.8, 0.5];

    public override string Paper => "003";

    public override string Name => "F1";

    public override string Title => "Divergence over coherence and batch size";

    public override string Summary =>
        "n = 100, the set of Theorem 2's proof with λ₁ = 2, at η = 0.8 and 0.5: runs (five a point, without replacement, up to 1000 steps, a thousandfold either way) " +
        "diverge below Theorem 1's line and not above Theorem 2's. Beyond the paper: the exact mean-square edge η*(b), and the line where the Lyapunov exponent is 0.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 5, 40);

    private static int[] Grid(Effort effort) => effort switch
    {
        Effort.Coarse => [2, 5, 10, 20, 30, 50, 70, 90],
        Effort.Quick => [.. Crossing.LogRange(1, 99, 44).Select(x => (int)Math.Round(x)).Distinct()],
        _ => [.. Enumerable.Range(1, 99)],
    };

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
    {
        int[] grid = Grid(effort);
        return [("n", $"{N}"), ("η", "0.8, 0.5"), ("σ and b", $"{grid[0]} to {grid[^1]}, {grid.Length} values each"),
            ("runs a point", $"{DivergenceMap.Runs}"), ("steps", $"{DivergenceMap.Steps}")];
    }

    public override FigureResult Compute(FigureRun run)
    {
        int[] grid = Grid(run.Effort);
        int points = grid.Length * grid.Length;
        DivergenceMap[] maps = [new(points), new(points)];
        double[] bernoulli = new double[points];
        FunctionSpace[] spaces = Array.ConvertAll(grid, sigma => CoherentSgd.Space(N, sigma));
        // A row of both maps is a part. A point's set and edge are the same for both learning rates.
        double[][] rows = run.Library(() => run.Parts("row", grid.Length, row
            => [.. grid.SelectMany((sigma, column) => Measure(run, spaces[column], sigma, grid[row], (ulong)(row * grid.Length + column)))]));
        foreach ((int at, double[] point) in rows.SelectMany(row => row.Chunk(2 + 3 * maps.Length)).Index())
        {
            bernoulli[at] = point[1];
            for (int k = 0; k < maps.Length; k++)
                maps[k].Set(at, grid[at % grid.Length], grid[at / grid.Length], s_rates[k], point[0], point.AsSpan(2 + 3 * k, 3));
        }

        List<Claim> claims = [];
        for (int k = 0; k < maps.Length; k++)
            claims.AddRange(maps[k].Claims().Select(claim
                => claim with { Statement = FormattableString.Invariant($"η = {s_rates[k]}: {claim.Statement}") }));
        claims.Add(Claim.AtMost(
            ClaimSource.Exact, "Theorem 1's line lies beyond the exact Bernoulli edge everywhere: largest η* over the line's η", 1 + 1e-6,
            bernoulli.Select((edge, at) => edge / Math.Min(2 / CoherentSgd.LargestEigenvalue,
                DivergenceMap.Theorem1(maps[0].Sigma[at], maps[0].BatchSize[at]))).Max()));
        claims.Add(Claim.AtMost(
            ClaimSource.Exact, "Theorem 2's line lies within the exact Bernoulli edge where it is the proof's set: largest line's η over η*", 1 + 1e-6,
            bernoulli.Select((edge, at) => Math.Min(DivergenceMap.Theorem2(maps[0].Sigma[at], maps[0].BatchSize[at]),
                SingleEdge(maps[0].Sigma[at], maps[0].BatchSize[at])) / edge).Max()));
        return new()
        {
            Claims = claims,
            Pictures = [.. maps.Select((map, k)
                => new Picture(FormattableString.Invariant($"map-{10 * s_rates[k]:00}"), Draw(map, grid, s_rates[k])))],
            Tables = [.. maps.Select((map, k) => map.ToTable(FormattableString.Invariant($"map-{10 * s_rates[k]:00}")))],
        };
    }

    /// <summary>The edges of a point without replacement and Bernoulli, and what is measured there for each learning rate.</summary>
    private static double[] Measure(FigureRun run, FunctionSpace space, int sigma, int b, ulong point) =>
    [
        CoherentSgd.Edge(space, b, BatchScheme.WithoutReplacement), CoherentSgd.Edge(space, b, BatchScheme.Bernoulli),
        .. DivergenceMap.Measure(space, sigma, b, s_rates, run, point),
    ];

    /// <summary>The Bernoulli edge of the coordinates that are one example's alone, which Theorem 2's own set does not have: 2 / (m /
    /// b).</summary>
    private static double SingleEdge(int sigma, int b) => b * sigma / (double)N;

    private static Chart Draw(DivergenceMap map, int[] grid, double eta)
    {
        double[] axis = [.. grid.Select(x => (double)x)], edges = HeatMap.Edges(axis, AxisScale.Log),
            sigmas = Crossing.LogRange(1, 99, 200);
        // Theorem 1: sigma = eta lambda_1 sqrt(n/b - 1); both solved for b.
        double[] one = [.. sigmas.Select(sigma => N / (1 + Math.Pow(sigma / (eta * CoherentSgd.LargestEigenvalue), 2)))];
        double[] two = [.. sigmas.Select(sigma => N / (1 + 2 * sigma / (eta * CoherentSgd.LargestEigenvalue) - sigma))];
        int n = grid.Length;
        double[] exact = FirstStable(axis, (column, row) => Math.Log(map.Edge[row * n + column] / eta)),
            typical = FirstStable(axis, (column, row) => -map.Lyapunov[row * n + column]);
        return new()
        {
            Title = FormattableString.Invariant($"Share of divergent runs, η = {eta}"), X = Axis.Log("coherence σ", edges[0], edges[^1]),
                Y = Axis.Log("batch size b", edges[0], edges[^1]),
            Series =
            [
                new HeatMap("share of runs that diverge", edges, edges, map.Divergent, 0, 1),
                new LineSeries("Theorem 1", sigmas, one) { Ink = true },
                new LineSeries("Theorem 2", sigmas, [.. two.Select(b => b > 0 ? b : double.NaN)]) { Ink = true, Stroke = Stroke.Dashed },
                new LineSeries("exact edge η* = η", axis, exact) { Color = 2 },
                new LineSeries("Lyapunov exponent 0", axis, typical) { Color = 4, Stroke = Stroke.Dotted },
            ],
            Height = 440,
        };
    }

    /// <summary>For each column the b at which a margin of stability turns positive for good, between two rows by a straight line in the
    /// logarithm of b.</summary>
    private static double[] FirstStable(double[] axis, Func<int, int, double> margin)
    {
        double[] at = new double[axis.Length];
        for (int column = 0; column < axis.Length; column++)
        {
            int row = axis.Length - 1;
            while (row >= 0 && margin(column, row) >= 0) row--;
            if (row < 0 || row == axis.Length - 1) at[column] = double.NaN;
            else
            {
                double low = margin(column, row), high = margin(column, row + 1);
                double share = double.IsFinite(high) ? Math.Clamp(-low / (high - low), 0, 1) : 0.5;
                at[column] = axis[row] * Math.Pow(axis[row + 1] / axis[row], share);
            }
        }

        return at;
    }
}
