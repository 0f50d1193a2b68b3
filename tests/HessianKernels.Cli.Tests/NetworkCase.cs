using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Cli.Tests;

/// <summary>A small network at seeded parameters and seeded examples, as files and as the library's point.</summary>
internal sealed class NetworkCase
{
    public const string Spec = "mlp:6-5-4-3:tanh";

    public NetworkCase(TemporaryFolder folder)
    {
        Parameters = folder["P.npz"];
        Data = folder["D.npz"];
        ParameterFile.Write<double>(Parameters, Model, Theta);
        DataFile.Write(Examples, Data);
    }

    public string Parameters { get; }

    public string Data { get; }

    public Model Model { get; } = ModelSpec.Parse(Spec);

    public double[] Theta { get; } = Initialization.PyTorch.Parameters<double>(ModelSpec.Parse(Spec), 3);

    public DataSet<double> Examples { get; } = new GaussianMixture(TensorShape.Vector(6), classes: 3, separation: 2,
        seed: 4).Draw<double>(20);

    public ModelPoint<Span<double>> Point(Loss loss) => ModelPoint.Create<double>(Model, loss, Examples, Theta);

    /// <summary>What says at which point: the command, and the files.</summary>
    public string[] Arguments(string command, string loss, params string[] more)
        => [command, "--model", Spec, "--parameters", Parameters, "--data", Data, "--loss", loss, .. more];
}
