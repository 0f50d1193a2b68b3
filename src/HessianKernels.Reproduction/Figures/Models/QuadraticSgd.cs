namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>
/// SGD with batches of one on the one-dimensional <c>L(x) = (1/2N) sum_i (x - a_i)^2</c>: <c>x' = (1 - eta) x + eta a_i</c>. H = 1.
/// </summary>
internal sealed class QuadraticSgd
{
    private readonly double[] _points;
    private readonly RandomNumbers _random;

    public QuadraticSgd(double[] points, ulong seed, ulong stream)
    {
        (_points, _random) = (points, new(seed, stream));
        Mean = points.Average();
        Variance = points.Sum(a => (a - Mean) * (a - Mean)) / points.Length;
    }

    public double Mean { get; }

    /// <summary>Of the points.</summary>
    public double Variance { get; }

    public double X { get; set; }

    public double Loss => 0.5 * ((X - Mean) * (X - Mean) + Variance);

    /// <summary>E[g_B^T H g_B] at x.</summary>
    public double Noisy => (X - Mean) * (X - Mean) + Variance;

    /// <summary>||g||^2 at x.</summary>
    public double Full => (X - Mean) * (X - Mean);

    public void Step(double learningRate) => X += learningRate * (_points[_random.Below(_points.Length)] - X);

    /// <summary>The sums of <see cref="Noisy"/> and <see cref="Full"/> over steps.</summary>
    public (double Noisy, double Full) Sums(double learningRate, int steps, CancellationToken cancellation)
    {
        double noisy = 0, full = 0;
        for (int t = 0; t < steps; t++)
        {
            if ((t & 0xFFFF) == 0) cancellation.ThrowIfCancellationRequested();
            noisy += Noisy;
            full += Full;
            Step(learningRate);
        }

        return (noisy, full);
    }
}
