using HessianKernels.Kernels;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Training;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>
/// A small setting in which sharpness rises to where the learning rate and the batch size hold it: a perceptron of two tanh layers of 32
/// on normal inputs of 20 numbers
/// with labels +-1 drawn at random, squared error, in double.
/// </summary>
internal sealed class RandomLabels
{
    private const int Width = 20;

    public RandomLabels(int examples, ulong seed)
    {
        double[] inputs = new double[examples * Width], targets = new double[examples];
        for (int i = 0; i < inputs.Length; i += 2) (inputs[i], inputs[i + 1]) = Philox.NormalPair(seed, 1, (ulong)(i / 2));
        for (int i = 0; i < examples; i++) targets[i] = (Philox.Block(seed, 2, (ulong)i).Item1 & 1) == 0 ? 1 : -1;
        Data = new() { Examples = examples, InputShape = TensorShape.Vector(Width), Inputs = inputs, Targets = targets, TargetLength = 1 };
        Initial = Initialization.PyTorch.Parameters<double>(Model, seed);
    }

    public Model Model { get; } = ModelSpec.Parse("mlp:20-32-32-1:tanh");

    public DataSet<double> Data { get; }

    public double[] Initial { get; }

    public Trainer<Span<double>> Trainer(TrainingOptions options, bool stepSharpness = false, int threads = 1)
        => Networks.Training.Trainer.Create<double>(Model, new MeanSquaredError(), Data, Initial, options, stepSharpness, threads);
}
