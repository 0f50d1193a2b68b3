using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 8: rotations looked at every T-th step, T even and odd.</summary>
internal sealed class Figure8 : FashionFigure
{
    private static readonly int[] s_periods = [1, 2, 3, 4];

    // How far a similarity may come back between two looks and still be called smooth.
    private const double Smooth = 0.05;

    public override string Name => "F8";

    public override string Title => "Rotations are smooth for even periods only";

    public override string Summary =>
        "The instabilities of figure 2, with the subspace of the three sharpest eigenvectors compared with that of the " +
        "beginning every T-th step, T = 1 to 4. Descent jumps from one side of the valley to the other, and ReLU makes the " +
        "sides differ: claimed is that the turning is smooth where T is even, and is not where it is odd. Measured is by how " +
        "much the similarity comes back, at most, from one look to the next, up to the largest oscillation.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 3, 800);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [.. base.Parameters(effort), ("periods T", string.Join(", ", s_periods))];

    public override FigureResult Compute(FigureRun run)
    {
        DescentPath path = DescentPath.Of(run, 0.6);
        Rotation[] rotations = Rotation.Of(run, path);
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "even periods (2, 4): the similarity comes back by at most", Smooth,
                    Largest(Returns(rotations, even: true)))
                    .Because("an eigenvector that leaves the subspace may come back to it"),
                Claim.AtLeast(ClaimSource.Paper, "odd periods (1, 3): in every instability it comes back by at least", Smooth,
                    Least(Returns(rotations, even: false)))
                    .Because("in an instability of few steps, or one whose sides are much alike, every third step shows no return"),
            ],
            Pictures =
            [
                .. rotations.Select((r, i) => new Picture($"periods-{i + 1}", new Chart
                {
                    Title = $"Similarity of the subspace to step {r.Instability.Start}, every T-th step", X = new("step"),
                    Y = new("similarity", Min: 0, Max: 1.02),
                    Series = [.. s_periods.Select(T => new LineSeries($"T = {T}", r.Steps(T), r.Subspace(T))
                        { Stroke = T % 2 == 0 ? Stroke.Solid : Stroke.Dashed, Marked = T > 1 })],
                    Thresholds = Rotation.Marks(r.Instability),
                })),
                .. rotations.Select((r, i) => new Picture($"similarity-{i + 1}", r.Chart(period: 2))),
            ],
            Tables =
            [
                .. Table.StackAny("instability", [.. rotations.SelectMany(r => s_periods.Select(T => (r.Instability.Name, Table.Of(
                    "periods", ("period", [.. r.Steps(T).Select(_ => (double)T)]), ("step", r.Steps(T)), ("subspace", r.Subspace(T))))))]),
                DescentPictures.Table(path),
            ],
        };
    }

    private static IEnumerable<double> Returns(Rotation[] rotations, bool even)
        => rotations.SelectMany(r => s_periods.Where(T => T % 2 == 0 == even).Select(T => Return(r, T)));

    /// <summary>The largest rise from one look to the next, up to the peak.</summary>
    private static double Return(Rotation rotation, int period)
    {
        double[] similarity = rotation.Subspace(period)[..rotation.UpToPeak(period)];
        return similarity.Zip(similarity.Skip(1), (one, next) => Math.Max(0, next - one)).DefaultIfEmpty(0).Max();
    }
}
