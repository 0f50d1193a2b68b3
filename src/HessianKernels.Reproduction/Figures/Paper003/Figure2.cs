using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper003;

/// <summary>Figure 2: where SGD diverges over learning rate and batch size, at sigma = 5.</summary>
internal sealed class Figure2 : Figure
{
    private const int N = DivergenceMap.Examples, Sigma = 5;

    public override string Paper => "003";

    public override string Name => "F2";

    public override string Title => "Divergence over learning rate and batch size";

    public override string Summary =>
        "n = 100, σ = 5, λ₁ = 2: runs over (η, b), with the lines of both theorems, on a logarithmic and a linear axis; the boundary is expected to be roughly linear " +
        "between b and η². Beyond the paper: the exact edge and the line where the Lyapunov exponent is 0.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 2, 5);

    private static (int[] B, double[] Rates) Grid(Effort effort) => (
        effort == Effort.Coarse ? [2, 5, 10, 20, 40, 60, 80]
            : [.. Enumerable.Range(1, FigureRun.Of(effort, 7, 32, 49)).Select(k => k * FigureRun.Of(effort, 1, 3, 2))],
        Crossing.LogRange(0.05, 1, FigureRun.Of(effort, 8, 32, 48)));

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
    {
        (int[] b, double[] rates) = Grid(effort);
        return [("n", $"{N}"), ("σ", $"{Sigma}"), ("η", $"0.05 to 1, {rates.Length} values"),
            ("b", $"{b[0]} to {b[^1]}, {b.Length} values"), ("runs a point", $"{DivergenceMap.Runs}"), ("steps", $"{DivergenceMap.Steps}")];
    }

    public override FigureResult Compute(FigureRun run)
    {
        (int[] sizes, double[] rates) = Grid(run.Effort);
        DivergenceMap map = new(sizes.Length * rates.Length);
        FunctionSpace space = CoherentSgd.Space(N, Sigma);
        double[][] rows = run.Library(() => run.Parts("row", sizes.Length, row => Row(run, space, sizes[row], rates, (ulong)row)));
        double[] edges = [.. rows.Select(row => row[0])], typical = [.. rows.Select(row => row[1])];
        for (int row = 0; row < sizes.Length; row++)
            for (int k = 0; k < rates.Length; k++)
                map.Set(row * rates.Length + k, Sigma, sizes[row], rates[k], edges[row], rows[row].AsSpan(2 + 3 * k, 3));

        double[] b = [.. sizes.Select(size => (double)size)];
        return new()
        {
            Claims =
            [
                .. map.Claims(),
                Claim.AtLeast(ClaimSource.Paper,
                    "the boundary of the runs is roughly linear between b and η²: R² of a line through its points, η ≤ 1", 0.95,
                    Linearity(b, typical)),
            ],
            Pictures = [new("log", Draw(map, b, rates, edges, typical, AxisScale.Log)),
                new("square", Draw(map, b, rates, edges, typical, AxisScale.Linear))],
            Tables = [map.ToTable("map"), Table.Of("lines", ("batch_size", b), ("edge_without_replacement", edges),
                ("lyapunov_zero", typical))],
        };
    }

    /// <summary>A batch size's edge, the learning rate at which its Lyapunov exponent is 0, and what is measured at each learning
    /// rate.</summary>
    private static double[] Row(FigureRun run, FunctionSpace space, int b, double[] rates, ulong number)
    {
        double edge = CoherentSgd.Edge(space, b, BatchScheme.WithoutReplacement);
        double typical = Crossing.Of(eta => CoherentSgd.Lyapunov(N, Sigma, b, eta).Exponent, 0, edge * 0.999, 20 * edge, 1e-6);
        return [edge, typical, .. DivergenceMap.Measure(space, Sigma, b, rates, run, number)];
    }

    /// <summary>The squared correlation of b and eta^2 along a boundary.</summary>
    private static double Linearity(double[] b, double[] boundary)
    {
        (double X, double Y)[] points = [.. boundary.Zip(b, (eta, size) => (eta * eta, size)).Where(point => point.Item1 <= 1)];
        double x = points.Average(p => p.X), y = points.Average(p => p.Y);
        double xy = points.Sum(p => (p.X - x) * (p.Y - y)), xx = points.Sum(p => (p.X - x) * (p.X - x)),
            yy = points.Sum(p => (p.Y - y) * (p.Y - y));
        return xy * xy / (xx * yy);
    }

    /// <summary>Over eta on a logarithmic axis, or over eta squared on a linear one.</summary>
    private static Chart Draw(DivergenceMap map, double[] b, double[] rates, double[] edges, double[] typical, AxisScale scale)
    {
        bool square = scale == AxisScale.Linear;
        double[] Place(double[] eta) => Array.ConvertAll(eta, x => square ? x * x : x);
        double[] rateEdges = Place(HeatMap.Edges(rates, AxisScale.Log)), sizeEdges = HeatMap.Edges(b), fine = Crossing.Range(1, 99, 197);
        return new()
        {
            Title = $"Share of divergent runs, σ = {Sigma}", X = new(square ? "η²" : "learning rate η", scale, rateEdges[0], rateEdges[^1]),
                Y = new("batch size b", Min: sizeEdges[0], Max: sizeEdges[^1]),
            Series =
            [
                new HeatMap("share of runs that diverge", rateEdges, sizeEdges, map.Divergent, 0, 1),
                new LineSeries("Theorem 1", Place([.. fine.Select(x => DivergenceMap.Theorem1(Sigma, x))]), fine) { Ink = true },
                new LineSeries("Theorem 2", Place([.. fine.Select(x => DivergenceMap.Theorem2(Sigma, x))]), fine) { Ink = true,
                    Stroke = Stroke.Dashed },
                new LineSeries("exact edge η*(b)", Place(edges), b) { Color = 2 },
                new LineSeries("Lyapunov exponent 0", Place(typical), b) { Color = 4, Stroke = Stroke.Dotted },
            ],
            Height = 440,
        };
    }
}
