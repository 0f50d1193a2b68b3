using HessianKernels.Kernels;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The two halves of the noise map <c>A(M) = (1/n) sum_i H_i M H_i = (1/n) sum_i Phi_i^T S_i (Phi_i M Phi_i^T) S_i Phi_i</c>: from a
/// symmetric M to one symmetric r x r block an example, <c>Q_i = Phi_i M Phi_i^T</c>, and from such blocks to <c>sum_i Phi_i^T Q_i
/// Phi_i</c>. Each is the other's adjoint.
/// </summary>
/// <remarks>
/// Both work on half of a symmetric matrix, so that a product with A takes 2 n r m^2 flops: with <c>M = tril(M') + tril(M')^T</c>, where M'
/// is M but for a halved diagonal, <c>Q_i = Z_i Phi_i^T + Phi_i Z_i^T</c>, <c>Z = Phi tril(M')</c>. The blocks are packed as symmetric
/// matrices are (<see cref="PackedSymmetric"/>), so for r = 1 they are n numbers. Rows are taken some at a time: besides the m x m matrix
/// only a few rows of m numbers are held.
/// </remarks>
internal sealed unsafe class NoiseMap(FunctionSpace space, int threads)
{
    // Rows that share a reading of the m x m matrix. Fixed, so that nothing but the shape decides the order of a sum.
    private const int RowsABlock = 256;

    private readonly double[] _factors = space.FactorsArray;
    // For r = 1 the two signs cancel.
    private readonly double[]? _signs = space.Rows > 1 ? space.SignsArray : null;
    private readonly int _n = space.Examples, _r = space.Rows, _m = space.Rank, _block = BlockOf(space.Rows);

    /// <summary>Most threads a product may use.</summary>
    public int Threads => threads;

    /// <summary>Numbers in the packed block of an example, r (r + 1) / 2.</summary>
    public int BlockLength => _r * (_r + 1) / 2;

    /// <summary>Numbers in all the blocks.</summary>
    public int BlocksLength => checked(_n * BlockLength);

    /// <summary>Bytes held while a product runs, on the C heap, besides what the kernels pack.</summary>
    public static long ScratchBytes(FunctionSpace space, int threads)
        => space.Rows == 1 ? 0 : (long)BlockOf(space.Rows) * space.Rows * space.Rank * sizeof(double) * threads;

    /// <summary><c>Q_i = Phi_i M Phi_i^T</c>, packed.</summary>
    /// <param name="lower">M, <c>[m, m]</c>; only what is on and below the diagonal is read. The diagonal may be halved on return.</param>
    /// <param name="blocks"><c>[n, r (r + 1) / 2]</c>; overwritten.</param>
    public void Quadratics(double* lower, double* blocks)
    {
        fixed (double* phi = _factors)
        {
            if (_r == 1)
            {
                Gemm.RowQuadratics(_n, _m, phi, _m, lower, _m, blocks, threads);
                return;
            }

            for (int a = 0; a < _m; a++) lower[(nint)a * _m + a] *= 0.5;
            QuadraticsJob job = new() { Phi = phi, Lower = lower, Blocks = blocks, Examples = _n, Rows = _r, Rank = _m, Block = _block };
            ParallelLoop.Run(ref job, (_n + _block - 1) / _block, threads);
        }
    }

    /// <summary>The lower triangle of <c>scale sum_i Phi_i^T Q_i Phi_i</c>.</summary>
    /// <param name="blocks">The Q_i, packed.</param>
    /// <param name="scale">What the sum is multiplied by.</param>
    /// <param name="lower"><c>[m, m]</c>; what is on and below the diagonal is overwritten.</param>
    public void Gather(double* blocks, double scale, double* lower)
    {
        fixed (double* phi = _factors)
        {
            if (_r == 1)
            {
                Gemm.MultiplyLowerScaled(_m, _n, scale, phi, _m, blocks, 0.0, lower, _m, threads);
                return;
            }

            double* stack = stackalloc double[Scratch.OnStack];
            using Scratch scratch = new(stack, Scratch.OnStack, (long)Math.Min(_block, _n) * _r * _m + (long)_r * _r);
            double* weighted = scratch.Pointer + _r * _r;
            for (int i = 0; i < _n; i += _block)
            {
                int examples = Math.Min(_block, _n - i), rows = examples * _r;
                double* at = phi + (nint)i * _r * _m;
                for (int k = 0; k < examples; k++)
                    Weight(blocks + (nint)(i + k) * BlockLength, at + (nint)k * _r * _m, scratch.Pointer, weighted + (nint)k * _r * _m);
                Gemm.MultiplyLower(true, false, _m, rows, scale, at, _m, weighted, _m, i == 0 ? 0.0 : 1.0, lower, _m, threads);
            }
        }
    }

    /// <summary>Replaces every Q_i by S_i Q_i S_i.</summary>
    public void Sign(double* blocks)
    {
        if (_signs is null) return;
        for (int i = 0; i < _n; i++)
            for (int k = 0; k < _r; k++)
                for (int l = 0; l <= k; l++, blocks++) *blocks *= _signs[i * _r + k] * _signs[i * _r + l];
    }

    /// <summary>Writes the identity into every block: what has an overlap with every vector of positive semidefinite blocks.</summary>
    public void Identity(Span<double> blocks)
    {
        for (int i = 0; i < _n; i++)
        {
            Span<double> block = blocks.Slice(i * BlockLength, BlockLength);
            block.Clear();
            for (int k = 0, at = 0; k < _r; k++, at += k + 1) block[at] = 1;
        }
    }

    /// <summary>Q_i Phi_i.</summary>
    private void Weight(double* block, double* phi, double* full, double* result)
    {
        for (int k = 0; k < _r; k++)
        {
            for (int l = 0; l < k; l++) full[k * _r + l] = full[l * _r + k] = *block++ / PackedSymmetric.Root2;
            full[k * _r + k] = *block++;
        }

        Gemm.Multiply(false, false, _r, _m, _r, 1.0, full, _r, phi, _m, 0.0, result, _m);
    }

    private static int BlockOf(int rows) => Math.Max(1, RowsABlock / rows);

    private struct QuadraticsJob : IChunkJob
    {
        public double* Phi, Lower, Blocks;
        public int Examples, Rows, Rank, Block;

        public readonly void Run(int chunk, int lane)
        {
            int first = chunk * Block, examples = Math.Min(Block, Examples - first), rows = examples * Rows;
            double* stack = stackalloc double[Scratch.OnStack];
            using Scratch scratch = new(stack, Scratch.OnStack, (long)rows * Rank + (long)Rows * Rows);
            double* product = scratch.Pointer, z = product + Rows * Rows, phi = Phi + (nint)first * Rows * Rank;
            Gemm.MultiplyByLower(rows, Rank, phi, Rank, Lower, Rank, z, Rank);
            double* block = Blocks + (nint)first * (Rows * (Rows + 1) / 2);
            for (int i = 0; i < examples; i++, phi += (nint)Rows * Rank, z += (nint)Rows * Rank)
            {
                Gemm.Multiply(false, true, Rows, Rows, Rank, 1.0, z, Rank, phi, Rank, 0.0, product, Rows);
                for (int k = 0; k < Rows; k++)
                {
                    for (int l = 0; l < k; l++) *block++ = PackedSymmetric.Root2 * (product[k * Rows + l] + product[l * Rows + k]);
                    *block++ = 2 * product[k * Rows + k];
                }
            }
        }
    }
}
