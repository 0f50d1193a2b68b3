using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 3: the valley that descent jumps across is steeper on one side.</summary>
internal sealed class Figure3 : SixLayerFigure
{
    public override string Name => "F3";

    public override string Title => "Asymmetric valleys";

    public override string Summary =>
        "Full-batch descent at the edge, from the step on at which ‖H‖_S first exceeds 2/η. Where ‖H‖_S < 2/η the other side of the " +
        "valley is usually sharper: ‖H_α‖_S / ‖H‖_S > 1 along −α η ∇L, and the loss is least beyond the middle of the way across. " +
        "Where ‖H‖_S > 2/η it is flatter.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 5, 5000);

    private static (string Loss, double LearningRate, int Steps, int Every) Plan(Effort effort) => effort switch
    {
        Effort.Coarse => (SixLayerNetwork.Squared, 0.5, 150, 3),
        Effort.Quick => (SixLayerNetwork.Squared, 0.5, 800, 1),
        _ => (SixLayerNetwork.CrossEntropy, 0.04, 1000, 1),
    };

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
    {
        (string loss, double rate, int steps, int every) = Plan(effort);
        return [.. SixLayerNetwork.Parameters(effort), ("loss", loss), ("η", Claim.Text(rate)), ("steps", $"{steps}"),
            ("look every", $"{every}")];
    }

    public override FigureResult Compute(FigureRun run)
    {
        (string loss, double rate, int steps, int every) = Plan(run.Effort);
        NetworkSetting setting = SixLayerNetwork.Of(run, loss);
        List<Valley> found = [];
        NetworkRun.Of(run, new(
            "", setting, new() { LearningRate = rate, BatchSize = setting.Examples, DivergedAbove = 1e4 }, steps,
            NetworkJob.At(steps, TrackedQuantity.StepLoss))
        {
            Look = trainer => new ValleyLook(trainer, every, found), LooksBefore = NetworkJob.Each(every),
        });
        double threshold = 2 / rate;
        int first = found.FindIndex(valley => valley.Interaction > threshold);
        Valley[] edge = first < 0 ? [] : [.. found.Skip(first)];
        Valley[] below = [.. edge.Where(valley => valley.Interaction < threshold)],
            above = [.. edge.Where(valley => valley.Interaction > threshold)];
        return new()
        {
            Claims = Claims(below, above),
            Pictures = [DrawRatios(below, above), DrawLosses(below, above)],
            Tables =
            [
                Table.Of(
                    "valleys", [("step", [.. found.Select(valley => (double)valley.Step)]),
                        ("interaction_aware_sharpness", [.. found.Select(valley => valley.Interaction)]),
                        .. ValleyLook.Shares.Select((share, k) => (FormattableString.Invariant($"ratio_{share}"),
                            (IReadOnlyList<double>)[.. found.Select(valley => valley.Ratios[k])])),
                        ("across_in_steps", [.. found.Select(valley => valley.Across)]),
                            ("bottom_as_share", [.. found.Select(valley => valley.Bottom)])]),
            ],
        };
    }

    private static Claim[] Claims(Valley[] below, Valley[] above)
    {
        int whole = Array.IndexOf(ValleyLook.Shares, 1);
        double distance = Median.Of(below.Select(valley => Math.Abs(valley.Ratios[whole] - 1)));
        string few = below.Length == 0 || above.Length == 0 ? "The run is too short to get to the edge." : FormattableString.Invariant(
            $"Most valleys are all but symmetric: ‖H₁‖_S / ‖H‖_S is within {distance:G2} of 1 in the median where ‖H‖_S < 2/η.");
        static double Share(Valley[] of, Func<Valley, double> value, Func<double, bool> holds)
        {
            double[] there = [.. of.Select(value).Where(double.IsFinite)];
            return there.Length == 0 ? double.NaN : (double)there.Count(holds) / there.Length;
        }

        return
        [
            Claim.AtLeast(ClaimSource.Paper, "‖H‖_S < 2/η: usually sharper a step on (share with ‖H₁‖_S > ‖H‖_S)", 0.5,
                Share(below, valley => valley.Ratios[whole], ratio => ratio > 1)).Because(few),
            Claim.AtLeast(ClaimSource.Paper, "‖H‖_S > 2/η: usually flatter a step on (share with ‖H₁‖_S < ‖H‖_S)", 0.5,
                Share(above, valley => valley.Ratios[whole], ratio => ratio < 1)).Because(few),
            Claim.AtLeast(ClaimSource.Paper, "‖H‖_S < 2/η: the loss is least beyond the middle of the way across (share)", 0.5,
                Share(below, valley => valley.Bottom, bottom => bottom > 0.5)).Because(few),
            Claim.AtLeast(ClaimSource.Paper, "‖H‖_S > 2/η: the loss is least before the middle (share)", 0.5,
                Share(above, valley => valley.Bottom, bottom => bottom < 0.5)).Because(few),
        ];
    }

    private static Picture DrawRatios(Valley[] below, Valley[] above)
    {
        static ScatterSeries Points(string name, Valley[] of, int color) => new(
            name, [.. of.SelectMany(valley => ValleyLook.Shares.Select(share => share + (color == 3 ? 0.02 : -0.02)))],
                [.. of.SelectMany(valley => valley.Ratios)])
        {
            Color = color, Size = 2,
        };
        return new("ratios", new()
        {
            Title = "Sharpness along the way, over that at its beginning", X = new("α, share of the step"),
                Y = new("‖H_α‖_S / ‖H‖_S", Min: 0, Max: 2),
            Series = [Points("‖H‖_S < 2/η", below, 3), Points("‖H‖_S > 2/η", above, 0)], Thresholds = [new("as at the beginning", 1)],
        });
    }

    /// <summary>Some of the losses, each with its zero across at 1 and its least value at -1, beside that of a quadratic.</summary>
    private static Picture DrawLosses(Valley[] below, Valley[] above)
    {
        IEnumerable<Series> Curves(string name, Valley[] of, int color)
        {
            Valley[] whole = [.. of.Where(valley => double.IsFinite(valley.Across))];
            return whole.Where((_, k) => k % Math.Max(1, whole.Length / 8) == 0).Select((valley, k) => new LineSeries(
                k == 0 ? name : "", [.. valley.Loss.Select((_, p) => p / (double)ValleyLook.PointsAStep / valley.Across)],
                [.. valley.Loss.Select(loss => loss / -valley.Loss.Min())]) { Color = color });
        }

        double[] x = Crossing.Range(0, 1.3, 60);
        return new("losses", new()
        {
            Title = "Loss along the gradient, to one width and depth", X = new("distance, over the width of the valley", Min: 0, Max: 1.3),
            Y = new("L − L(θ), over its depth", Min: -1.1, Max: 2),
            Series = [.. Curves("‖H‖_S < 2/η", below, 3), .. Curves("‖H‖_S > 2/η", above, 0),
                new LineSeries("quadratic", x, [.. x.Select(at => 4 * at * (at - 1))]) { Ink = true, Stroke = Stroke.Dashed }],
            Thresholds = [new("0", 0)],
        });
    }
}
