using System.Numerics;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Tests.Layers;

/// <summary>
/// One case's numbers through its model and loss, at any parameters; everything as arrays of double. The loss is the mean over the
/// examples.
/// </summary>
internal sealed class NetworkProbe<T> : IDisposable where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly NetworkCase of;
    private readonly ModelPass<Span<T>> pass;
    private readonly int first;

    public NetworkProbe(NetworkCase of, int threads = 1, int first = 0, int count = int.MaxValue, int order = 3)
    {
        (this.of, this.first) = (of, first);
        count = Math.Min(count, of.Examples - first);
        pass = new(new CpuTensorSpace<T>(threads), of.Model, of.Loss, count + 1, order);
        pass.Resize(count);
    }

    public ReadOnlySpan<T> Input => pass.Input;

    public ReadOnlySpan<T> Target => pass.Target;

    private int Rows => pass.Examples * of.Model.Outputs;

    public ModelPass<Span<T>> At(double[] parameters)
    {
        Converted(of.Inputs.AsSpan(first * of.Model.Input.Length, pass.Examples * of.Model.Input.Length)).CopyTo(pass.Input);
        Converted(of.Targets.AsSpan(first * of.Model.Outputs, Rows)).CopyTo(pass.Target);
        pass.Weights.Fill(T.CreateTruncating(1.0 / of.Examples));
        pass.Forward(Converted(parameters));
        return pass;
    }

    public double[] Loss(double[] parameters) => [Numbers(At(parameters).Losses).Sum() / of.Examples];

    public double[] Losses(double[] parameters) => Numbers(At(parameters).Losses);

    public double[] Outputs(double[] parameters) => Numbers(At(parameters).Output);

    public double[] Gradient(double[] parameters)
    {
        T[] gradient = new T[parameters.Length];
        At(parameters).Backward(Converted(parameters), true, gradient);
        return Numbers(gradient);
    }

    public double[] HessianProduct(double[] parameters, double[] v)
    {
        T[] product = new T[parameters.Length], at = Converted(parameters), along = Converted(v);
        At(parameters).Backward(at, false, default);
        pass.ForwardTangent(at, along, 1);
        pass.BackwardTangent(at, along, product);
        return Numbers(product);
    }

    /// <summary>A product of the same pass after others, at the point where it stands.</summary>
    public double[] AnotherHessianProduct(double[] parameters, double[] v)
    {
        T[] product = new T[parameters.Length], at = Converted(parameters), along = Converted(v);
        pass.ForwardTangent(at, along, 1);
        pass.BackwardTangent(at, along, product);
        return Numbers(product);
    }

    public double HessianForm(double[] parameters, double[] v)
    {
        T[] at = Converted(parameters);
        At(parameters).Backward(at, false, default);
        return AnotherHessianForm(parameters, v);
    }

    /// <summary>A form of the same pass after others, at the point where it stands.</summary>
    public double AnotherHessianForm(double[] parameters, double[] v)
    {
        T[] result = [T.NaN];
        pass.HessianForm(Converted(parameters), Converted(v), result);
        return double.CreateTruncating(result[0]);
    }

    public double[] GaussNewtonProduct(double[] parameters, double[] v)
    {
        T[] product = new T[parameters.Length], at = Converted(parameters);
        At(parameters).ForwardTangent(at, Converted(v), 1);
        pass.GaussNewton(at, product);
        return Numbers(product);
    }

    /// <summary>Derivatives of the outputs of orders 1 to K, <c>[K, n C]</c>.</summary>
    public double[] OutputTangents(double[] parameters, double[] v, int order)
    {
        At(parameters).ForwardTangent(Converted(parameters), Converted(v), order);
        return Numbers(pass.OutputTangent);
    }

    public double[] LossDerivatives(double[] parameters, double[] v, int order)
    {
        T[] result = new T[pass.Examples];
        At(parameters).ForwardTangent(Converted(parameters), Converted(v), order);
        pass.LossDerivative(result);
        return Numbers(result);
    }

    public double[] PullBack(double[] parameters, double[] seed)
    {
        T[] result = new T[parameters.Length];
        At(parameters).PullBack(Converted(parameters), Converted(seed), result);
        return Numbers(result);
    }

    public double[] ExampleGradients(double[] parameters)
    {
        T[] at = Converted(parameters), rows = new T[pass.Examples * (at.Length + 2)];
        At(parameters).Backward(at, false, default);
        Array.Fill(rows, T.NaN);
        of.Model.Network.ExampleGradients(pass.KeptViews(at), rows, at.Length + 2);
        return Numbers(rows);
    }

    public void Dispose() => pass.Dispose();

    private static T[] Converted(ReadOnlySpan<double> numbers)
    {
        T[] converted = new T[numbers.Length];
        for (int i = 0; i < numbers.Length; i++) converted[i] = T.CreateTruncating(numbers[i]);
        return converted;
    }

    private static double[] Numbers(ReadOnlySpan<T> values)
    {
        double[] numbers = new double[values.Length];
        for (int i = 0; i < values.Length; i++) numbers[i] = double.CreateTruncating(values[i]);
        return numbers;
    }
}
