using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>A model small enough that every one of its matrices can be formed: 5 inputs, 4 tanh, 3 SiLU, 2 outputs; d = 45 parameters, n =
/// 7 examples.</summary>
internal static class SmallModel
{
    public const int Examples = 7, Outputs = 2;

    public static Model Network { get; } = new("small", [
        new LinearLayer(TensorShape.Vector(5), 4), new ActivationLayer(TensorShape.Vector(4), new(ActivationKind.Tanh)),
        new LinearLayer(TensorShape.Vector(4), 3), new ActivationLayer(TensorShape.Vector(3), new(ActivationKind.Silu)),
        new LinearLayer(TensorShape.Vector(3), Outputs, bias: false)]);

    /// <summary>The same of which the second linear layer does not say that it is linear.</summary>
    public static Model OpaqueNetwork { get; } = new("opaque",
        [.. Network.Network.Layers.Select((layer, i) => i == 2 ? new OpaqueLayer(layer) : layer)]);

    public static int Parameters => Network.ParameterCount;

    public static DataSet<double> Set { get; } = new()
    {
        Examples = Examples, InputShape = TensorShape.Vector(5), Inputs = Numbers(Examples * 5, 1),
        Targets = Numbers(Examples * Outputs, 2), TargetLength = Outputs,
    };

    public static ModelPoint<Span<double>> Point(ModelPointOptions? options = null, Loss? loss = null, Model? network = null)
        => ModelPoint.Create(network ?? Network, loss ?? new MeanSquaredError(), Set, Numbers(Parameters, 3), options);

    public static double[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
    }

    /// <summary>Of one example alone: its gradient and its matrix, <c>[d, d]</c>, by products with the unit vectors.</summary>
    public static (double[] Gradient, double[] Matrix) OfExample(
        int example, Func<ModelPoint<Span<double>>, ModelOperator<Span<double>>> matrix)
    {
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 1 });
        point.Select([example]);
        return (point.Gradient().ToArray(), Formed(matrix(point)));
    }

    /// <summary><c>J</c>, <c>[n C, d]</c>, by products with the unit vectors.</summary>
    public static double[] Jacobian(ModelPoint<Span<double>> point)
    {
        int d = Parameters, rows = point.Examples * Outputs;
        double[] jacobian = new double[rows * d], unit = new double[d], column = new double[rows];
        for (int j = 0; j < d; j++)
        {
            Array.Clear(unit);
            unit[j] = 1;
            point.JacobianProduct(unit, column);
            for (int i = 0; i < rows; i++) jacobian[i * d + j] = column[i];
        }

        return jacobian;
    }

    /// <summary><c>scale A A^T</c> of the rows of A, <c>[rows, d]</c>.</summary>
    public static double[] RowGram(double[] a, int rows, double scale = 1)
    {
        int d = a.Length / rows;
        double[] gram = new double[rows * rows];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < rows; j++) gram[i * rows + j] = scale * Dot(a.AsSpan(i * d, d), a.AsSpan(j * d, d));
        return gram;
    }

    public static double[] Transposed(double[] a, int rows)
    {
        int columns = a.Length / rows;
        double[] transposed = new double[a.Length];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) transposed[j * rows + i] = a[i * columns + j];
        return transposed;
    }

    public static double[] Formed(ModelOperator<Span<double>> matrix)
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
