using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figure 1, with figure 2: Batch Sharpness at 2/eta across learning rates and batch sizes.</summary>
internal sealed class Figure1 : Figure
{
    public override string Paper => "002";

    public override string Name => "F1";

    public override string Title => "Batch Sharpness at 2/η across batch sizes and learning rates (with F2)";

    public override string Summary =>
        "SGD sharpens until Batch Sharpness is 2/η, and stays there whatever the batch size and the learning rate, while the loss " +
        "goes on falling; λmax levels " +
        "off below, the lower the smaller the batch. Levels are medians over the second half of a run.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 12, 20_000);

    private static double[] Rates(Effort effort) => effort == Effort.Coarse ? [0.2] : [0.1, 0.15, 0.2];

    private static int[] Batches(Effort effort)
        => effort switch { Effort.Coarse => [8, 16], Effort.Quick => [4, 8, 16, 32], _ => [8, 16, 32, 64, 128, 256] };

    private static int Steps(Effort effort) => FigureRun.Of(effort, 3000, 10_000, 100_000);

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => CifarNetworks.Parameters(effort, Rates(effort), Batches(effort), Steps(effort));

    public override FigureResult Compute(FigureRun run)
    {
        double[] rates = Rates(run.Effort);
        int[] sizes = Batches(run.Effort);
        int steps = Steps(run.Effort);
        NetworkSetting setting = CifarNetworks.Mlp(run);
        Dictionary<TrackedQuantity, int> every = NetworkJob.At(
            steps / 40, TrackedQuantity.Loss, TrackedQuantity.BatchSharpness, TrackedQuantity.LambdaMax);
        NetworkRun[] runs = NetworkRun.All(
            run, [.. rates.SelectMany(eta => CifarNetworks.ByBatchSize(run, setting, eta, sizes, steps, every))]);
        NetworkRun[][] byRate = [.. runs.Chunk(sizes.Length)];
        string[] names = [.. byRate.Select(row => $"η = {Claim.Text(row[0].Job.Training.LearningRate)}")];
        return new()
        {
            Claims =
            [
                .. byRate.Select((row, k) => Claim.AtMost(ClaimSource.Paper,
                    $"{names[k]}: Batch Sharpness is at 2/η for every b: largest |level · η/2 − 1|", 0.15,
                    row.Max(r => Math.Abs(r.Late("batch_sharpness") - 1)))
                    .Because("A finite run: with the smallest batches Batch Sharpness is still on its way where the loss is nearly gone.")),
                Claim.AtMost(ClaimSource.Paper, "λmax stays below: its largest level · η/2", 1, runs.Max(r => r.Late("lambda_1"))),
                .. byRate.Select((row, k) => Claim.Rising(ClaimSource.Paper,
                    $"{names[k]}: the smaller the batch, the lower λmax (levels · η/2 by rising b)",
                        [.. row.Select(r => r.Late("lambda_1"))])),
                Claim.AtMost(ClaimSource.Paper, "the loss goes on falling: its value at the end over that at the middle, largest", 1,
                    runs.Max(r => r.Curve("loss").Values is var loss ? loss[^1] / loss[loss.Length / 2] : double.NaN)),
            ],
            Pictures =
            [
                .. byRate.Select((row, k) => new Picture($"batch-sharpness-{k + 1}", NetworkCharts.Curvatures(
                    $"Batch Sharpness, {names[k]}", [.. row.Select(r => r.Share("batch_sharpness", r.Job.Name))]))),
                .. byRate.Select((row, k) => new Picture($"lambda-max-{k + 1}", NetworkCharts.Curvatures(
                    $"λmax, {names[k]}", [.. row.Select(r => r.Share("lambda_1", r.Job.Name))]))),
                new("loss", NetworkCharts.Losses($"Loss, {names[^1]}", [.. byRate[^1].Select(r => r.Line("loss", r.Job.Name))])),
            ],
            Tables =
            [
                Table.Of("levels", ("learning_rate", [.. runs.Select(r => r.Job.Training.LearningRate)]),
                    ("batch_size", [.. runs.Select(r => (double)r.Job.Training.BatchSize)]),
                    ("batch_sharpness_over_threshold", [.. runs.Select(r => r.Late("batch_sharpness"))]),
                    ("lambda_max_over_threshold", [.. runs.Select(r => r.Late("lambda_1"))]),
                    ("loss", [.. runs.Select(r => r.Curve("loss").Values[^1])]), ("catapults",
                        [.. runs.Select(r => (double)r.Result.Catapults.Count)])),
                NetworkRun.Stack("curves", runs),
            ],
        };
    }
}
