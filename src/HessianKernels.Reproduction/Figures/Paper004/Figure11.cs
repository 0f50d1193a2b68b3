using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 11: loss and sharpness along the gradient at every step of an instability.</summary>
internal sealed class Figure11 : FashionFigure
{
    public override string Name => "F11";

    public override string Title => "The landscape along the gradient at every step of a cycle";

    public override string Summary =>
        "Figure 3 at every step of its instability, as maps over step and distance along the gradient: loss and sharpness, with " +
        "the parameters in the middle, and those of the step before and after. Claimed: descent jumps from one side of the " +
        "valley to the other, and the farther it gets the higher are loss and sharpness at the parameters.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 3, 900);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [.. base.Parameters(effort), ("places of a line", $"{Places(effort)}")];

    public override FigureResult Compute(FigureRun run)
    {
        DescentPath path = DescentPath.Of(run, 0.4);
        Instability one = LandscapeCycle.Of(path);
        int end = Math.Min(one.End, path.Points.Count - 2), stride = run.Effort == Effort.Coarse ? 4 : 1;
        int[] steps = [.. Enumerable.Range(one.Start, end + 1 - one.Start).Where(step => (step - one.Start) % stride == 0)];
        LandscapeCut[] cuts = LandscapeCut.Along(run, path, steps, Places(run.Effort), 0.4);
        double[] away = [.. cuts.Select(cut => Math.Abs(cut.Floor))];
        return new()
        {
            Claims =
            [
                Claim.AtLeast(ClaimSource.Paper,
                    "descent jumps over the floor of the valley: share of steps with the parameters before and after on its other side",
                    0.8, cuts.Average(cut => cut.Jumps ? 1.0 : 0))
                    .Because("at the calm ends of the cycle descent creeps along the valley and does not jump over its floor"),
                Claim.AtLeast(ClaimSource.Paper,
                    "farther from it the loss is higher: rank correlation of distance and height over the floor", 0.5,
                    RankCorrelation.Of(away, [.. cuts.Select(cut => cut.Height)]))
                    .Because("the floor is known to one place of the line only"),
                Claim.AtLeast(ClaimSource.Paper, "and so is the sharpness: rank correlation of distance and S, meant over two steps", 0.5,
                    RankCorrelation.Of(away, [.. cuts.Select(cut => DescentPath.Meant(path.Sharpness, cut.Step))]))
                    .Because("S is highest some steps before the oscillation is largest: while it falls, the parameters are farthest out"),
            ],
            Pictures =
            [
                new("loss", Map("Loss along the gradient", "log₁₀ L", cuts, cut => cut.Loss.Select(Math.Log10))),
                new("sharpness", Map(
                    "Sharpness along the gradient over 2/η", "log₂ of S / (2/η)", cuts, cut => cut.Sharpness.Select(s => Math.Log2(s / path.Edge)))),
                .. LandscapeCycle.Run(path),
            ],
            Tables =
            [
                LandscapeCycle.Table(cuts),
                LandscapeCycle.Places("steps", cuts),
            ],
        };
    }

    private static int Places(Effort effort) => FigureRun.Of(effort, 9, 21, 41);

    private static Chart Map(string title, string name, LandscapeCut[] cuts, Func<LandscapeCut, IEnumerable<double>> of)
    {
        double[] steps = [.. cuts.Select(cut => (double)cut.Step)];
        double[][] columns = [.. cuts.Select(cut => of(cut).ToArray())];
        double[] values = [.. Enumerable.Range(0, columns[0].Length).SelectMany(place => columns.Select(column => column[place]))];
        return new()
        {
            Title = title, X = new("step"), Y = new("distance across the valley"),
            Series =
            [
                new HeatMap(name, HeatMap.Edges(steps), HeatMap.Edges(cuts[0].Distances), values, values.Min(), values.Max()),
                new LineSeries("floor of the line", steps, [.. cuts.Select(cut => cut.Floor)]) { Ink = true },
                new LineSeries("next parameters", steps, [.. cuts.Select(cut => cut.Next)]) { Ink = true, Stroke = Stroke.Dashed },
                new LineSeries("parameters before", steps, [.. cuts.Select(cut => cut.Before)]) { Ink = true, Stroke = Stroke.Dotted },
            ],
        };
    }
}
