using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figure 7: a change of learning rate or batch size where Batch Sharpness has reached its level.</summary>
internal sealed class Figure7 : Figure
{
    private const double Low = 0.1, High = 0.2;
    private const int Small = 8, Middle = 16, Large = 32, Examples = 2048;

    public override string Paper => "002";

    public override string Name => "F7";

    public override string Title => "Changes of η and b at the edge: catapults, and sharpening anew";

    public override string Summary =>
        "With a larger η or a smaller b Batch Sharpness is above 2/η at once: a catapult, which takes λmax down, until Batch " +
        "Sharpness is at 2/η again. With a " +
        "smaller η or a larger b it is below: λmax rises anew, but less than in a run that had that η or b from the beginning.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 20, 30_000);

    private static (int Change, int End) Steps(Effort effort)
        => effort switch { Effort.Coarse => (1200, 2400), Effort.Quick => (4000, 10_000), _ => (40_000, 100_000) };

    private static int Window(Effort effort) => FigureRun.Of(effort, 300, 500, 5000);

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        CifarNetworks.Words(effort, Examples), ("a, c: η (on images a tenth)", $"{Low} to {High}, {High} to {Low}; b = {Middle}"),
        ("b, d: b", $"{Large} to {Small}, {Small} to {Large}; η = {Low}"), ("steps", $"{Steps(effort).End}"), ("change at step",
            $"{Steps(effort).Change}"),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        (int change, int end) = Steps(run.Effort);
        int window = Window(run.Effort);
        NetworkSetting setting = CifarNetworks.Mlp(run, Examples);
        Dictionary<TrackedQuantity, int> every = MidRunChange.Every(change / 20, change / 200);
        NetworkRun[] runs = NetworkRun.All(run,
        [
            Job("a-larger-rate", Low, Middle, new(change, LearningRate: CifarNetworks.Rate(run, High))),
            Job("b-smaller-batch", Low, Large, new(change, BatchSize: Small)),
            Job("c-smaller-rate", High, Middle, new(change, LearningRate: CifarNetworks.Rate(run, Low))),
            Job("d-larger-batch", Low, Small, new(change, BatchSize: Large)),
            Job("whole-rate", Low, Middle, null), Job("whole-batch", Low, Large, null),
        ]);
        MidRunChange[] changes = [.. runs.Take(4).Select(made => new MidRunChange(made, change))];
        return new()
        {
            Claims =
            [
                .. Up("a, larger η", changes[0], window), .. Up("b, smaller b", changes[1], window),
                .. Anew("c, smaller η", changes[2], runs[4]), .. Anew("d, larger b", changes[3], runs[5]),
            ],
            Pictures =
            [
                .. changes.Select(made => new Picture(made.Run.Job.Name, NetworkCharts.Curvatures(Words(made.Run.Job.Name),
                    [made.Run.Share("batch_sharpness", "Batch Sharpness"), made.Run.Share("lambda_1", "λmax")], made.Line))),
                new("loss", NetworkCharts.Losses("Loss", [.. changes.Select(made => made.Run.Line("loss", Words(made.Run.Job.Name)))],
                    changes[0].Line)),
            ],
            Tables = [NetworkRun.Stack("curves", runs)],
        };

        NetworkJob Job(string name, double rate, int batch, Intervention? what)
            => new(name, setting, CifarNetworks.Sgd(run, rate, batch) with { Interventions = what is null ? [] : [what] }, end, every);
    }

    private static string Words(string name) => $"({name[0]}) {name[2..].Replace('-', ' ')}".Replace("rate", "η", StringComparison.Ordinal);

    private static Claim[] Up(string name, MidRunChange change, int window) =>
    [
        Claim.AtLeast(ClaimSource.Paper, $"{name}: Batch Sharpness at the change over the new 2/η", 1, change.At("batch_sharpness")),
        Claim.AtLeast(ClaimSource.Paper, $"{name}: a catapult: highest loss over that at the change", MidRunChange.CatapultFactor,
            change.Rise(window)),
        Claim.AtMost(ClaimSource.Paper, $"{name}: λmax is taken down: in the last quarter over that at the change, in units of the new 2/η", 1, change.Growth),
        Level(name, change),
    ];

    private static Claim[] Anew(string name, MidRunChange change, NetworkRun whole) =>
    [
        Claim.AtMost(ClaimSource.Paper, $"{name}: Batch Sharpness at the change over the new 2/η", 1, change.At("batch_sharpness")),
        Claim.AtLeast(ClaimSource.Paper, $"{name}: λmax rises anew: in the last quarter over that at the change", 1.05, change.Growth),
        Claim.AtMost(ClaimSource.Paper, $"{name}: but less than in a run that was so from the beginning: quotient of the last quarters", 1,
            change.Run.Late("lambda_1", 0.25) / whole.Late("lambda_1", 0.25)),
        Level(name, change),
    ];

    private static Claim Level(string name, MidRunChange change)
        => Claim.Near(ClaimSource.Paper, $"{name}: Batch Sharpness settles at the new 2/η: level · η/2 in the last quarter", 1, 0.15,
            change.Run.Late("batch_sharpness", 0.25))
            .Because("The run ends before Batch Sharpness is there: the data are nearly fitted, and what is left of the loss changes " +
                "slowly.");
}
