using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>Every kind of network and loss at a point: products, forms and Gram matrices against differences and each other.</summary>
public class ModelFamilyTests
{
    private const int Count = 6;

    public static TheoryData<string, bool> Families => new()
    {
        { "mlp:5-4-3:gelu", true }, { "mlp:5-4-3:erf:layer-norm", false }, { "cnn5:2x12x12-3:tanh:width=1", true }, { "resnet9:2x12x12-3:silu:width=1", false },
        { "resnet10:1x8x8-2:tanh:width=1", true }, { "vgg10:1x8x8-2:tanh:width=1:ghost=3", true }, { "diagonal:4x3", false }, { "quadratic:5", false }, { "linear:5-3", true },
    };

    private static ModelPoint<Span<double>> PointOf(string spec, bool classes, ModelPointOptions? options = null)
    {
        Model model = ModelSpec.Parse(spec);
        int[] labels = [.. Enumerable.Range(0, Count).Select(i => i * i % model.Outputs)];
        DataSet<double> data = new()
        {
            Examples = Count, InputShape = model.Input, Inputs = Numbers(Count * model.Input.Length, 1), Labels = classes ? labels : null, Classes = classes ? model.Outputs : 0,
            Targets = classes ? null : Numbers(Count * model.Outputs, 2), TargetLength = classes ? 0 : model.Outputs,
        };
        Loss loss = classes ? new CrossEntropy(0.1) : new MeanSquaredError();
        return ModelPoint.Create<double>(model, loss, data, Initialization.He.Parameters<double>(model, 7), options);
    }

    private static double[] Along(double[] x, double[] v, double s) => [.. x.Zip(v, (a, b) => a + s * b)];

    [Theory]
    [MemberData(nameof(Families))]
    public void ProductsAreDerivatives(string spec, bool classes)
    {
        using ModelPoint<Span<double>> point = PointOf(spec, classes, new() { Order = 3, MicroBatch = 3 });
        int d = point.ParameterCount;
        double[] at = point.Parameters.ToArray(), v = Numbers(d, 3), u = Numbers(d, 4), hv = new double[d], hu = new double[d], plus = new double[d], minus = new double[d];
        point.Hessian().Apply(v, hv);
        point.Hessian().Apply(u, hu);
        double scale = Math.Sqrt(Dot(hv, hv)), form = point.HessianForm(v), first = point.Derivative(v, 1), third = point.ThirdDerivative(v, u);
        Tolerance.Equal(Dot(u, hv), Dot(v, hu), 1e-12 * d * scale, "symmetry");
        Tolerance.Equal(Dot(v, hv), form, 1e-12 * d * scale, "form");
        Tolerance.Equal(Dot(v, point.Gradient()), first, 1e-12 * d * (1 + Math.Abs(first)), "slope");
        const double h = 1e-5;
        point.MoveTo(Along(at, v, h));
        double higher = point.Value();
        point.Gradient(plus);
        point.MoveTo(Along(at, v, -h));
        double lower = point.Value();
        point.Gradient(minus);
        Tolerance.Equal((higher - lower) / (2 * h), first, 1e-7 * (1 + Math.Abs(first)), "slope by a difference");
        double[] difference = [.. plus.Zip(minus, (p, m) => (p - m) / (2 * h))];
        Tolerance.Equal<double>(difference, hv, 1e-6 * scale, "Hessian product by a difference");
        point.MoveTo(Along(at, u, h));
        double after = point.HessianForm(v);
        point.MoveTo(Along(at, u, -h));
        Tolerance.Equal((after - point.HessianForm(v)) / (2 * h), third, 1e-5 * (1 + Math.Abs(third) + Math.Abs(form)), "third derivative by a difference");
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void GaussNewtonIsTheJacobianTwice(string spec, bool classes)
    {
        using ModelPoint<Span<double>> point = PointOf(spec, classes, new() { MicroBatch = 3 }), whole = PointOf(spec, classes, new() { MicroBatch = 6, Order = 1 });
        int d = point.ParameterCount, c = point.Outputs;
        double[] v = Numbers(d, 3), found = new double[d], expected = new double[d], tangent = new double[Count * c], signal = new double[Count * c], s = point.LogitHessians();
        point.GaussNewton().Apply(v, found);
        whole.JacobianProduct(v, tangent);
        for (int i = 0; i < Count; i++)
            for (int a = 0; a < c; a++)
                for (int b = 0; b < c; b++) signal[i * c + a] += s[(i * c + a) * c + b] * tangent[i * c + b] / Count;
        whole.TransposedJacobianProduct(signal, expected);
        Tolerance.Equal<double>(expected, found, 1e-12 * Math.Sqrt(d * Dot(expected, expected)), "Gauss-Newton product");
        Assert.True(Dot(v, found) >= 0);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void RowsAndGramMatricesAreTheJacobians(string spec, bool classes)
    {
        using ModelPoint<Span<double>> point = PointOf(spec, classes);
        int d = point.ParameterCount, c = point.Outputs;
        double[] rows = new double[Count * c * d], v = Numbers(d, 3), expected = new double[Count * c], found = new double[Count * c];
        if (spec.StartsWith("vgg", StringComparison.Ordinal))
        {
            Assert.Throws<NotSupportedException>(() => point.JacobianRows(0, Count, rows));
            return;
        }

        point.JacobianRows(0, Count, rows);
        point.JacobianProduct(v, expected);
        for (int i = 0; i < found.Length; i++) found[i] = Dot(rows.AsSpan(i * d, d), v);
        double size = Math.Sqrt(d * Dot(expected, expected));
        Tolerance.Equal<double>(expected, found, 1e-12 * size, "rows");
        double[] gram = RowGram(rows, Count * c);
        Tolerance.Equal<double>(gram, point.JacobianGram(), 1e-12 * gram.Max(), "Gram matrix");
        Tolerance.Equal<double>(gram, point.JacobianGram(blockBytes: 1), 1e-12 * gram.Max(), "Gram matrix, example by example");
        double[] top = Lanczos.TopK(point.GaussNewton(), 1).Eigenvalues;
        Tolerance.Equal<double>(top, point.Curvatures().Reduce().Eigenvalues[..1].ToArray(), 1e-9 * top[0], "largest eigenvalue");
    }

    [Fact]
    public void TheFisherOfAClassifierIsGaussNewtonInTheMean()
    {
        const int samples = 3000;
        using ModelPoint<Span<double>> point = PointOf("mlp:5-4-3:gelu", classes: true);
        int d = point.ParameterCount;
        double[] v = Numbers(d, 3), fisher = new double[d], mean = new double[d];
        point.Fisher(1, samples).Apply(v, fisher);
        point.GaussNewton().Apply(v, mean);
        // The mean of samples independent values, of a spread that no more than their largest allows: 4 of the standard errors that a spread of the mean's own size has.
        Assert.InRange(Dot(v, fisher) / Dot(v, mean), 1 - 4 / Math.Sqrt(samples), 1 + 4 / Math.Sqrt(samples));
    }
}
