using HessianKernels.Dense;
using HessianKernels.Krylov;

namespace HessianKernels.Sharpness;

/// <summary>
/// The largest eigenvalue of a dense symmetric matrix of which the elements on and below the diagonal are given: by decomposition up to
/// order 48, above by Lanczos, to a residual of 1e-10 of the norm. The matrix is overwritten.
/// </summary>
internal static class LargestEigenvalue
{
    private const int LargestDecomposed = 48;

    /// <summary>lambda_max; 0 of order 0.</summary>
    public static double Of(Span<double> matrix, int order, ulong seed, int threads = 1, CancellationToken cancellation = default)
    {
        if (order == 0) return 0;
        if (order <= LargestDecomposed)
        {
            Span<double> eigenvalues = stackalloc double[LargestDecomposed];
            SymmetricEigendecomposition.Eigenvalues(matrix, order, eigenvalues[..order], threads);
            return eigenvalues[0];
        }

        for (int i = 0; i < order; i++)
            for (int j = 0; j < i; j++) matrix[j * order + i] = matrix[i * order + j];
        LanczosOptions options = new()
        {
            Which = SpectrumEnd.Largest, Tolerance = 1e-10, Seed = seed, Threads = threads, FindMultiplicity = false, Validate = false,
        };
        LanczosResult<double> result = Lanczos.TopK<double>(matrix[..(order * order)], order, 1, options, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return result.Eigenvalues[0];
    }
}
