using HessianKernels.Conformance;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Tests.Layers;
using Xunit;

namespace HessianKernels.Networks.Tests.Models;

/// <summary>The papers' analytic models against their formulas.</summary>
public class PaperModelTests
{
    [Fact]
    public void AStepOfTheQuadraticModelIsEquation12()
    {
        // z_{t+1} - z_t = -(eta / n) J J^T z + (eta / n)^2 / 2 Q(J^T z, J^T z); J_{t+1} - J_t = -(eta / n) Q(J^T z, .).
        // (Paper 000; MATHEMATICS 9 on eq. 110.)
        const int p = 3, n = 5;
        const double eta = 0.7;
        double[] inputs = NetworkCase.Numbers(n * (p + p * p), 1), targets = NetworkCase.Numbers(n, 2), theta = NetworkCase.Numbers(p, 3);
        for (int e = 0; e < n; e++)
            for (int i = 0; i < p; i++)
                for (int j = 0; j < i; j++) inputs[e * 12 + 3 + 3 * i + j] = inputs[e * 12 + 3 + 3 * j + i];
        (double[] z, double[] jacobian) = Evaluate(theta);
        double[] pulled = [.. Enumerable.Range(0, p).Select(i => Enumerable.Range(0, n).Sum(e => jacobian[e * p + i] * z[e]))];
        (double[] zNext, double[] jacobianNext) = Evaluate([.. theta.Select((x, i) => x - eta / n * pulled[i])]);
        for (int e = 0; e < n; e++)
        {
            double[] bent = [
                .. Enumerable.Range(0, p).Select(i => Enumerable.Range(0, p).Sum(j => inputs[e * 12 + 3 + 3 * i + j] * pulled[j]))];
            double linear = Enumerable.Range(0, p).Sum(i => jacobian[e * p + i] * pulled[i]);
            double square = Enumerable.Range(0, p).Sum(i => bent[i] * pulled[i]);
            Tolerance.Equal(z[e] - eta / n * linear + eta * eta / n / n / 2 * square, zNext[e], 1e-14, $"z[{e}]");
            for (int i = 0; i < p; i++)
                Tolerance.Equal(jacobian[e * p + i] - eta / n * bent[i], jacobianNext[e * p + i], 1e-14, $"J[{e}, {i}]");
        }

        (double[] Z, double[] J) Evaluate(double[] at)
        {
            using ModelPass<Span<double>> pass = new(new CpuTensorSpace<double>(), Model.Quadratic(p), new MeanSquaredError(), n, 1);
            pass.Resize(n);
            inputs.CopyTo(pass.Input);
            pass.Forward(at);
            double[] residuals = pass.Output.ToArray(), rows = new double[n * p];
            for (int e = 0; e < n; e++)
            {
                double[] seed = new double[n];
                seed[e] = 1;
                pass.PullBack(at, seed, rows.AsSpan(e * p, p));
            }

            return ([.. residuals.Select((y, e) => y - targets[e])], rows);
        }
    }

    [Theory]
    [InlineData(-0.1, 10)]
    [InlineData(1.5, -0.5)]
    public void TheSquareOfAProductIsPaper4sLandscape(double first, double second)
    {
        // L = Theta^2 of Theta = theta_1 theta_2: the diagonal network of one input, which is 1, with the sum of squares and target 0.
        double[] at = [first, second], gradient = new double[2], hessian = new double[4];
        using ModelPass<Span<double>> pass = new(
            new CpuTensorSpace<double>(), ModelSpec.Parse("diagonal:1x2"),
            new MeanSquaredError(SquaredErrorConvention.SumOverOutputs), 1, 2);
        pass.Resize(1);
        (pass.Input[0], pass.Target[0], pass.Weights[0]) = (1, 0, 1);
        pass.Forward(at);
        pass.Backward(at, true, gradient);
        for (int i = 0; i < 2; i++)
        {
            double[] unit = new double[2];
            unit[i] = 1;
            pass.ForwardTangent(at, unit, 1);
            pass.BackwardTangent(at, unit, hessian.AsSpan(2 * i, 2));
        }

        double product = first * second;
        Tolerance.Equal(product * product, pass.Losses[0], 1e-15, "L");
        Tolerance.Equal<double>([2 * product * second, 2 * product * first], gradient, 1e-13, "gradient");
        Tolerance.Equal<double>([2 * second * second, 4 * product, 4 * product, 2 * first * first], hessian, 1e-13, "Hessian");
    }
}
