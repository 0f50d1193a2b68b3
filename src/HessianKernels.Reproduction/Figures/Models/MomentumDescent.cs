namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>
/// Gradient descent of paper 001's family with momentum, eq. 126, on the quadratic <c>(1/2) sum_a lambda_a x_a^2</c>:
/// <c>d' = beta1 d - eta H (x + beta2 d)</c>, <c>x' = x + d'</c>. Polyak: beta2 = 0; Nesterov: beta2 = beta1.
/// </summary>
internal sealed class MomentumDescent(double[] eigenvalues, double learningRate, double beta1, double beta2)
{
    private readonly double[] _x = [.. eigenvalues.Select(_ => 1.0)], _d = new double[eigenvalues.Length];

    public double Loss => _x.Zip(eigenvalues, (x, lambda) => 0.5 * lambda * x * x).Sum();

    /// <summary>||g||^2.</summary>
    public double SquaredGradient => _x.Zip(eigenvalues, (x, lambda) => lambda * lambda * x * x).Sum();

    public void Step()
    {
        for (int a = 0; a < _x.Length; a++)
        {
            _d[a] = beta1 * _d[a] - learningRate * eigenvalues[a] * (_x[a] + beta2 * _d[a]);
            _x[a] += _d[a];
        }
    }

    /// <summary>The mean growth of log ||(x, d)|| a step, over the second half of some steps.</summary>
    public double Growth(int steps)
    {
        double log = 0;
        for (int t = 0; t < steps; t++)
        {
            Step();
            double size = Size;
            if (t >= steps / 2) log += Math.Log(size);
            // The recursion is linear: at length 1 its numbers stay numbers.
            for (int a = 0; a < _x.Length; a++) (_x[a], _d[a]) = (_x[a] / size, _d[a] / size);
        }

        return log / (steps - steps / 2);
    }

    private double Size => Math.Sqrt(_x.Sum(x => x * x) + _d.Sum(d => d * d));
}
