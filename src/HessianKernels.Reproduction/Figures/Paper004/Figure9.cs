using HessianKernels.Networks.Curvature;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 9: the oscillation of the parameters divides stable from unstable phases; progressive sharpening does not drive them.</summary>
internal sealed class Figure9 : FashionFigure
{
    private const int Near = 2;

    public override string Name => "F9";

    public override string Title => "Oscillations, not progressive sharpening, drive instabilities";

    public override string Summary =>
        "Along the run of figure 2: the distance ‖θ − θ*‖ of the parameters from their mean over two steps, loss, sharpness, " +
        "and the progressive sharpening factor α = −∇L·∇S = −D³L[v, v, g] of the sharpest direction v. Claimed: loss and " +
        "sharpness are highest where the oscillation is largest, it grows while S > 2/η and shrinks below, and α is negative " +
        "for the most part, so that it is not what raises S.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 3, 800);

    public override FigureResult Compute(FigureRun run)
    {
        DescentPath path = DescentPath.Of(run, 0.6);
        double[][] factors = Factors(run, path);
        IReadOnlyList<Instability> all = path.Instabilities;
        double[] steps = path.Run.Record.Column("step"), inside = [.. factors.SelectMany(f => f)];
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "the sharpness is highest where the oscillation is largest: steps between (most)", Near,
                    all.Select(one => Math.Abs(HighestSharpness(path, one) - one.Peak)).DefaultIfEmpty(int.MaxValue).Max())
                    .Because(
                        "S falls as soon as a flatter place is reached, while what has grown must first shrink: it is " +
                        "highest some steps earlier"),
                Claim.AtMost(ClaimSource.Paper, "the loss is highest there, above its trend: steps between (most)", Near,
                    all.Select(one => Math.Abs(HighestLoss(path, one) - one.Peak)).DefaultIfEmpty(int.MaxValue).Max())
                    .Because("the loss is highest where the valley is steepest, not where the parameters are farthest out"),
                Claim.AtLeast(ClaimSource.Paper,
                    "the oscillation grows while S > 2/η and shrinks below: share of the steps of instabilities", 0.8,
                    GrowsAbove(path))
                    .Because(
                        "the oscillation lies along several directions, of which the sharpest alone is known to S, and " +
                        "they turn meanwhile"),
                Claim.AtLeast(ClaimSource.Paper,
                    "the progressive sharpening factor α is negative for the most part: share of those steps", 0.5,
                    inside.Length == 0 ? double.NaN : (double)inside.Count(factor => factor < 0) / inside.Length)
                    .Because("training raises S over the whole of this run, and α is the rate at which it would without oscillation"),
            ],
            Pictures =
            [
                new("oscillation", new()
                {
                    Title = "Distance from the mean over two steps", X = new("step"), Y = Axis.Log("oscillation ‖θ − θ*‖"),
                    Series = [new LineSeries("", steps, path.Oscillation)],
                    Thresholds = [.. all.Select((one, i) => new Threshold($"instability {i + 1}", one.Peak, true))],
                }),
                .. DescentPictures.Of(path),
                new("factor", new()
                {
                    Title = "Progressive sharpening factor in the instabilities", X = new("step"), Y = new("α = −∇L·∇S"),
                    Series = [.. all.Select((one, i) => new LineSeries($"instability {i + 1}", Steps(one), factors[i]))],
                    Thresholds = [new("α = 0", 0), .. all.Select(one => new Threshold("largest oscillation", one.Peak, true))],
                }),
            ],
            Tables =
            [
                DescentPictures.Table(path),
                Table.Of("oscillation", ("step", steps), ("oscillation", path.Oscillation)),
                .. Table.StackAny("instability",
                    [.. all.Select((one, i) => (one.Name, Table.Of("factor", ("step", Steps(one)), ("factor", factors[i]))))]),
            ],
        };
    }

    private static double[] Steps(Instability one) => [.. Enumerable.Range(one.Start, one.End + 1 - one.Start).Select(step => (double)step)];

    /// <summary>alpha at every step of each instability.</summary>
    private static double[][] Factors(FigureRun run, DescentPath path)
    {
        return run.Library(() => run.PartsOnTensors("factor", path.Instabilities.Count, i =>
        {
            Instability one = path.Instabilities[i];
            return path.Network.At(run, path.Points[one.Start], point =>
            {
                TopEigenpairs? top = null;
                double[] factors = new double[one.End + 1 - one.Start];
                for (int step = one.Start; step <= one.End; step++)
                {
                    point.MoveTo(path.Points[step]);
                    top = TopEigenpairs.Of(point, 1, top, run.Cancellation);
                    factors[step - one.Start] = point.ProgressiveSharpening(top.Vectors);
                }

                return factors;
            }, new() { Order = 3 });
        }, 0.6));
    }

    private static int HighestSharpness(DescentPath path, Instability one)
        => Enumerable.Range(one.Start, one.End + 1 - one.Start).MaxBy(step => DescentPath.Meant(path.Sharpness, step));

    /// <summary>Against the line from the logarithm of the loss before to that after.</summary>
    private static int HighestLoss(DescentPath path, Instability one)
    {
        double from = Log(one.Start), slope = (Log(one.End) - from) / (one.End - one.Start);
        return Enumerable.Range(one.Start, one.End + 1 - one.Start).MaxBy(step => Log(step) - slope * (step - one.Start));

        double Log(int step) => Math.Log(DescentPath.Meant(path.Loss, step));
    }

    private static double GrowsAbove(DescentPath path)
    {
        int[] steps = [.. path.Instabilities.SelectMany(one => Enumerable.Range(one.Start, one.End - one.Start))];
        int right = steps.Count(step => path.Oscillation[step + 1] > path.Oscillation[step] == DescentPath.Meant(path.Sharpness, step) > path.Edge);
        return steps.Length == 0 ? double.NaN : (double)right / steps.Length;
    }
}
