using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>The four passes against differences of the loss and of the gradient.</summary>
public class ModelPassTests
{
    private const int Examples = 5;
    private readonly Model model = Mlp(ActivationKind.Tanh, ActivationKind.Silu);

    private static Model Mlp(ActivationKind first, ActivationKind second)
    {
        TensorShape four = TensorShape.Vector(4), three = TensorShape.Vector(3);
        return new("test", [
            new LinearLayer(TensorShape.Vector(6), 4), new ActivationLayer(four, new(first)), new ActivationLayer(four, new(second)),
            new LinearLayer(four, 3), new ActivationLayer(three, new(second)), new LinearLayer(three, 2, bias: false),
            new ActivationLayer(TensorShape.Vector(2), new(first))]);
    }

    private static double[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
    }

    private ModelPass<Span<double>> Pass(double[] parameters)
    {
        ModelPass<Span<double>> pass = new(new CpuTensorSpace<double>(), model, new MeanSquaredError(), Examples + 2, 3);
        pass.Resize(Examples);
        Numbers(Examples * 6, 1).CopyTo(pass.Input);
        Numbers(Examples * 2, 2).CopyTo(pass.Target);
        pass.Weights.Fill(1.0 / Examples);
        pass.Forward(parameters);
        return pass;
    }

    private double Loss(double[] parameters)
    {
        using ModelPass<Span<double>> pass = Pass(parameters);
        double sum = 0;
        foreach (double loss in pass.Losses) sum += loss / Examples;
        return sum;
    }

    private double[] Gradient(double[] parameters)
    {
        using ModelPass<Span<double>> pass = Pass(parameters);
        double[] gradient = new double[model.ParameterCount];
        pass.Backward(parameters, true, gradient);
        return gradient;
    }

    private double[] HessianProduct(double[] parameters, double[] v)
    {
        using ModelPass<Span<double>> pass = Pass(parameters);
        double[] product = new double[model.ParameterCount];
        pass.Backward(parameters, false, default);
        pass.ForwardTangent(parameters, v, 1);
        pass.BackwardTangent(parameters, v, product);
        return product;
    }

    private static double[] Along(double[] parameters, double[] v, double s) => [.. parameters.Select((p, i) => p + s * v[i])];

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    [Fact]
    public void TheGradientIsTheLossesDerivative()
    {
        double[] at = Numbers(model.ParameterCount, 3), v = Numbers(model.ParameterCount, 4);
        double difference = (Loss(Along(at, v, 1e-5)) - Loss(Along(at, v, -1e-5))) / 2e-5;
        Assert.Equal(difference, Dot(Gradient(at), v), 1e-9);
    }

    [Fact]
    public void TheHessiansProductIsTheGradientsDerivative()
    {
        double[] at = Numbers(model.ParameterCount, 3), v = Numbers(model.ParameterCount, 4);
        double[] plus = Gradient(Along(at, v, 1e-5)), minus = Gradient(Along(at, v, -1e-5)), product = HessianProduct(at, v);
        for (int i = 0; i < product.Length; i++) Assert.Equal((plus[i] - minus[i]) / 2e-5, product[i], 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheLossesDerivativesAlongALine(int order)
    {
        double[] at = Numbers(model.ParameterCount, 3), v = Numbers(model.ParameterCount, 4), derivative = new double[Examples];
        using ModelPass<Span<double>> pass = Pass(at);
        pass.ForwardTangent(at, v, order);
        pass.LossDerivative(derivative);
        double expected = order switch
        {
            1 => Dot(Gradient(at), v),
            2 => Dot(HessianProduct(at, v), v),
            _ => (Dot(HessianProduct(Along(at, v, 1e-5), v), v) - Dot(HessianProduct(Along(at, v, -1e-5), v), v)) / 2e-5,
        };
        Assert.Equal(expected, derivative.Average(), 1e-8);
    }

    [Fact]
    public void ExampleGradientsAddUpToTheGradient()
    {
        double[] at = Numbers(model.ParameterCount, 3), rows = new double[Examples * model.ParameterCount], gradient = Gradient(at);
        using ModelPass<Span<double>> pass = Pass(at);
        pass.Backward(at, false, default);
        model.Network.ExampleGradients(pass.KeptViews(at), rows, model.ParameterCount);
        for (int i = 0; i < gradient.Length; i++)
            Assert.Equal(gradient[i], Enumerable.Range(0, Examples).Sum(e => rows[e * model.ParameterCount + i]), 1e-13);
    }
}
