using System.Globalization;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>The paper's networks on 8192 images of CIFAR-10, and small ones of the same kind: half the squared error, ReLU.</summary>
internal static class CifarNetworks
{
    private static readonly Mixture s_vectors = new(Separation: 3, Components: 4, LabelNoise: 0.3, Patch: 1);
    private static readonly Mixture s_images = new(Separation: 6, Components: 4, LabelNoise: 0.3, Patch: 4);

    /// <summary>Examples of the paper's sets.</summary>
    private const int PaperExamples = 8192;

    /// <summary>Two hidden layers.</summary>
    public static NetworkSetting Mlp(FigureRun run, int examples = 1024, int width = 64)
    {
        DataSet<double> data = Data(run, run.Pick(256, examples, PaperExamples), TensorShape.Vector(run.Pick(16, 32, 32)), s_vectors);
        string hidden = run.Pick(32, width, 512).ToString(CultureInfo.InvariantCulture);
        return NetworkSetting.Perceptron(data, $"{hidden}-{hidden}", "relu") with { Seed = run.Seed };
    }

    /// <summary>Three convolutions, two linear layers.</summary>
    public static NetworkSetting Cnn(FigureRun run)
        => Images(run, "cnn5", 12, $"relu:width={run.Pick(2, 6, 64)}");

    /// <summary>A residual network without normalisation.</summary>
    public static NetworkSetting ResNet(FigureRun run)
        => Images(run, "resnet14", 8, $"relu:width={run.Pick(2, 4, 16)}");

    /// <summary>In words, for a figure's parameters.</summary>
    public static (string Name, string Value) Words(Effort effort, int examples = 1024, int width = 64) => ("setting", effort switch
    {
        Effort.Full => $"MLP 3072-512-512-10, ReLU, squared error, {PaperExamples} examples of 10 classes",
        Effort.Quick => $"MLP 32-{width}-{width}-1, ReLU, squared error, {examples} examples of two classes (CIFAR-10's odd and even with --data), 30 % of labels at random",
        _ => "MLP 16-32-32-1, ReLU, squared error, 256 examples of two classes",
    });

    /// <summary>The same of the networks on images.</summary>
    public static (string Name, string Value) ImageWords(Effort effort) => ("on images", effort switch
    {
        Effort.Full => "CNN of 5 layers, 64 channels; ResNet-14, 16 channels; 3 × 32 × 32",
        Effort.Quick => "CNN of 5 layers, 6 channels, 3 × 12 × 12; ResNet-14, 4 channels, 3 × 8 × 8; 1024 examples",
        _ => "CNN of 5 layers, 2 channels, 3 × 12 × 12; ResNet-14, 2 channels, 3 × 8 × 8; 128 examples",
    });

    /// <summary>The parameters of figures that train a perceptron for some learning rates and batch sizes.</summary>
    public static IReadOnlyList<(string Name, string Value)> Parameters(
        Effort effort, double[] rates, int[] sizes, int steps, int examples = 1024, int width = 64) =>
    [
        Words(effort, examples, width), ("η (on images a tenth)", string.Join(", ", rates)), ("b", string.Join(", ", sizes)),
        ("steps", $"{steps}"),
    ];

    /// <summary>The same run for some batch sizes, named after them.</summary>
    public static NetworkJob[] ByBatchSize(
        FigureRun run, NetworkSetting setting, double rate, int[] sizes, int steps, IReadOnlyDictionary<TrackedQuantity, int> every)
        => [.. sizes.Select(b => new NetworkJob($"b = {b}", setting, Sgd(run, rate, b), steps, every))];

    /// <summary>A learning rate for what is made; on whole images, whose inputs are a hundred times as long, a tenth of it: the
    /// paper's.</summary>
    public static double Rate(FigureRun run, double rate) => run.Effort == Effort.Full ? rate / 10 : rate;

    /// <summary>SGD without replacement.</summary>
    public static TrainingOptions Sgd(FigureRun run, double rate, int batchSize)
        => new() { LearningRate = Rate(run, rate), BatchSize = batchSize, Seed = run.Seed + 1 };

    private static NetworkSetting Images(FigureRun run, string family, int side, string options)
    {
        DataSet<double> data = Data(run, run.Pick(128, 1024, PaperExamples), new(side, side, 3), s_images);
        return NetworkSetting.OnImages(family, data, options) with { Seed = run.Seed };
    }

    private static DataSet<double> Data(FigureRun run, int examples, TensorShape small, Mixture made)
    {
        DataSet<double> data = PaperData.Cifar10.Train(run, examples, small, made);
        if (run.DataFolder is not null || run.Effort == Effort.Full) data = Standardization.Of(data, StandardizationUnit.Channel, run.Threads).Apply(data);
        return run.Effort == Effort.Full ? data.WithOneHotTargets() : data.OddOrEven().WithSignTargets();
    }
}
