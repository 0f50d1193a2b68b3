using HessianKernels.Networks.Curvature;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>Derivatives along lines, against products and differences.</summary>
public class ModelDerivativeTests
{
    private readonly double[] v = Numbers(Parameters, 21), u = Numbers(Parameters, 22);

    private static double[] Along(double[] direction, double s) => [.. Numbers(Parameters, 3).Zip(direction, (p, x) => p + s * x)];

    /// <summary>The central difference of a function of the point along a direction.</summary>
    private static double Difference(Func<ModelPoint<Span<double>>, double> f, double[] direction, double h)
    {
        using ModelPoint<Span<double>> point = Point();
        point.MoveTo(Along(direction, h));
        double plus = f(point);
        point.MoveTo(Along(direction, -h));
        return (plus - f(point)) / (2 * h);
    }

    [Fact]
    public void TheDifferencesErrorFallsWithTheSquareOfTheStep()
    {
        using ModelPoint<Span<double>> point = Point();
        double exact = point.Derivative(v, 1);
        double coarse = Math.Abs(Difference(p => p.Value(), v, 1e-2) - exact), fine = Math.Abs(Difference(p => p.Value(), v, 1e-3) - exact);
        Assert.InRange(coarse / fine, 90, 110);
    }

    [Fact]
    public void TheFormIsTheProducts()
    {
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 2 });
        double[] product = new double[Parameters];
        point.Hessian().Apply(v, product);
        Assert.Equal(Dot(v, product), point.HessianForm(v), 1e-12);
        Assert.Equal(Dot(v, point.Gradient()), point.Derivative(v, 1), 1e-13);
        double[] g = point.Gradient().ToArray();
        point.Hessian().Apply(g, product);
        Assert.Equal(Dot(g, product) / Dot(g, g), point.GradientSharpness(), 1e-12);
    }

    [Fact]
    public void TheThirdDerivativeIsTheFormsDerivative()
    {
        using ModelPoint<Span<double>> point = Point(new() { Order = 3, MicroBatch = 3 });
        double[] short_ = [.. u.Select(x => 1e-3 * x)];
        double expected = Difference(p => p.HessianForm(v), u, 1e-5);
        Assert.Equal(expected, point.ThirdDerivative(v, u), 1e-7);
        Assert.Equal(1e-3 * expected, point.ThirdDerivative(v, short_), 1e-10);
        Assert.Equal(point.Derivative(v, 3), point.ThirdDerivative(v, v), 1e-11);
        Assert.Equal(0, point.ThirdDerivative(v, new double[Parameters]));
    }

    [Fact]
    public void ProgressiveSharpeningIsTheSharpnesssRateAlongTheFlow()
    {
        using ModelPoint<Span<double>> point = Point(new() { Order = 3 });
        double[] g = point.Gradient().ToArray();
        LanczosResult<double> top = Lanczos.TopK(point.Hessian(), 1, new() { Tolerance = 1e-12 });
        double expected = -Difference(p => Lanczos.TopK(p.Hessian(), 1, new() { Tolerance = 1e-12 }).Eigenvalues[0], g, 1e-4);
        Assert.Equal(expected, point.ProgressiveSharpening(top.Eigenvectors), 1e-6);
    }

    [Fact]
    public void SaysWhichOrderIsMissing()
    {
        using ModelPoint<Span<double>> point = Point();
        Assert.Contains("order 3", Assert.Throws<InvalidOperationException>(() => point.ThirdDerivative(v, u)).Message);
    }
}
