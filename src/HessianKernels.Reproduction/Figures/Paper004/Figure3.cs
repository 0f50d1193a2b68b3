using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 3: loss and sharpness along the gradient at some moments of an instability.</summary>
internal sealed class Figure3 : FashionFigure
{
    private const int Snapshots = 6;

    public override string Name => "F3";

    public override string Title => "The landscape along the gradient through a cycle of instability";

    public override string Summary =>
        "The largest instability of figure 2, from one calm to the next: loss and sharpness along the line of the gradient, at " +
        "six moments, over the same distances. Claimed: growing parameters explore the peripheries of the valley, where loss " +
        "and sharpness are higher, until a region is found whose sharpness is flatter; then descent is stable again.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 3, 700);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [.. base.Parameters(effort), ("moments", $"{Snapshots}"), ("places of a line", $"{Places(effort)}")];

    public override FigureResult Compute(FigureRun run)
    {
        DescentPath path = DescentPath.Of(run, 0.6);
        Instability one = LandscapeCycle.Of(path);
        LandscapeCut[] cuts = LandscapeCut.Along(run, path, Moments(path, one), Places(run.Effort), 0.6);
        LandscapeCut start = cuts[0], peak = cuts.First(cut => cut.Step == one.Peak), calm = cuts[^1];
        double high = Enumerable.Range(one.Start, one.End + 1 - one.Start).Max(step => DescentPath.Meant(path.Sharpness, step));
        double low = Enumerable.Range(one.Peak, one.End + 1 - one.Peak).Min(step => DescentPath.Meant(path.Sharpness, step));
        return new()
        {
            Claims =
            [
                Claim.AtLeast(ClaimSource.Paper,
                    "the cycle leaves stability: highest S over 2/η", 1, high / path.Edge).Because("the run has no true instability"),
                Claim.AtMost(ClaimSource.Paper,
                    "and comes back: lowest S after it over 2/η", 1, low / path.Edge).Because("other directions are sharp by then"),
                Claim.Rising(ClaimSource.Paper,
                    "the parameters get to the peripheries: distance from the line's lowest loss, at the start and at the peak",
                    Math.Abs(start.Floor), Math.Abs(peak.Floor)).Because("the floor is known to one place of the line only"),
                Claim.Rising(ClaimSource.Paper,
                    "where the loss is higher: its height over the line's lowest, at the start and at the peak",
                    start.Height, peak.Height).Because("the floor is known to one place of the line only"),
                Claim.Rising(ClaimSource.Paper,
                    "a flatter region is found: sharpness, in the mean over the line, at the end and at the peak",
                    calm.Sharpness.Average(), peak.Sharpness.Average())
                    .Because("the mean over the line is ruled by its ends, far from all parameters"),
                Claim.Rising(ClaimSource.Paper,
                    "and a flatter S: its curvature over the line, at the end and at the peak", calm.SharpnessCurvature,
                    peak.SharpnessCurvature)
                    .Because("at the peak the line reaches far up one side only, where S no longer rises as a parabola"),
            ],
            Pictures =
            [
                new("loss", Lines("Loss along the gradient", Axis.Log("loss L"), cuts, cut => cut.Loss, [])),
                new("sharpness", Lines("Sharpness along the gradient", new("sharpness S = λ₁(H)"), cuts, cut => cut.Sharpness,
                    [new($"2/η = {Claim.Text(path.Edge)}", path.Edge)])),
                .. LandscapeCycle.Run(path),
            ],
            Tables =
            [
                LandscapeCycle.Table(cuts),
                LandscapeCycle.Places("moments", cuts, ("loss", [.. cuts.Select(cut => path.Loss[cut.Step])]),
                    ("sharpness", [.. cuts.Select(cut => path.Sharpness[cut.Step])])),
            ],
        };
    }

    private static int Places(Effort effort) => FigureRun.Of(effort, 11, 31, 61);

    /// <summary>From calm to calm, with the peak among them.</summary>
    private static int[] Moments(DescentPath path, Instability one)
    {
        int half = Snapshots / 2, last = Math.Min(one.End, path.Points.Count - 2);
        return
        [
            .. Enumerable.Range(0, half).Select(i => one.Start + i * (one.Peak - one.Start) / half), one.Peak,
            .. Enumerable.Range(1, half - 1).Select(i => one.Peak + i * (last - one.Peak) / (half - 1)),
        ];
    }

    private static Chart Lines(string title, Axis y, LandscapeCut[] cuts, Func<LandscapeCut, double[]> of, Threshold[] thresholds) => new()
    {
        Title = title, X = new("distance across the valley"), Y = y,
        Series =
        [
            .. cuts.Select((cut, i) => new LineSeries($"step {cut.Step}", cut.Distances, of(cut)) { Color = i }),
            // From the parameters, in the middle, to those of the next step.
            .. cuts.Select((cut, i) => new ScatterSeries("", [cut.Next], [At(cut, of(cut), cut.Next)]) { Color = i, Size = 4 }),
        ],
        Thresholds = [.. thresholds, new("parameters", 0, true)],
    };

    /// <summary>Between two places of a cut, by the straight line.</summary>
    private static double At(LandscapeCut cut, double[] values, double distance)
    {
        double place = (distance - cut.Distances[0]) / (cut.Distances[1] - cut.Distances[0]);
        int below = Math.Clamp((int)place, 0, values.Length - 2);
        return values[below] + (place - below) * (values[below + 1] - values[below]);
    }
}
