using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Training;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>A small network with its examples, all in memory of the CPU.</summary>
internal sealed class TrainingCase(Model model, Loss loss, double[] inputs, double[] targets, double[] initial) : IDisposable
{
    private static readonly CpuTensorSpace<double> Space = new(1);

    public Model Model => model;

    public Loss Loss => loss;

    public double[] Inputs => inputs;

    public double[] Targets => targets;

    public double[] Initial => initial;

    public ModelExamples<Span<double>> Examples { get; } = ModelExamples.Create(Space, model, loss, Data(model, inputs, targets));

    /// <summary>One parameter, <c>l_i = (h_i x - y_i)^2 / 2</c>: <c>H_i = h_i^2</c>.</summary>
    public static TrainingCase Line(double[] h, double[] y, double start)
        => new(new("line", [new LinearLayer(TensorShape.Vector(1), 1, bias: false)]), new MeanSquaredError(), h, y, [start]);

    /// <summary><c>l_i = ||theta o x_i - y_i||^2</c>-like linear regression of several parameters: <c>l_i = (x_i . theta - y_i)^2 /
    /// 2</c>.</summary>
    public static TrainingCase Plane(int n, int d, int seed)
        => new(new("plane", [new LinearLayer(TensorShape.Vector(d), 1, bias: false)]), new MeanSquaredError(), Normal(n * d, seed), Normal(n, seed + 1), Normal(d, seed + 2));

    /// <summary>The diagonal linear network of two parameters, <c>L = (theta_1 theta_2)^2</c>: paper 004.</summary>
    public static TrainingCase DiagonalLinear(double first, double second)
        => new(
            new("diagonal", [new LinearLayer(TensorShape.Vector(1), 1, bias: false), new LinearLayer(TensorShape.Vector(1), 1, bias: false)]),
            new MeanSquaredError(SquaredErrorConvention.SumOverOutputs), [1], [0], [first, second]);

    /// <summary>A perceptron of two tanh layers on normal inputs and targets.</summary>
    public static TrainingCase Perceptron(int n, int inputs, int width, int outputs, int seed)
    {
        TensorShape hidden = TensorShape.Vector(width);
        Model model = new($"mlp:{inputs}-{width}-{width}-{outputs}:tanh", [
            new LinearLayer(TensorShape.Vector(inputs), width), new ActivationLayer(hidden, new(ActivationKind.Tanh)),
            new LinearLayer(hidden, width), new ActivationLayer(hidden, new(ActivationKind.Tanh)), new LinearLayer(hidden, outputs)]);
        double[] initial = Normal(model.ParameterCount, seed + 2);
        for (int i = 0; i < initial.Length; i++) initial[i] *= 0.7 / Math.Sqrt(width);
        return new(model, new MeanSquaredError(), Normal(n * inputs, seed), Normal(n * outputs, seed + 1), initial);
    }

    public Trainer<Span<double>> Trainer(TrainingOptions options, bool stepSharpness = false, int threads = 1)
        => new(new CpuTensorSpace<double>(threads), model, loss, Examples, options, stepSharpness);

    public DataSet<double> DataSet => Data(model, inputs, targets);

    private static DataSet<double> Data(Model model, double[] inputs, double[] targets) => new()
    {
        Examples = inputs.Length / model.Input.Length, InputShape = model.Input, Inputs = inputs, Targets = targets, TargetLength = model.Outputs,
    };

    /// <summary>A trainer at step 0.</summary>
    public Trainer<Span<double>> Started(TrainingOptions options, bool stepSharpness = false, int threads = 1)
    {
        Trainer<Span<double>> trainer = Trainer(options, stepSharpness, threads);
        trainer.Start(initial);
        return trainer;
    }

    public void Dispose() => Examples.Dispose();

    /// <summary>Normal numbers by Box and Muller from a seeded generator.</summary>
    public static double[] Normal(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
    }
}
