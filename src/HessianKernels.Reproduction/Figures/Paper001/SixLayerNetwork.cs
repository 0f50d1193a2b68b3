using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Paper 001's setting: a convolution network of six layers on CIFAR-10-8k; smaller efforts take a perceptron in its
/// place.</summary>
internal static class SixLayerNetwork
{
    /// <summary>The names of the two losses.</summary>
    public const string CrossEntropy = "cross-entropy", Squared = "squared error";

    public static int ExamplesOf(Effort effort) => FigureRun.Of(effort, 32, 256, 8192);

    public static IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        ("examples", $"{ExamplesOf(effort)}"),
        ("network", effort switch { Effort.Coarse => "perceptron 27-12-12-10, tanh", Effort.Quick => "perceptron 48-24-24-10, tanh", _ => "cnn6:3x32x32-10:relu" }),
        ("precision", "double"),
    ];

    /// <summary>The network, its data and where it starts.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="loss">One of the two names.</param>
    public static NetworkSetting Of(FigureRun run, string loss)
    {
        DataSet<double> data = Standardized(PaperData.Cifar10.Train(run, ExamplesOf(run.Effort), Small(run.Effort)), run);
        if (loss == Squared) data = data.WithOneHotTargets();
        NetworkSetting setting = run.Effort == Effort.Full || run.DataFolder is not null
            ? NetworkSetting.OnImages("cnn6", data, run.Effort == Effort.Full ? "relu" : "relu:width=4")
            : NetworkSetting.Perceptron(data, run.Effort == Effort.Coarse ? "12-12" : "24-24", "tanh");
        return setting with { Seed = run.Seed, Loss = loss == Squared ? new MeanSquaredError() : new CrossEntropy() };
    }

    private static HessianKernels.Networks.Tensors.TensorShape Small(Effort effort) => effort == Effort.Coarse ? new(3, 3, 3) : new(4, 4, 3);

    private static DataSet<double> Standardized(DataSet<double> data, FigureRun run)
        => Standardization.Of(data, StandardizationUnit.Channel, run.Threads).Apply(data);
}
