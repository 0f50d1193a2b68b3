using HessianKernels.Kernels;

namespace HessianKernels.Dense;

/// <summary>All eigenvalues, and all eigenvectors, of a dense symmetric matrix.</summary>
/// <remarks>
/// Blocked Householder reflections bring it to tridiagonal form (<see cref="HouseholderTridiagonal"/>), divide and conquer solves that (<see cref="DivideAndConquer"/>),
/// and the reflections are applied to the eigenvectors in blocks: 4/3 n^3 flops, half of them symmetric products with vectors, at most as many again and often far fewer, and 2 n^3. LAPACK's dsyevd.
/// </remarks>
internal static unsafe class SymmetricEigendecomposition
{
    /// <summary>
    /// Decomposes <c>A = V^T diag(lambda) V</c>: on return the rows of <paramref name="matrix"/> are the unit eigenvectors, <c>[n, n]</c>, row k that of
    /// <c>eigenvalues[k]</c>, in descending order. Only the elements on and below A's diagonal are read.
    /// </summary>
    /// <param name="matrix">A on entry, the eigenvectors on return; <c>[n, n]</c>, row-major.</param>
    /// <param name="n">The order.</param>
    /// <param name="eigenvalues"><c>[n]</c>, descending.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <exception cref="ArgumentException">An element read is not finite: where. Nothing was written then.</exception>
    public static void Decompose(Span<double> matrix, int n, Span<double> eigenvalues, int threads = 0)
    {
        if (n == 0) return;
        if (threads == 0) threads = Environment.ProcessorCount;
        double unit = Unit(matrix, n);
        eigenvalues = eigenvalues[..n];
        using Scratch scratch = new(null, -1, (long)n * n + 2L * n);
        double* vectors = scratch.Pointer, offDiagonal = vectors + (nint)n * n, scales = offDiagonal + n;
        fixed (double* a = matrix, lambda = eigenvalues)
        {
            // By a power of 2, which rounds nothing, so that squares neither overflow nor underflow.
            if (unit != 1) Scale(a, n, 1 / unit);
            HouseholderTridiagonal.Reduce(a, n, lambda, offDiagonal, scales, threads);
            DivideAndConquer.Solve(lambda, offDiagonal, n, vectors, threads);
            HouseholderTridiagonal.Apply(a, n, scales, vectors, threads);
            for (int k = 0; k < n; k++)
            {
                new Span<double>(vectors + (nint)(n - 1 - k) * n, n).CopyTo(new Span<double>(a + (nint)k * n, n));
                lambda[k] *= unit;
            }

            eigenvalues.Reverse();
        }
    }

    /// <summary>Bytes that <see cref="Decompose"/> takes beyond its arguments: three more matrices of the order at its peak.</summary>
    public static long RequiredBytes(int n) => sizeof(double) * (3L * n * n + 16L * n);

    /// <summary>The power of 2 at the largest element read; 1 for zero.</summary>
    private static double Unit(ReadOnlySpan<double> matrix, int n)
    {
        double largest = 0;
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> row = matrix.Slice(i * n, i + 1);
            for (int j = 0; j <= i; j++)
            {
                if (!double.IsFinite(row[j])) throw new ArgumentException($"Found {row[j]} in row {i}, column {j}; expected finite numbers.", nameof(matrix));
                largest = Math.Max(largest, Math.Abs(row[j]));
            }
        }

        // 2^-1000 at the least: its reciprocal is a number.
        return largest > 0 ? Math.ScaleB(1, Math.Max(-1000, Math.ILogB(largest))) : 1;
    }

    private static void Scale(double* a, int n, double factor)
    {
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++) a[(nint)i * n + j] *= factor;
    }
}
