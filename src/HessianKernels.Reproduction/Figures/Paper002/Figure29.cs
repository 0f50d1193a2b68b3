using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figures 29 and 30: the largest eigenvalue of a batch's Hessian beside Batch Sharpness and lambda_max.</summary>
internal sealed class Figure29 : Figure
{
    public override string Paper => "002";

    public override string Name => "F29";

    public override string Title => "Levels of Batch Sharpness, λmax and λmax of a batch against the batch size (with F30)";

    public override string Summary =>
        "Of the three, Batch Sharpness alone settles at a level that does not depend on the batch size. The mean of λmax over the " +
        "batches' Hessians settles " +
        "between 2/η and 4/η, highest for batches that are neither very small nor very large, and λmax of all examples below 2/η. " +
        "Levels are medians over the second half of a run.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 20, 20_000);

    private static int[] Batches(Effort effort)
        => effort switch { Effort.Coarse => [4, 16, 128], Effort.Quick => [4, 8, 16, 64, 256], _ => [2, 8, 16, 32, 64, 256, 1024] };

    private static double Rate(Effort effort) => effort == Effort.Full ? 0.3 : 0.15;

    private static int Steps(Effort effort) => FigureRun.Of(effort, 3000, 8000, 100_000);

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => CifarNetworks.Parameters(effort, [Rate(effort)], Batches(effort), Steps(effort));

    public override FigureResult Compute(FigureRun run)
    {
        int[] sizes = Batches(run.Effort);
        int steps = Steps(run.Effort);
        NetworkSetting setting = CifarNetworks.Mlp(run);
        Dictionary<TrackedQuantity, int> every = NetworkJob.At(
            steps / 20, TrackedQuantity.BatchSharpness, TrackedQuantity.LambdaMax, TrackedQuantity.LambdaMaxBatch);
        NetworkRun[] runs = NetworkRun.All(run, CifarNetworks.ByBatchSize(run, setting, Rate(run.Effort), sizes, steps, every));
        double[] b = [.. sizes.Select(size => (double)size)];
        double[] batch = Levels("batch_sharpness"), largest = Levels("lambda_1"), ofBatches = Levels("lambda_max_batch");
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "Batch Sharpness is at 2/η for every b: largest |level · η/2 − 1|", 0.15,
                    batch.Max(level => Math.Abs(level - 1))),
                Claim.AtMost(ClaimSource.Paper, "λmax stays below: its largest level · η/2", 1, largest.Max()),
                Claim.AtLeast(ClaimSource.Paper, "λmax of a batch is above 2/η: its smallest level · η/2", 1, ofBatches.Min()),
                Claim.AtMost(ClaimSource.Paper, "and no higher than 4/η: its largest level · η/2", 2, ofBatches.Max()),
                Claim.AtLeast(ClaimSource.Paper, "and above Batch Sharpness: the smallest quotient of the levels", 1,
                    ofBatches.Zip(batch, (a, c) => a / c).Min()),
                Claim.Rising(ClaimSource.Paper, "λmax depends on b (levels · η/2 by rising b)", largest),
                Claim.AtLeast(ClaimSource.Paper, "λmax of a batch is highest in between: its largest level over the larger of those " +
                    "at the ends", 1.01,
                    ofBatches[1..^1].Max() / Math.Max(ofBatches[0], ofBatches[^1])),
                Claim.AtMost(ClaimSource.Paper, "Batch Sharpness depends on b least: its largest over its smallest level, over the " +
                    "same of the other two",
                    1, Spread(batch) / Math.Min(Spread(largest), Spread(ofBatches))),
            ],
            Pictures =
            [
                new("levels", new()
                {
                    Title = "Levels against the batch size", X = Axis.Log("batch size b"), Y = new("level × η / 2", Min: 0),
                    Thresholds = [new("2/η", 1), new("4/η", 2)],
                    Series =
                    [
                        new LineSeries("λmax of a batch", b, ofBatches) { Marked = true },
                        new LineSeries("Batch Sharpness", b, batch) { Marked = true },
                        new LineSeries("λmax", b, largest) { Marked = true },
                    ],
                }),
                new("largest-of-batches", NetworkCharts.Curvatures("λmax of a batch",
                    [.. runs.Select(r => r.Share("lambda_max_batch", r.Job.Name))], new Threshold("4/η", 2))),
                new("smallest-batch", All(runs[0])), new("largest-batch", All(runs[^1])),
            ],
            Tables =
            [
                Table.Of("levels", ("batch_size", b), ("batch_sharpness_over_threshold", batch), ("lambda_max_over_threshold", largest),
                    ("lambda_max_batch_over_threshold", ofBatches)),
                NetworkRun.Stack("curves", runs),
            ],
        };

        double[] Levels(string column) => [.. runs.Select(r => r.Late(column))];
    }

    private static double Spread(double[] levels) => levels.Max() / levels.Min();

    private static Chart All(NetworkRun made) => NetworkCharts.Curvatures($"The three, {made.Job.Name}",
        [made.Share("lambda_max_batch", "λmax of a batch"), made.Share("batch_sharpness", "Batch Sharpness"), made.Share("lambda_1",
            "λmax")],
        new Threshold("4/η", 2));
}
