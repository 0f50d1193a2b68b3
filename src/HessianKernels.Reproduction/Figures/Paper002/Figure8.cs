using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figures 8, 21 and 22: SGD, and noise of other kinds in the batches' place.</summary>
internal sealed class Figure8 : Figure
{
    private const double Rate = 0.2;
    private const int Examples = 256, Width = 32;

    public override string Paper => "002";

    public override string Name => "F8";

    public override string Title => "SGD against noisy gradient descent and the SDE (with F21, F22)";

    public override string Summary =>
        "With batches, or with Gaussian weights of the examples, λmax levels off below 2/η. With noise on the gradient alone, " +
        "diagonal or isotropic, " +
        "and for the stochastic differential equation, whose paths are alike, it goes to 2/η. Levels are medians over the last third " +
        "of a run.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 3, 25, 200_000);

    private static int Steps(Effort effort) => FigureRun.Of(effort, 600, 2400, 30_000);

    private static int Batch(Effort effort) => FigureRun.Of(effort, 8, 8, 16);

    private static int Substeps(Effort effort) => FigureRun.Of(effort, 2, 20, 20);

    private static int Paths(Effort effort) => FigureRun.Of(effort, 2, 3, 5);

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        CifarNetworks.Words(effort, Examples, Width), ("η (on images a tenth)", $"{Rate}"), ("b", $"{Batch(effort)}"), ("steps",
            $"{Steps(effort)}"),
        ("substeps of the SDE a step", $"{Substeps(effort)}"), ("its paths", $"{Paths(effort)}"), ("steps between variances", "30"),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        int steps = Steps(run.Effort);
        NetworkSetting setting = CifarNetworks.Mlp(run, Examples, Width);
        TrainingOptions sgd = CifarNetworks.Sgd(run, Rate, Batch(run.Effort));
        Dictionary<TrackedQuantity, int> every = NetworkJob.At(
            steps / 30, TrackedQuantity.Loss, TrackedQuantity.BatchSharpness, TrackedQuantity.LambdaMax);
        GradientNoise equation = GradientNoise.DifferentialEquation(Substeps(run.Effort));
        NetworkRun[] runs = NetworkRun.All(run,
        [
            .. Enumerable.Range(1, Paths(run.Effort)).Select(path => Job($"SDE, path {path}", equation, (ulong)path)),
            Job("SGD", GradientNoise.Batch), Job("Gaussian reweighting", GradientNoise.GaussianReweighting),
            Job("diagonal noise", GradientNoise.Diagonal()), Job("isotropic noise", GradientNoise.Isotropic()),
        ]);
        NetworkRun[] paths = runs[..^4], kinds = [.. runs[^4..], runs[0]];
        double[] ofPaths = [.. paths.Select(path => Level(path, "lambda_1"))];
        return new()
        {
            Claims =
            [
                Claim.Near(ClaimSource.Paper, "SGD: Batch Sharpness is at 2/η: level · η/2", 1, 0.15, Level(kinds[0], "batch_sharpness")),
                Claim.AtMost(ClaimSource.Paper, "SGD: λmax levels off below 2/η: level · η/2", 0.8, Level(kinds[0], "lambda_1")),
                Claim.AtMost(ClaimSource.Paper, "Gaussian reweighting: so it does", 0.8, Level(kinds[1], "lambda_1")),
                Claim.Near(ClaimSource.Paper, "Gaussian reweighting: Batch Sharpness is at 2/η: level · η/2", 1, 0.15, Level(kinds[1],
                    "batch_sharpness"))
                    .Because("Gaussian weights are negative as often as not: what a step sees is no batch's mean, and the quotient " +
                        "that is measured is that of " +
                        "batches which are never drawn."),
                Claim.Near(ClaimSource.Paper, "diagonal noise: λmax goes to 2/η: level · η/2", 1, 0.1, Level(kinds[2], "lambda_1")),
                Claim.Near(ClaimSource.Paper, "isotropic noise: so it does", 1, 0.1, Level(kinds[3], "lambda_1")),
                Claim.Near(ClaimSource.Paper, "the SDE: so it does (middle path)", 1, 0.1, ofPaths.Order().ElementAt(ofPaths.Length / 2))
                    .Because("The noise is drawn here with the batches' covariance at every point of the path, as weights of the " +
                        "examples, and so changes with the " +
                        "parameters as a batch's does; a covariance that is kept while the parameters move would be noise on the " +
                        "gradient alone."),
                Claim.AtMost(ClaimSource.Paper, "the SDE's paths end alike: largest over smallest level of λmax", 1.1,
                    ofPaths.Max() / ofPaths.Min())
                    .Because("A small network: whether a path is thrown down by a catapult on its way is a matter of chance."),
            ],
            Pictures =
            [
                new("lambda-max", NetworkCharts.Curvatures("λmax", [.. kinds.Select(made => made.Share("lambda_1", Word(made)))])),
                new("batch-sharpness", NetworkCharts.Curvatures("Batch Sharpness", [.. kinds.Select(made => made.Share("batch_sharpness",
                    Word(made)))])),
                new("paths", NetworkCharts.Curvatures("λmax of the SDE's paths", [.. paths.Select(made => made.Share("lambda_1",
                    made.Job.Name))])),
                new("loss", NetworkCharts.Losses("Loss", [.. kinds.Select(made => made.Line("loss", Word(made)))])),
            ],
            Tables = [NetworkRun.Stack("curves", runs)],
        };

        NetworkJob Job(string name, GradientNoise noise, ulong path = 0)
            => new(name, setting, sgd with { Noise = noise, Seed = sgd.Seed + path }, steps, every);
    }

    private static double Level(NetworkRun made, string column) => made.Late(column, 1.0 / 3);

    private static string Word(NetworkRun made) => made.Job.Name.Split(',')[0];
}
