using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Tensors;
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
        ("network", effort switch { Effort.Coarse => "perceptron, hidden widths 12-12, tanh",
            Effort.Quick => "perceptron, hidden widths 24-24, tanh", _ => "cnn6:3x32x32-10:relu" }),
        ("precision", "double"),
    ];

    /// <summary>The network, its data and where it starts.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="loss">One of the two names.</param>
    public static NetworkSetting Of(FigureRun run, string loss)
    {
        DataSet<double> data = PaperData.Cifar10.Train(run, ExamplesOf(run.Effort), Small(run.Effort));
        return Of(run, loss, Scale(data, run).Apply(data));
    }

    /// <summary>The same with examples kept apart, scaled as those that are trained on; easier ones, where they are made, that there be
    /// something to generalise to.</summary>
    public static (NetworkSetting Setting, DataSet<double> Test) WithTest(FigureRun run, string loss, int testExamples)
    {
        Mixture easier = new(Separation: 5, Components: 2, LabelNoise: 0);
        DataSet<double> data = PaperData.Cifar10.Train(run, ExamplesOf(run.Effort), Small(run.Effort), easier);
        Standardization scale = Scale(data, run);
        return (Of(run, loss, scale.Apply(data)), scale.Apply(PaperData.Cifar10.Test(run, testExamples, Small(run.Effort), easier)));
    }

    private static NetworkSetting Of(FigureRun run, string loss, DataSet<double> data)
    {
        if (loss == Squared) data = data.WithOneHotTargets();
        NetworkSetting setting = run.Effort == Effort.Full ? NetworkSetting.OnImages("cnn6", data, "relu")
            : NetworkSetting.Perceptron(data, run.Effort == Effort.Coarse ? "12-12" : "24-24", "tanh");
        return setting with { Seed = run.Seed, Loss = loss == Squared ? new MeanSquaredError() : new CrossEntropy() };
    }

    private static TensorShape Small(Effort effort) => effort == Effort.Coarse ? new(3, 3, 3) : new(4, 4, 3);

    private static Standardization Scale(DataSet<double> data, FigureRun run)
        => Standardization.Of(data, StandardizationUnit.Channel, run.Threads);
}
