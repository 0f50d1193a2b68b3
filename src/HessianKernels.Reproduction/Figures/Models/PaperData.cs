using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>A data set of the papers: read where there is a data folder, else made from the seed in the same form.</summary>
/// <remarks>
/// What is made are mixtures of Gaussians, each class of several of them, with a share of the labels drawn anew: as hard to fit exactly as
/// images are, so that sharpness has time to rise. A figure's full size has the shape of the set's own examples, smaller ones the shape
/// that the figure asks for, and images that are read about as many pixels, each the mean of those it covers.
/// </remarks>
internal sealed class PaperData
{
    // Of the random numbers of a common picture.
    private const ulong CommonStream = 4;

    private readonly string _folder;
    private readonly TensorShape _shape;
    private readonly string[] _train, _test;

    private PaperData(string name, string folder, string source, TensorShape shape, string[] train, string[] test)
    {
        (Name, _folder, _shape, _train, _test) = (name, folder, shape, train, test);
        TrainFiles = [.. train.Select(file => new DataFile($"{folder}/{file}", source))];
        TestFiles = [.. test.Select(file => new DataFile($"{folder}/{file}", source))];
    }

    /// <summary>50000 and 10000 colour images of 32 x 32.</summary>
    public static PaperData Cifar10 { get; } = new(
        "CIFAR-10", "cifar-10-batches-bin", "CIFAR-10, binary version, from the home page of A. Krizhevsky", new(32, 32, 3),
        [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")], ["test_batch.bin"]);

    /// <summary>60000 and 10000 digits of 28 x 28.</summary>
    public static PaperData Mnist { get; } = OfIdx("MNIST", "mnist",
        "MNIST in the IDX format, by Y. LeCun, C. Cortes and C. Burges; unpacked");

    /// <summary>60000 and 10000 clothes of 28 x 28.</summary>
    public static PaperData FashionMnist { get; } = OfIdx(
        "Fashion-MNIST", "fashion-mnist", "Fashion-MNIST in the IDX format, by Zalando Research; unpacked");

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What the first examples are read from.</summary>
    public IReadOnlyList<DataFile> TrainFiles { get; }

    /// <summary>What the examples kept apart are read from.</summary>
    public IReadOnlyList<DataFile> TestFiles { get; }

    /// <summary>The first examples, with labels of ten classes; pixels from 0 to 1 where read, about standard normal where made.</summary>
    /// <param name="run">Where the folder is, and what the seed.</param>
    /// <param name="examples">How many.</param>
    /// <param name="small">Shape of an example, unless the figure has its full size: of those made, and of images read where it is one of images; where it is
    /// a vector they have at most twice as many pixels.</param>
    /// <param name="made">How what is made is made; the defaults where null.</param>
    public DataSet<double> Train(FigureRun run, int examples, TensorShape small, Mixture? made = null)
        => run.DataFolder is { } folder ? Read(folder, _train, examples, small, run) : Make(run, examples, 0, small, made);

    /// <summary>Examples that are none of the first.</summary>
    /// <inheritdoc cref="Train"/>
    public DataSet<double> Test(FigureRun run, int examples, TensorShape small, Mixture? made = null)
        => run.DataFolder is { } folder ? Read(folder, _test, examples, small, run) : Make(run, examples, 1L << 32, small, made);

    private static PaperData OfIdx(string name, string folder, string source)
        => new(name, folder, source, new(28, 28, 1), Names("train"), Names("t10k"));

    private static string[] Names(string part) => [$"{part}-images-idx3-ubyte", $"{part}-labels-idx1-ubyte"];

    private DataSet<double> Read(string folder, string[] files, int examples, TensorShape small, FigureRun run)
    {
        string[] paths = [.. files.Select(file => Path.Combine(folder, _folder, file))];
        DataSet<double> read = _shape.Channels == 3
            ? Cifar.Read<double>(paths, CifarLabels.Ten, examples, null, run.Cancellation)
            : HessianKernels.Networks.Data.Mnist.Read<double>(paths[0], paths[1], examples, null, run.Cancellation);
        if (run.Effort == Effort.Full) return read;
        int side = Math.Clamp((int)Math.Sqrt(2.0 * small.Length / _shape.Channels), 1, _shape.Height);
        return Thumbnails.Of(read, small.IsVector ? new(side, side, _shape.Channels) : small);
    }

    private DataSet<double> Make(FigureRun run, int examples, long first, TensorShape small, Mixture? made)
    {
        made ??= new();
        TensorShape shape = run.Effort == Effort.Full ? _shape : small;
        DataSet<double> drawn = new GaussianMixture(shape, 10, made.Separation, made.Components, made.LabelNoise, made.Patch, run.Seed)
            .Draw<double>(examples, first, run.Threads, run.Cancellation);
        return made.Common == 0 ? drawn : WithCommon(drawn, made.Common, run.Seed);
    }

    private static DataSet<double> WithCommon(DataSet<double> data, double norm, ulong seed)
    {
        double[] picture = new RandomNumbers(seed, CommonStream).Normals(data.InputShape.Length), inputs = data.Inputs.ToArray();
        double scale = norm / Math.Sqrt(picture.Sum(x => x * x));
        for (int i = 0; i < inputs.Length; i++) inputs[i] += scale * picture[i % picture.Length];
        return new() { Examples = data.Examples, InputShape = data.InputShape, Inputs = inputs, Labels = data.Labels, Classes = data.Classes };
    }
}

/// <summary>How examples are made: <see cref="GaussianMixture"/>.</summary>
/// <param name="Separation">Root mean square norm of a Gaussian's centre.</param>
/// <param name="Components">Gaussians a class.</param>
/// <param name="LabelNoise">The share of labels that are drawn anew.</param>
/// <param name="Patch">Pixels along a side of which a centre is constant.</param>
/// <param name="Common">Norm of a picture that is added to all examples; 0 for none.</param>
internal sealed record Mixture(double Separation = 3, int Components = 4, double LabelNoise = 0.2, int Patch = 4, double Common = 0);
