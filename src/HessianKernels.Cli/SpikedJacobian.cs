using HessianKernels.Spaces;

namespace HessianKernels.Cli;

/// <summary>
/// Random Jacobians whose Gram matrix looks like a network's tangent kernel: a few large eigenvalues over a bulk of small ones,
/// <code>
///  j_i = r_i + sum_s s w_i c_is u_s,   s = 1, 2, ...,   r_ij = +-1 / sqrt(d),   u_s = +-1 / sqrt(d),   c_is = +-1,
///  w_i = 4 for every eighth i, else 1
/// </code>
/// The heavy eighth makes the noise of a batch lie in the large directions: estimates from the spectrum alone then see too little of it.
/// </summary>
/// <remarks>Signs are the library's counter-based numbers, and the rest is sums, products and one square root: the same bits on every
/// machine.</remarks>
internal sealed class SpikedJacobian
{
    // Far from the streams of a computation, and of the spiked matrices.
    private const ulong FirstStream = 1UL << 49;
    private const int HeavyEvery = 8;

    private readonly CpuSpace<double> _space;
    private readonly ulong _seed;
    private readonly double[][] _directions, _signs;
    private readonly double _root;

    public SpikedJacobian(int examples, int parameters, int spikes, ulong seed)
    {
        (_space, _seed, _root) = (new(1, parameters), seed, Math.Sqrt(parameters));
        (_directions, _signs) = (new double[spikes][], new double[spikes][]);
        CpuSpace<double> rows = new(1, examples);
        for (int s = 0; s < spikes; s++)
        {
            _space.Random(RandomDistribution.Rademacher, seed, FirstStream + (ulong)(2 * s), _directions[s] = new double[parameters]);
            rows.Random(RandomDistribution.Rademacher, seed, FirstStream + (ulong)(2 * s) + 1, _signs[s] = new double[examples]);
        }
    }

    /// <summary>j_i, <c>[d]</c>.</summary>
    public void Row(int example, Span<double> row)
    {
        _space.Random(RandomDistribution.Rademacher, _seed, FirstStream + (1UL << 32) + (ulong)example, row);
        int weight = example % HeavyEvery == 0 ? 4 : 1;
        for (int s = 0; s < _directions.Length; s++)
            for (int j = 0; j < row.Length; j++) row[j] += (s + 1) * weight * _signs[s][example] * _directions[s][j];
        for (int j = 0; j < row.Length; j++) row[j] /= _root;
    }
}
