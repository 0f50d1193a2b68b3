using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 4: sharpness and interaction-aware sharpness of a network at the edge, for full-batch descent and SGD.</summary>
internal sealed class Figure4 : SixLayerFigure
{
    public override string Name => "F4";

    public override string Title => "Interaction-aware sharpness at the edge";

    public override string Summary =>
        "Full-batch descent: ‖H‖ stays above 2/η, ‖H‖_S oscillates around it. SGD: ‖H‖_S ends at 2ρ_b/η, which rises with b and " +
        "saturates at 2/η; that is, tr(H S_b) / tr(S_n) ends at 2/η for every b.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 10, 20_000);

    private static (string Loss, double LearningRate, int Steps)[] Plans(Effort effort) => effort switch
    {
        Effort.Coarse => [(SixLayerNetwork.Squared, 0.5, 100)],
        Effort.Quick => [(SixLayerNetwork.Squared, 0.4, 800), (SixLayerNetwork.Squared, 0.8, 800)],
        _ => [(SixLayerNetwork.CrossEntropy, 0.01, 2000), (SixLayerNetwork.CrossEntropy, 0.02, 1000)],
    };

    private static (string Loss, double LearningRate, int[] BatchSizes, int Steps, int Every) Sgd(Effort effort) => effort switch
    {
        Effort.Coarse => (SixLayerNetwork.Squared, 0.4, [8, 32], 200, 20),
        Effort.Quick => (SixLayerNetwork.Squared, 0.4, [8, 16, 32, 64, 128, 256], 3000, 60),
        _ => (SixLayerNetwork.CrossEntropy, 0.02, [8, 32, 128, 512, 2048, 8192], 20_000, 100),
    };

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
    {
        (string loss, double rate, int[] sizes, int steps, _) = Sgd(effort);
        return
        [
            .. SixLayerNetwork.Parameters(effort), .. Descent.Parameters(Plans(effort)),
            ("SGD", FormattableString.Invariant($"{loss}, η = {rate}, {steps} steps")), ("b", string.Join(", ", sizes)),
        ];
    }

    public override FigureResult Compute(FigureRun run)
    {
        Descent[] descents = Descent.Runs(run, Plans(run.Effort), 0, 0.5);
        NetworkRun[] batches = Batches(run);
        return new()
        {
            Claims = [.. descents.SelectMany(Claims), .. Claims(batches)],
            Pictures =
            [
                .. descents.Select((descent, k) => new Picture($"descent-{k + 1}", new()
                {
                    Title = $"Full batch, {descent.Title}", X = new("step"), Y = new("sharpness", Min: 0),
                    Series = [new LineSeries("‖H‖", descent.Curve.Steps, descent.Curve.Sharpness) { Color = 0 },
                        new LineSeries("‖H‖_S", descent.Curve.Steps, descent.Curve.Interaction) { Color = 6 }],
                    Thresholds = [new("2/η", descent.Threshold)],
                })),
                Draw("sgd", "‖H‖_S of SGD, mean of 5 looks", "‖H‖_S", batches, "ias"),
                Draw("sgd-ratio", "‖H‖_S / ρ_b of SGD, mean of 5 looks", "tr(H S_b) / tr(S_n)", batches, "gni"),
            ],
            Tables =
            [
                Table.Stack("run", [.. descents.Select(descent => (descent.Title, descent.Curve.ToTable("descent")))]),
                Table.Stack("run", [.. batches.Select(batch => (batch.Job.Name, batch.ToTable("sgd")))]),
            ],
        };
    }

    private static NetworkRun[] Batches(FigureRun run)
    {
        (string loss, double rate, int[] sizes, int steps, int every) = Sgd(run.Effort);
        NetworkSetting setting = SixLayerNetwork.Of(run, loss);
        return NetworkRun.All(run, [.. sizes.Select(b => new NetworkJob(
            $"b = {b}", setting, new() { LearningRate = rate, BatchSize = b, Seed = run.Seed, DivergedAbove = 1e4 }, steps,
            NetworkJob.At(every, TrackedQuantity.InteractionAwareSharpness, TrackedQuantity.GradientNoiseInteraction,
                TrackedQuantity.Concentration))
        {
            // Nothing is wanted that needs batches.
            Tracking = new() { Every = new Dictionary<TrackedQuantity, int>(), Sharpness = new() { MaxBatches = 1, MaxProbes = 32 },
                Seed = run.Seed },
        })], 0.5, 1);
    }

    private static Claim[] Claims(Descent descent)
    {
        const string Never = "The run is too short to get to the edge.";
        DescentCurve curve = descent.Curve;
        int from = descent.Unstable < 0 ? curve.Count : descent.Unstable;
        double sharpness = Median.Of(curve.Sharpness.Skip(from)) / descent.Threshold,
            aware = Median.Of(curve.Interaction.Skip(from)) / descent.Threshold;
        return
        [
            Claim.AtLeast(ClaimSource.Paper, $"{descent.Title}: ‖H‖ hovers above 2/η once at the edge (median over 2/η)", 1, sharpness)
                .Because(Never),
            Claim.Near(ClaimSource.Paper, $"{descent.Title}: ‖H‖_S oscillates around 2/η (median over 2/η)", 1, 0.1, aware).Because(Never),
            Claim.Rising(
                ClaimSource.Paper,
                    $"{descent.Title}: ‖H‖_S marks the edge more clearly (distance of the medians from 2/η, over 2/η: of ‖H‖_S, of ‖H‖)",
                Math.Abs(aware - 1), Math.Abs(sharpness - 1)).Because(Never),
            Claim.AtMost(
                ClaimSource.Exact, $"{descent.Title}: ‖H‖_S ≤ ‖H‖ (largest quotient)", 1 + 1e-3,
                curve.Interaction.Zip(curve.Sharpness, (interaction, norm) => interaction / norm).Max()),
        ];
    }

    private static Claim[] Claims(NetworkRun[] batches)
    {
        const string Slow = "Small batches sharpen slowly: they are not at the edge yet at half of the run.";
        double[] aware = [.. batches.Select(batch => batch.Late("ias"))], ratio = [.. batches.Select(batch => batch.Late("gni"))];
        return
        [
            .. batches.Select((batch, k) => Claim.Near(
                ClaimSource.Paper, $"SGD, {batch.Job.Name}: tr(H S_b) / tr(S_n) ends at 2/η (median of the second half over 2/η)", 1,
                    0.2, ratio[k]).Because(
                ratio[k] < 1 ? Slow
                    : "The gradient has become small against its noise, and the ratio to its square is above 2/η for long stretches.")),
            Claim.Rising(ClaimSource.Paper, "SGD: where ‖H‖_S ends rises with b (medians of the second half over 2/η)", aware),
            Claim.AtMost(ClaimSource.Paper, "SGD: and saturates at 2/η (largest of these)", 1.1, aware.Max()),
        ];
    }

    private static Picture Draw(string name, string title, string y, NetworkRun[] batches, string column)
        => new(name, new()
        {
            Title = title, X = new("step"), Y = new(y, Min: 0, Max: 5 / batches[0].Job.Training.LearningRate),
            Series = [.. batches.Select(batch =>
            {
                (double[] steps, double[] values) = batch.Curve(column);
                return new LineSeries(batch.Job.Name, steps, [.. values.Select((_, i) => values[Math.Max(0, i - 4)..(i + 1)].Average())]);
            })],
            Thresholds = [new("2/η", 2 / batches[0].Job.Training.LearningRate)],
        });
}
