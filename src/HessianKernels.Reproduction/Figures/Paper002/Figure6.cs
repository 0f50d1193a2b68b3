using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figure 6: the sharpness of the steps, Batch Sharpness and lambda_max of a perceptron, a convolution network and a residual
/// network.</summary>
internal sealed class Figure6 : Figure
{
    private static readonly string[] s_names = ["MLP", "CNN", "ResNet-14"];

    public override string Paper => "002";

    public override string Name => "F6";

    public override string Title => "Three sharpnesses of three networks";

    public override string Summary =>
        "Whatever the network, Batch Sharpness rises to 2/η and stays there, λmax levels off below it, and the sharpness of the " +
        "step's own batch scatters " +
        "around Batch Sharpness, whose value without the mean it is. Levels are medians over the last third of a run.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 4, 40, 100_000);

    private static (double Rate, int Batch, int Steps)[] Runs(Effort effort) => effort switch
    {
        Effort.Coarse => [(0.2, 8, 2000), (0.1, 8, 200), (0.1, 8, 20)],
        Effort.Quick => [(0.15, 8, 8000), (0.05, 16, 9000), (0.05, 8, 7000)],
        _ => [(0.1, 16, 100_000), (0.3, 16, 100_000), (0.05, 16, 100_000)],
    };

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        CifarNetworks.Words(effort), CifarNetworks.ImageWords(effort), ("η (on images of CIFAR-10 a tenth)", string.Join(", ",
            Runs(effort).Select(r => r.Rate))),
        ("b", string.Join(", ", Runs(effort).Select(r => r.Batch))), ("steps", string.Join(", ", Runs(effort).Select(r => r.Steps))),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        NetworkSetting[] settings = [CifarNetworks.Mlp(run), CifarNetworks.Cnn(run), CifarNetworks.ResNet(run)];
        NetworkJob[] jobs = [.. Runs(run.Effort).Select((r, k) => new NetworkJob(
            s_names[k], settings[k], CifarNetworks.Sgd(run, r.Rate, r.Batch), r.Steps, Every(r.Steps))
        {
            Tracking = new()
            {
                Every = new Dictionary<TrackedQuantity, int>(), EigenpairTolerance = 1e-2,
                Sharpness = new() { RelativeError = 0.05, MaxBatches = 150, MaxProbes = 1 },
            },
        })];
        NetworkRun[] runs = NetworkRun.All(run, jobs);
        return new()
        {
            Claims =
            [
                .. runs.SelectMany(made => (Claim[])
                [
                    Claim.Near(ClaimSource.Paper, $"{made.Job.Name}: Batch Sharpness settles at 2/η: level · η/2", 1, 0.15, Level(made,
                        "batch_sharpness"))
                        .Because("2/η is reached, but not kept: so small a network has fitted its few images soon after, or overshoots and is not " +
                            "back when the run ends."),
                    Claim.AtMost(ClaimSource.Paper, $"{made.Job.Name}: λmax settles below it: quotient of the levels", 1,
                        Level(made, "lambda_1") / Level(made, "batch_sharpness")),
                    Claim.Near(ClaimSource.Paper, $"{made.Job.Name}: the steps' sharpness has Batch Sharpness as its mean: quotient of the means", 1, 0.15,
                        Mean(made, "step_sharpness") / Mean(made, "batch_sharpness")),
                ]),
            ],
            Pictures =
            [
                .. runs.Select((made, k) => new Picture(s_names[k].ToLowerInvariant(), NetworkCharts.Curvatures(
                    $"{made.Job.Name}, η = {Claim.Text(made.Job.Training.LearningRate)}, b = {made.Job.Training.BatchSize}",
                    [Steps(made), made.Share("batch_sharpness", "Batch Sharpness"), made.Share("lambda_1", "λmax")]))),
                new("loss", NetworkCharts.Losses("Loss", [.. runs.Select(made => made.Line("loss", made.Job.Name))])),
            ],
            Tables = [NetworkRun.Stack("curves", runs)],
        };
    }

    private static Dictionary<TrackedQuantity, int> Every(int steps)
    {
        Dictionary<TrackedQuantity, int> every = NetworkJob.At(
            steps / 20, TrackedQuantity.Loss, TrackedQuantity.BatchSharpness, TrackedQuantity.LambdaMax);
        every[TrackedQuantity.StepSharpness] = Math.Max(1, steps / 400);
        return every;
    }

    private static double Level(NetworkRun made, string column) => made.Late(column, 1.0 / 3);

    private static double Mean(NetworkRun made, string column)
    {
        (double[] steps, double[] values) = made.Curve(column);
        return values.Where((_, i) => steps[i] >= made.Job.Steps * 2.0 / 3).Average();
    }

    private static ScatterSeries Steps(NetworkRun made)
    {
        (double[] steps, double[] values) = made.InThresholds("step_sharpness");
        return new("step's sharpness", steps, values) { Size = 1.5, Color = 3 };
    }
}
