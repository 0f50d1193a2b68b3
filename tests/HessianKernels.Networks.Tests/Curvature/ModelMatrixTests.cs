using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Operators;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>The matrices of a model, formed whole: what they must be of each other.</summary>
public class ModelMatrixTests
{
    private static double[] Eigenvalues(double[] symmetric)
    {
        int d = (int)Math.Sqrt(symmetric.Length);
        return [.. DenseMatrix.OfColumnMajor(d, d, symmetric).Evd(Symmetricity.Symmetric).EigenValues.Select(z => z.Real).Reverse()];
    }

    [Fact]
    public void EachPassesTheOperatorCheck()
    {
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 3 });
        foreach (ModelOperator<Span<double>> matrix in (ModelOperator<Span<double>>[])[point.Hessian(2), point.GaussNewton(2),
            point.EmpiricalFisher(2), point.Fisher(5, 3, 2)])
        {
            OperatorReport report = OperatorCheck.Run(matrix, seed: 1);
            Assert.True(report.Healthy, report.ToString());
        }
    }

    [Fact]
    public void TheHessianIsSymmetricAndItsSpectrumIsLanczoss()
    {
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 4 });
        double[] dense = Formed(point.Hessian());
        Tolerance.Equal<double>(dense, Transposed(dense, Parameters), 1e-14);
        LanczosResult<double> top = Lanczos.TopK(point.Hessian(), 4, new() { Which = SpectrumEnd.Largest });
        Tolerance.Equal<double>(Eigenvalues(dense).AsSpan(0, 4), top.Eigenvalues, 1e-10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void GaussNewtonIsTheJacobiansAndTheLosssHessians(int microBatch)
    {
        using ModelPoint<Span<double>> point = Point(new() { Order = 1, MicroBatch = microBatch });
        double[] jacobian = Jacobian(point), s = point.LogitHessians(), dense = Formed(point.GaussNewton());
        Tolerance.Equal<double>(Expected(jacobian, s, 1.0 / Examples), dense, 1e-14);
        Assert.InRange(Eigenvalues(dense)[^1], -1e-14, 1e-14);
    }

    /// <summary><c>scale sum_i J_i^T S_i J_i</c>.</summary>
    private static double[] Expected(double[] jacobian, double[] s, double scale)
    {
        int d = Parameters;
        double[] result = new double[d * d];
        for (int i = 0; i < Examples; i++)
            for (int a = 0; a < Outputs; a++)
                for (int b = 0; b < Outputs; b++)
                    for (int p = 0; p < d; p++)
                        for (int q = 0; q < d; q++)
                        {
                            double root = jacobian[(i * Outputs + a) * d + p] * s[(i * Outputs + a) * Outputs + b];
                            result[p * d + q] += scale * root * jacobian[(i * Outputs + b) * d + q];
                        }

        return result;
    }

    [Fact]
    public void WithoutResidualTheHessianIsGaussNewton()
    {
        using ModelPoint<Span<double>> point = Point();
        Assert.True(Difference() > 1e-3);
        point.Predict(point.Source.Targets);
        point.Moved();
        Assert.Equal(0, point.Value());
        Assert.True(Difference() < 1e-15);

        double Difference() => Formed(point.Hessian()).Zip(Formed(point.GaussNewton()), (h, g) => Math.Abs(h - g)).Max();
    }

    [Fact]
    public void TheEmpiricalFisherIsTheGradientsSecondMoment()
    {
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 2 });
        double[] gradients = new double[Examples * Parameters];
        point.ExampleGradients(0, Examples, gradients);
        Tolerance.Equal<double>(RowGram(Transposed(gradients, Examples), Parameters, 1.0 / Examples), Formed(point.EmpiricalFisher()),
            1e-14);
    }

    [Fact]
    public void TheFisherIsOneMatrixASeedAndGaussNewtonInTheMean()
    {
        const int samples = 1000;
        using ModelPoint<Span<double>> point = Point(), split = Point(new() { MicroBatch = 3 });
        double[] v = Numbers(Parameters, 9), once = new double[Parameters], again = new double[Parameters], other = new double[Parameters];
        point.Fisher(7, samples).Apply(v, once);
        split.Fisher(7, samples).Apply(v, again);
        point.Fisher(8, samples).Apply(v, other);
        Tolerance.Equal<double>(once, again, 1e-12);
        Assert.NotEqual(once, other);
        // v^T F v is a mean of samples n independent numbers (u_i . J_i v)^2 / n, each of variance 2 (v^T G_i v)^2: a normal's square.
        double[] product = new double[Parameters], tangent = new double[Examples * Outputs];
        point.GaussNewton().Apply(v, product);
        point.JacobianProduct(v, tangent);
        double variance = 0;
        for (int i = 0; i < Examples; i++)
        {
            Span<double> moved = tangent.AsSpan(i * Outputs, Outputs);
            variance += 2 * Math.Pow(Dot(moved, moved) / Examples, 2) / samples;
        }

        Assert.InRange(Dot(v, once) - Dot(v, product), -4 * Math.Sqrt(variance), 4 * Math.Sqrt(variance));
    }

    [Fact]
    public void EigenpairsOfAPointAreThoseOfItsOperator()
    {
        using ModelPoint<Span<double>> point = Point(new());
        LanczosOptions options = new() { Threads = 1 };
        double[] earlier = point.Hessian().TopK(2, options).Eigenvectors;
        foreach (double[] start in (double[][])[[], earlier])
        {
            LanczosResult<double> expected = Lanczos.TopK(point.Hessian(), 2, options, start), found = point.Hessian().TopK(2, options, start);
            Tolerance.SameBits<double>(expected.Eigenvalues, found.Eigenvalues, "eigenvalues");
            Tolerance.SameBits<double>(expected.Eigenvectors, found.Eigenvectors, "eigenvectors");
            Assert.Equal(expected.Evidence.OperatorApplications, found.Evidence.OperatorApplications);
        }
    }
}
