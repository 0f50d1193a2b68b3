using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Networks.Tests.Layers;

/// <summary>Every layer, loss and model family against PyTorch's float64 values, made by benchmarks/peers/network-cases.py.</summary>
public sealed class PyTorchTests : IDisposable
{
    private static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "Data", "networks.npz");
    private readonly NpzReader file = NpzReader.Open(Path);

    public static TheoryData<string> Cases => [.. Names()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryPassGivesPyTorchsNumbers(string name)
    {
        Model model = name[0] == '+' ? new(name, Listed(name[..name.IndexOf('|')])) : ModelSpec.Parse(name[..name.IndexOf('|')]);
        double[] at = Array(name, "parameters"), v = Array(name, "v"), inputs = Array(name, "inputs");
        int n = inputs.Length / model.Input.Length, d = model.ParameterCount;
        Assert.Equal(d, at.Length);

        using ModelPass<Span<double>> pass = new(new CpuTensorSpace<double>(2), model, LossOf(name[(name.IndexOf('|') + 1)..]), n, 2);
        pass.Resize(n);
        inputs.CopyTo(pass.Input);
        Array(name, "targets").CopyTo(pass.Target);
        pass.Weights.Fill(1.0 / n);
        double[] gradient = new double[d], hessian = new double[d], gaussNewton = new double[d], pulled = new double[d];
        pass.Forward(at);
        Same(name, "outputs", pass.Output);
        Same(name, "loss", [Sum(pass.Losses) / n]);
        pass.Backward(at, true, gradient);
        Same(name, "gradient", gradient);
        pass.ForwardTangent(at, v, 1);
        Same(name, "jacobian", pass.OutputTangent);
        pass.BackwardTangent(at, v, hessian);
        Same(name, "hessian", hessian);
        pass.GaussNewton(at, gaussNewton);
        Same(name, "gauss-newton", gaussNewton);
        pass.PullBack(at, Array(name, "u"), pulled);
        Same(name, "pulled", pulled);
    }

    [Fact]
    public void EveryFamilyAndEveryLossHasACase()
    {
        string[] names = Names();
        Assert.All(ModelSpec.Families, family => Assert.Contains(names, name => name.StartsWith(family + ":", StringComparison.Ordinal)));
        Assert.All(ModelSpec.Activations, activation => Assert.Contains(names, name => name.Contains(":" + activation, StringComparison.Ordinal)));
    }

    public void Dispose() => file.Dispose();

    private static string[] Names()
    {
        using NpzReader file = NpzReader.Open(Path);
        return [.. file.Names.Select(name => name[..name.LastIndexOf('|')]).Distinct()];
    }

    private static Loss LossOf(string name) => name switch
    {
        "mse" => new MeanSquaredError(),
        "mse-sum" => new MeanSquaredError(SquaredErrorConvention.SumOverOutputs),
        "mse-mean" => new MeanSquaredError(SquaredErrorConvention.MeanOverOutputs),
        "cross-entropy" => new CrossEntropy(),
        "cross-entropy-0.1" => new CrossEntropy(0.1),
        _ => throw new ArgumentException($"The file names a loss '{name}' that the test does not know.", nameof(name)),
    };

    /// <summary>The layers of a case that no family has.</summary>
    private static IReadOnlyList<Layer> Listed(string name)
    {
        TensorShape image = new(5, 4, 2), four = TensorShape.Vector(4);
        ActivationFunction tanh = new(ActivationKind.Tanh), silu = new(ActivationKind.Silu);
        LayerStack on = LayerStack.OnImage(image), of = new(four);
        return name switch
        {
            "+stride" => on.Convolution(3, 3, 2, 1, bias: false).Activation(silu).Convolution(2, 2, 1, 0).Flatten().Layers,
            "+pools" => Pool(Pool(on.Convolution(3), shape => new MaxPoolingLayer(shape, 3, 2, 1)), shape => new AveragePoolingLayer(shape, 2, 1, 1))
                .Activation(tanh).Add(new MaxPoolingLayer(new(4, 3, 3), 2, 1)).Flatten().Linear(2).Layers,
            "+image-norm" => Pool(
                on.Convolution(3).Add(new LayerNormLayer(new(5, 4, 3))).Activation(tanh), shape => new GlobalAveragePoolingLayer(shape)).Linear(2).Layers,
            "+vector-ghosts" => of.Linear(3).Add(new GhostBatchNormLayer(TensorShape.Vector(3), 4)).Activation(tanh).Linear(2).Layers,
            "+residual-ends" => of.Linear(4).Activation(tanh)
                .Add(new Residual(new LayerStack(four).Linear(3).Activation(silu).Network, new LayerStack(four).Linear(3).Activation(tanh).Network))
                .Activation(tanh).Linear(2).Layers,
            _ => throw new ArgumentException($"The file names a case '{name}' that the test does not know.", nameof(name)),
        };

        static LayerStack Pool(LayerStack stack, Func<TensorShape, Layer> pool) => stack.Add(pool(stack.Shape));
    }

    private double[] Array(string name, string what) => file.Read<double>($"{name}|{what}").Values;

    private void Same(string name, string what, ReadOnlySpan<double> actual)
    {
        double[] expected = Array(name, what);
        Tolerance.Equal(expected, actual, 1e-10 * expected.Max(Math.Abs), what);
    }

    private static double Sum(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (double value in x) sum += value;
        return sum;
    }
}
