using HessianKernels.Spaces;

namespace HessianKernels.Cli;

/// <summary>
/// Random symmetric matrices whose spectrum looks like a trained network's Hessian: a bulk and a few spikes,
/// <code>
///  A = W + sum_s theta_s u_s u_s^T,   W_ij = +-1 / sqrt(n),   u_s = +-1 / sqrt(n),   theta_s = 4 + 2 s
/// </code>
/// The bulk is Wigner's semicircle on [-2, 2]; a spike theta shows as an eigenvalue near theta + 1/theta.
/// </summary>
/// <remarks>
/// Signs are the library's counter-based numbers, and the rest is sums, products and one square root, each rounded as IEEE 754 says: the same bits on every machine.
/// </remarks>
internal sealed class SpikedMatrix(int n, int spikes, ulong seed)
{
    // Far from the streams that a computation draws its vectors from: with the same seed, a probe would else be one of the spikes.
    private const ulong FirstStream = 1UL << 48;

    /// <summary>Matrix number <paramref name="item"/> of the seed, <c>[n, n]</c>.</summary>
    public double[] Generate(int item)
    {
        CpuSpace<double> space = new(1, n);
        ulong stream = FirstStream + (ulong)item * (ulong)(n + spikes);
        double[] matrix = GC.AllocateUninitializedArray<double>(n * n), u = new double[n];
        double root = Math.Sqrt(n);
        for (int i = 0; i < n; i++)
        {
            Span<double> row = matrix.AsSpan(i * n, n);
            space.Random(RandomDistribution.Rademacher, seed, stream++, row);
            for (int j = 0; j <= i; j++) row[j] /= root;
        }

        for (int s = 0; s < spikes; s++)
        {
            space.Random(RandomDistribution.Rademacher, seed, stream++, u);
            double weight = (4 + 2.0 * s) / n;
            for (int i = 0; i < n; i++)
                for (int j = 0; j <= i; j++) matrix[i * n + j] += weight * u[i] * u[j];
        }

        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j];
        return matrix;
    }
}
