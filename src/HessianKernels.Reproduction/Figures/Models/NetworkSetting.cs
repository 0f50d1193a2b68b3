using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>What is trained: a network, its loss, its data and where it starts.</summary>
/// <param name="Model">The network.</param>
/// <param name="Data">The training set, with targets or labels as the loss takes them.</param>
internal sealed record NetworkSetting(Model Model, DataSet<double> Data)
{
    /// <summary>Of one example.</summary>
    public Loss Loss { get; init; } = new MeanSquaredError();

    /// <summary>Where the parameters are drawn from.</summary>
    public Initialization Initialization { get; init; } = Initialization.PyTorch;

    /// <summary>Of the parameters.</summary>
    public ulong Seed { get; init; }

    /// <summary>Parameters to start from in place of drawn ones.</summary>
    public double[]? From { get; init; }

    /// <summary>n.</summary>
    public int Examples => Data.Examples;

    /// <summary>A perceptron of the data's inputs and of outputs as its targets have, or one a class.</summary>
    /// <param name="data">The training set.</param>
    /// <param name="hidden">The hidden widths, joined by dashes.</param>
    /// <param name="activation">Its name.</param>
    public static NetworkSetting Perceptron(DataSet<double> data, string hidden, string activation)
        => new(ModelSpec.Parse($"mlp:{data.InputShape.Length}-{hidden}-{OutputsOf(data)}:{activation}"), data);

    /// <summary>A network on images.</summary>
    /// <param name="family">Of <see cref="ModelSpec"/>: cnn5, resnet14.</param>
    /// <param name="data">The training set, of images.</param>
    /// <param name="options">The rest of the specification: <c>relu:width=8</c>.</param>
    public static NetworkSetting OnImages(string family, DataSet<double> data, string options)
        => new(ModelSpec.Parse($"{family}:{data.InputShape.Channels}x{data.InputShape.Height}x{data.InputShape.Width}-{OutputsOf(data)}:{options}"), data);

    /// <summary>The parameters at the start.</summary>
    public double[] Start() => From ?? Initialization.Parameters<double>(Model, Seed);

    /// <summary>Asks the mean loss over the training set.</summary>
    /// <param name="run">The figure's: it says where the tensors lie.</param>
    /// <param name="parameters">Where; the start where null.</param>
    /// <param name="ask">Given the point, which is there no longer after.</param>
    /// <param name="options">The defaults where null.</param>
    /// <param name="threads">Most threads; 0 for one a processor.</param>
    public TResult At<TResult>(
        FigureRun run, double[]? parameters, Func<INetworkPoint, TResult> ask, ModelPointOptions? options = null, int threads = 1)
        => run.Tensors(
            new Asking<TResult>(this, parameters ?? Start(), PointMemory.Options(Model, Loss, Examples, options), ask, run.Cancellation), threads);

    private static int OutputsOf(DataSet<double> data) => data.Targets is null ? data.Classes : data.TargetLength;

    private sealed class Asking<TResult>(
        NetworkSetting setting, double[] parameters, ModelPointOptions options, Func<INetworkPoint, TResult> ask, CancellationToken cancellation)
        : ITensorWork<TResult>
    {
        public TResult On<TView>(ITensorSpace<TView> space)
            where TView : allows ref struct
        {
            using NetworkPoint<TView> point = new(
                ModelPoint.Create<double, TView>(space, setting.Model, setting.Loss, setting.Data, parameters, options)) { Cancellation = cancellation };
            return ask(point);
        }
    }
}
