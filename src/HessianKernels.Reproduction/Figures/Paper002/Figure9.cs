using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figures 9 and 10, of which figure 5 is a part: a change before and after Batch Sharpness passes the new threshold.</summary>
/// <param name="ofBatchSize">Figure 10: b is made smaller; else figure 9: eta is doubled.</param>
internal sealed class Figure9(bool ofBatchSize) : Figure
{
    private const double Rate = 0.1;

    public override string Paper => "002";

    public override string Name => ofBatchSize ? "F10" : "F9";

    public override string Title => ofBatchSize ? "A smaller batch in mid-run, early and late"
        : "A doubled learning rate in mid-run, early and late (with F5)";

    public override string Summary =>
        (ofBatchSize ? "The batch is made a quarter" : "The learning rate is doubled") +
        " once before and once after Batch Sharpness is above what 2/η will be. GNI is at 2/η in both cases; the loss is thrown up in " +
        "the second alone. " +
        "So GNI tells of oscillation, and Batch Sharpness of instability.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 8, 10_000);

    private int Batch(Effort effort) => ofBatchSize ? FigureRun.Of(effort, 32, 32, 64) : 16;

    private static (int Early, int Late, int End) Steps(Effort effort)
        => effort switch { Effort.Coarse => (200, 1600, 2400), Effort.Quick => (400, 2800, 6000), _ => (2000, 40_000, 80_000) };

    private static int Window(Effort effort) => FigureRun.Of(effort, 300, 500, 5000);

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
    {
        int b = Batch(effort);
        return
        [
            CifarNetworks.Words(effort), ("η (on images a tenth)", ofBatchSize ? $"{Rate}" : $"{Rate}, then {2 * Rate}"),
            ("b", ofBatchSize ? $"{b}, then {b / 4}" : $"{b}"), ("steps", $"{Steps(effort).End}"),
            ("change at step", $"{Steps(effort).Early} or {Steps(effort).Late}"), ("a rise is looked for in", $"{Window(effort)} steps"),
        ];
    }

    public override FigureResult Compute(FigureRun run)
    {
        (int early, int late, int end) = Steps(run.Effort);
        int window = Window(run.Effort), b = Batch(run.Effort);
        NetworkSetting setting = CifarNetworks.Mlp(run);
        TrainingOptions sgd = CifarNetworks.Sgd(run, Rate, b);
        Dictionary<TrackedQuantity, int> every = MidRunChange.Every(early / 4, early / 10, TrackedQuantity.GradientNoiseInteraction);
        NetworkRun[] runs = NetworkRun.All(run,
        [
            new("unchanged", setting, sgd, late, every), new("early", setting, Changed(early), end, every), new("late", setting,
                Changed(late), end, every),
        ]);
        MidRunChange first = new(runs[1], early), second = new(runs[2], late);
        return new()
        {
            Claims =
            [
                Claim.Near(ClaimSource.Paper, "GNI is at 2/η before the early change: median of GNI · η/2 over the half before it", 1, 0.5,
                    runs[0].Between("gni", early / 2.0, early)),
                Claim.Near(ClaimSource.Paper, "and from there to the late one", 1, 0.3, runs[0].Between("gni", early, late)),
                Claim.AtMost(ClaimSource.Paper, "Batch Sharpness at the early change over the new 2/η", 1, first.At("batch_sharpness")),
                Claim.AtMost(ClaimSource.Paper, "no catapult after the early change: highest loss over that at the change",
                    MidRunChange.CatapultFactor, first.Rise(window)),
                Claim.AtLeast(ClaimSource.Paper, "Batch Sharpness at the late change over the new 2/η", 1, second.At("batch_sharpness")),
                Claim.AtLeast(ClaimSource.Paper, "a catapult after the late change: highest loss over that at the change",
                    MidRunChange.CatapultFactor, second.Rise(window)),
                Claim.AtMost(ClaimSource.Paper, "it brings λmax down: λmax in the last quarter over that at the late change", 1,
                    second.Growth),
                Claim.Near(ClaimSource.Paper, "after the early change Batch Sharpness settles at the new 2/η: level · η/2 in the last " +
                    "quarter", 1, 0.15,
                    runs[1].Late("batch_sharpness", 0.25)),
                Claim.Near(ClaimSource.Paper, "so it does after the late one", 1, 0.15, runs[2].Late("batch_sharpness", 0.25))
                    .Because("The catapult has thrown Batch Sharpness down, and the run ends before it is back."),
            ],
            Pictures =
            [
                new("interaction", NetworkCharts.Curvatures("GNI, unchanged", [runs[0].Share("gni", "GNI"),
                    runs[0].Share("batch_sharpness", "Batch Sharpness")])
                    with { Y = new("curvature × η / 2", Min: 0, Max: 4) }),
                .. new[] { first, second }.SelectMany(change => (Picture[])
                [
                    new($"{change.Run.Job.Name}-curvature", NetworkCharts.Curvatures($"Change at step {change.Step}: curvature",
                        [change.Run.Share("batch_sharpness", "Batch Sharpness"), change.Run.Share("lambda_1", "λmax")], change.Line)),
                    new($"{change.Run.Job.Name}-loss", NetworkCharts.Losses($"Change at step {change.Step}: loss",
                        [change.Run.Line("loss", "loss")], change.Line)),
                ]),
            ],
            Tables = [NetworkRun.Stack("curves", runs)],
        };

        TrainingOptions Changed(int step)
            => sgd with { Interventions = [ofBatchSize ? new(step, BatchSize: b / 4) : new(step, LearningRate: 2 * sgd.LearningRate)] };
    }
}
