using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figures 25 and 26 on a network: the contraction of Wu et al. along a run.</summary>
internal sealed class Figure25 : Figure
{
    private const double Rate = 0.15;
    private const int Examples = 256, Width = 48;

    public override string Paper => "002";

    public override string Name => "F25";

    public override string Title => "The second-moment contraction while a network is trained (with F26)";

    public override string Summary =>
        "λmax((I − ηH)² + η²(E[H_B²] − H²)) ≤ 1 (eq. 37) is sufficient for stability, and a network is trained beyond it: the value " +
        "is above 1 throughout, " +
        "rises as the network sharpens and settles far above 1, around 2, at a level that depends on the batch size. Here with the " +
        "examples' Gauss–Newton matrices, of which no eigenvalue is negative: where nothing grows it is 1, since directions that no example " +
        "curves stand still.";

    public override int Version => 2;

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 15, 20_000);

    private static int[] Batches(Effort effort)
        => effort switch { Effort.Coarse => [8], Effort.Quick => [4, 8, 16, 32], _ => [8, 16, 32, 64, 128] };

    private static int Steps(Effort effort) => FigureRun.Of(effort, 1200, 4000, 100_000);

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => CifarNetworks.Parameters(effort, [Rate], Batches(effort), Steps(effort), Examples, Width);

    public override FigureResult Compute(FigureRun run)
    {
        int[] sizes = Batches(run.Effort);
        int steps = Steps(run.Effort), looks = run.Pick(6, 20, 40);
        NetworkSetting setting = CifarNetworks.Mlp(run, Examples, Width);
        Dictionary<TrackedQuantity, int> every = NetworkJob.At(steps / looks, TrackedQuantity.BatchSharpness, TrackedQuantity.LambdaMax);
        NetworkRun[] runs = NetworkRun.All(run,
        [
            .. CifarNetworks.ByBatchSize(run, setting, Rate, sizes, steps, every).Select(job => job with
            {
                LooksBefore = NetworkJob.Each(steps / looks),
                Look = trainer => new PointLook(trainer, steps / looks, (point, eta, size, _, cancellation)
                    => point.ShiftedContraction(eta, size, new() { Tolerance = 1e-6, Seed = run.Seed }, cancellation).Value),
            }),
        ]);
        PointLook[] found = [.. runs.Select(made => (PointLook)made.Look!)];
        double[] b = [.. sizes.Select(size => (double)size)], level = [.. found.Select(look => look.Late(steps / 2))],
            plain = [.. runs.Select(made => made.Late("batch_sharpness"))];
        return new()
        {
            Claims =
            [
                Claim.AtLeast(ClaimSource.Paper, "eq. 37 is above 1 throughout: smallest excess (eq. 39) of all looks", 0,
                    found.Min(look => look.Values.Min())),
                Claim.AtLeast(ClaimSource.Paper, "it rises: smallest level less the value at the start", 0.01,
                    found.Select((look, k) => level[k] - look.Values[0]).Min()),
                Claim.Near(ClaimSource.Paper, "eq. 39 settles around 1 (eq. 37 around 2): middle level over the batch sizes", 1, 0.5,
                    Middle(level)),
                Claim.AtLeast(ClaimSource.Paper, "the level depends on b: largest over smallest", 1.2, level.Max() / level.Min()),
                Claim.AtLeast(ClaimSource.Paper, "more than that of Batch Sharpness: the quotient of the two", 1,
                    level.Max() / level.Min() / (plain.Max() / plain.Min())),
            ],
            Pictures =
            [
                new("contraction", new()
                {
                    Title = "Contraction − 1 (eq. 39)", X = new("step"), Y = new("eq. 39"), Thresholds = [new("what eq. 37 asks for: 0",
                        0)],
                    Series = [.. found.Select((look, k) => new LineSeries(runs[k].Job.Name, look.Steps, look.Values))],
                }),
                new("batch-sharpness", NetworkCharts.Curvatures("Batch Sharpness", [.. runs.Select(made => made.Share("batch_sharpness",
                    made.Job.Name))])),
            ],
            Tables =
            [
                Table.Of("levels", ("batch_size", b), ("excess", level), ("batch_sharpness_over_threshold", plain)),
                Table.Stack("run", [.. runs.Select((made, k) => (made.Job.Name, Table.Of("curves", ("step", found[k].Steps), ("excess",
                    found[k].Values),
                    ("batch_sharpness_over_threshold", made.InThresholds("batch_sharpness").Values),
                    ("lambda_max_over_threshold", made.InThresholds("lambda_1").Values))))]),
            ],
        };
    }

    private static double Middle(double[] values) => values.Order().ElementAt(values.Length / 2);
}
