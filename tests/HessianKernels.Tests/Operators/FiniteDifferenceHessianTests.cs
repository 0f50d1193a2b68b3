using HessianKernels.Conformance;
using HessianKernels.Operators;
using Xunit;

namespace HessianKernels.Tests.Operators;

public sealed class FiniteDifferenceHessianTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(1e3)]
    [InlineData(1e-3)]
    public void TheErrorIsWithinItsEstimate(double size)
    {
        // Loss sum exp(theta_i) + cross terms; Hessian diag(exp) + 1 1^T.
        const int N = 50;
        double[] theta = Matrices.Random<double>(N, 1), v = Matrices.Random<double>(N, 2), hv = new double[N];
        for (int i = 0; i < N; i++) v[i] *= size;
        FiniteDifferenceHessian<double> op = new(theta, (at, gradient) =>
        {
            double sum = 0;
            foreach (double e in at) sum += e;
            for (int i = 0; i < N; i++) gradient[i] = Math.Exp(at[i]) + sum;
        });
        op.Apply(v, hv);
        double total = v.Sum(), error = 0;
        for (int i = 0; i < N; i++) error += Math.Pow((Math.Exp(theta[i]) * v[i]) + total - hv[i], 2);
        error = Math.Sqrt(error);
        Assert.InRange(error, 0, op.LastError.Absolute);
        Assert.InRange(op.LastError.Relative, 1e-13, 1e-7);
        Assert.Equal(4, op.Gradients);
        Tolerance.Equal(Math.Sqrt(Oracle.Dot(hv, hv).Value), op.LastError.OutputNorm, 1e-12 * op.LastError.OutputNorm);
    }

    [Fact]
    public void TheLargestErrorIsKept()
    {
        // A jump between the two steps: the product across it is far wrong, and says so.
        FiniteDifferenceHessian<double> op = new([1, 0], (at, gradient) => (gradient[0], gradient[1]) = (at[0] * at[0], at[1] < 1.5e-5 ? 0 : at[1]), 1e-5);
        double[] y = new double[2];
        op.Apply([0, 1], y);
        ProductError kink = op.LastError;
        Assert.InRange(kink.Relative, 0.01, double.PositiveInfinity);
        op.Apply([1, 0], y);
        Assert.InRange(op.LastError.Relative, 0, 1e-6);
        Assert.Equal(kink, op.LargestError);
        op.Apply([0, 0], y);
        Assert.Equal([0, 0], y);
        Assert.Equal(0, op.LastError.Relative);
        Assert.Equal(8, op.Gradients);
    }

    [Fact]
    public void NaNReachesTheProductAndItsError()
    {
        FiniteDifferenceHessian<double> op = new([1, 2], (at, gradient) => at.CopyTo(gradient));
        double[] y = new double[2];
        op.Apply([double.NaN, 1], y);
        Assert.True(double.IsNaN(y[0]));
        Assert.True(double.IsNaN(op.LastError.Relative));
        op.Apply([1, 1], y);
        Tolerance.Equal<double>([1, 1], y, 1e-8);
        Assert.True(double.IsNaN(op.LargestError.Relative));
    }
}
