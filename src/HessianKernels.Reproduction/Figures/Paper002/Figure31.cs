using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figure 31: Modified Batch Sharpness, the quotient of means, beside Batch Sharpness, the mean of quotients.</summary>
internal sealed class Figure31 : Figure
{
    private const double Rate = 0.15;
    private const int Examples = 1024, Width = 64;

    private const string Alike =
        "The two differ by the covariance of the quotient with ‖g_B‖² over the batches. Here the long gradients are hardly the " +
        "sharper ones, but for b = 4.";

    public override string Paper => "002";

    public override string Name => "F31";

    public override string Title => "Modified Batch Sharpness";

    public override string Summary =>
        "E[g_Bᵀ H_B g_B] / E‖g_B‖² settles too, but above Batch Sharpness and 2/η, at a level that depends strongly on the batch " +
        "size. Levels are medians over " +
        "the second half of a run.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 8, 20_000);

    private static int[] Batches(Effort effort)
        => effort switch { Effort.Coarse => [4, 16], Effort.Quick => [4, 8, 16, 32], _ => [8, 16, 32, 64, 128] };

    private static int Steps(Effort effort) => FigureRun.Of(effort, 2400, 6000, 100_000);

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => CifarNetworks.Parameters(effort, [Rate], Batches(effort), Steps(effort), Examples, Width);

    public override FigureResult Compute(FigureRun run)
    {
        int[] sizes = Batches(run.Effort);
        int steps = Steps(run.Effort);
        NetworkSetting setting = CifarNetworks.Mlp(run, Examples, Width);
        Dictionary<TrackedQuantity, int> every = NetworkJob.At(steps / 40, TrackedQuantity.BatchSharpness);
        ModelSharpnessOptions options = new() { RelativeError = 0.03, MaxBatches = 400, MaxProbes = 1 };
        NetworkRun[] runs = NetworkRun.All(run,
        [
            .. CifarNetworks.ByBatchSize(run, setting, Rate, sizes, steps, every).Select(job => job with
            {
                LooksBefore = NetworkJob.Each(steps / 40),
                Look = trainer => new PointLook(trainer, steps / 40, (point, eta, size, step, cancellation)
                    => eta / 2 * point.Sharpness(size, options with { Seed = run.Seed + (ulong)step }, cancellation)
                        .ModifiedBatchSharpness.Value),
            }),
        ]);
        double[] b = [.. sizes.Select(size => (double)size)];
        PointLook[] looks = [.. runs.Select(made => (PointLook)made.Look!)];
        double[] modified = [.. looks.Select(look => look.Late(steps / 2))],
            plain = [.. runs.Select(made => made.Late("batch_sharpness"))];
        return new()
        {
            Claims =
            [
                Claim.AtLeast(ClaimSource.Paper, "it settles above 2/η: smallest level · η/2", 1, modified.Min()),
                Claim.AtLeast(ClaimSource.Paper, "and above Batch Sharpness: smallest quotient of the levels", 1,
                    modified.Zip(plain, (m, p) => m / p).Min()),
                Claim.AtLeast(ClaimSource.Paper, "its level depends on b: largest over smallest", 1.2, modified.Max() / modified.Min())
                    .Because(Alike),
                Claim.AtLeast(ClaimSource.Paper, "more than that of Batch Sharpness: the quotient of the two", 1,
                    modified.Max() / modified.Min() / (plain.Max() / plain.Min())).Because(Alike),
                Claim.AtMost(ClaimSource.Paper, "which is at 2/η: largest |level · η/2 − 1|", 0.15,
                    plain.Max(level => Math.Abs(level - 1))),
            ],
            Pictures =
            [
                new("modified", NetworkCharts.Curvatures("Modified Batch Sharpness",
                    [.. runs.Select((made, k) => new LineSeries(made.Job.Name, looks[k].Steps, looks[k].Values))])),
                new("plain", NetworkCharts.Curvatures("Batch Sharpness", [.. runs.Select(made => made.Share("batch_sharpness",
                    made.Job.Name))])),
                new("levels", new()
                {
                    Title = "Levels against the batch size", X = Axis.Log("batch size b"), Y = new("level × η / 2", Min: 0),
                        Thresholds = [new("2/η", 1)],
                    Series = [new LineSeries("Modified Batch Sharpness", b, modified) { Marked = true },
                        new LineSeries("Batch Sharpness", b, plain) { Marked = true }],
                }),
            ],
            Tables =
            [
                Table.Of("levels", ("batch_size", b), ("modified_over_threshold", modified), ("batch_sharpness_over_threshold", plain)),
                Table.Stack("run", [.. runs.Select((made, k) => (made.Job.Name, Table.Of("curves", ("step", looks[k].Steps),
                    ("modified_over_threshold", looks[k].Values), ("batch_sharpness_over_threshold",
                        made.InThresholds("batch_sharpness").Values))))]),
            ],
        };
    }
}
