using HessianKernels.Kernels;

namespace HessianKernels.Dense;

/// <summary>
/// All eigenpairs of a symmetric tridiagonal matrix: it is torn in two by a matrix of rank one, and the eigenpairs of the halves are merged (Cuppen 1981; Gu and Eisenstat 1995, whose
/// recomputed z makes the vectors orthogonal to rounding). What a merge need not touch is deflated; the rest is one secular equation a value and one matrix product.
/// </summary>
internal static unsafe class DivideAndConquer
{
    private const int Leaf = 32;

    /// <summary>Solves; eigenvalues ascend.</summary>
    /// <param name="diagonal">d on entry, eigenvalues on return, <c>[n]</c>.</param>
    /// <param name="offDiagonal">e, <c>[n - 1]</c>; destroyed.</param>
    /// <param name="n">The order.</param>
    /// <param name="vectors">Rows become the eigenvectors, <c>[n, n]</c>.</param>
    /// <param name="threads">Most threads.</param>
    public static void Solve(double* diagonal, double* offDiagonal, int n, double* vectors, int threads)
    {
        // The square arrays are taken only as large as the last merge needs them.
        using Scratch scratch = new(null, -1, n <= Leaf ? 1 : 2L * n * n + 8L * n);
        int[] integers = new int[4 * n];
        fixed (int* index = integers) Part(diagonal, offDiagonal, n, vectors, n, scratch.Pointer, index, threads);
    }

    private static void Part(double* d, double* e, int n, double* vectors, nint stride, double* scratch, int* index, int threads)
    {
        if (n <= Leaf)
        {
            ImplicitQl.Solve(d, e, n, vectors, stride);
            return;
        }

        int half = n / 2;
        double coupling = e[half - 1], rho = Math.Abs(coupling);
        d[half - 1] -= rho;
        d[half] -= rho;
        double* lower = vectors + half * stride + half;
        Part(d, e, half, vectors, stride, scratch, index, threads);
        Part(d + half, e + half, n - half, lower, stride, scratch, index, threads);
        for (int i = 0; i < half; i++) new Span<double>(vectors + i * stride + half, n - half).Clear();
        for (int i = half; i < n; i++) new Span<double>(vectors + i * stride, half).Clear();

        // T = diag(T_1, T_2) + rho u u^T, u the last unit vector of the one and, with the coupling's sign, the first of the other.
        double* z = scratch + 2 * (nint)n * n;
        for (int i = 0; i < half; i++) z[i] = vectors[i * stride + half - 1];
        for (int i = half; i < n; i++) z[i] = Math.CopySign(1, coupling) * vectors[i * stride + half];
        Merge merge = new(d, z, n, half, rho, vectors, stride, scratch, index, threads);
        merge.Run();
    }
}
