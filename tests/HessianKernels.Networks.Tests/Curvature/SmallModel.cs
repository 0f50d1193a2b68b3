using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>A model small enough that every one of its matrices can be formed: 5 inputs, 4 tanh, 3 SiLU, 2 outputs; d = 45 parameters, n = 7 examples.</summary>
internal static class SmallModel
{
    public const int Examples = 7, Outputs = 2;

    public static Model Network { get; } = new("small", [
        new LinearLayer(TensorShape.Vector(5), 4), new ActivationLayer(TensorShape.Vector(4), new(ActivationKind.Tanh)),
        new LinearLayer(TensorShape.Vector(4), 3), new ActivationLayer(TensorShape.Vector(3), new(ActivationKind.Silu)),
        new LinearLayer(TensorShape.Vector(3), Outputs, bias: false)]);

    public static int Parameters => Network.ParameterCount;

    public static DataSet<double> Set { get; } = new()
    {
        Examples = Examples, InputShape = TensorShape.Vector(5), Inputs = Numbers(Examples * 5, 1), Targets = Numbers(Examples * Outputs, 2), TargetLength = Outputs,
    };

    public static ModelPoint<Span<double>> Point(ModelPointOptions? options = null, Loss? loss = null)
        => ModelPoint.Create(Network, loss ?? new MeanSquaredError(), Set, Numbers(Parameters, 3), options);

    public static double[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
    }

    /// <summary>Of one example alone: its gradient and its matrix, <c>[d, d]</c>, by products with the unit vectors.</summary>
    public static (double[] Gradient, double[] Matrix) OfExample(int example, Func<ModelPoint<Span<double>>, ModelOperator<Span<double>>> matrix)
    {
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 1 });
        point.Select([example]);
        return (point.Gradient().ToArray(), Dense(matrix(point)));
    }

    public static double[] Dense(ModelOperator<Span<double>> matrix)
    {
        int d = matrix.Length;
        double[] dense = new double[d * d], unit = new double[d];
        for (int i = 0; i < d; i++)
        {
            Array.Clear(unit);
            unit[i] = 1;
            matrix.Apply(unit, dense.AsSpan(i * d, d));
        }

        return dense;
    }

    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }
}
