namespace HessianKernels.Dense;

/// <summary>All eigenvalues, and all eigenvectors, of a dense symmetric matrix.</summary>
internal static class SymmetricEigendecomposition
{
    /// <summary>
    /// Decomposes <c>A = V^T diag(lambda) V</c>: on return the rows of <paramref name="matrix"/> are the unit eigenvectors, <c>[n, n]</c>, row k that of
    /// <c>eigenvalues[k]</c>, in descending order. Only the elements on and below A's diagonal are read.
    /// </summary>
    /// <param name="matrix">A on entry, the eigenvectors on return; <c>[n, n]</c>, row-major.</param>
    /// <param name="n">The order.</param>
    /// <param name="eigenvalues"><c>[n]</c>, descending.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    public static void Decompose(Span<double> matrix, int n, Span<double> eigenvalues, int threads = 0)
    {
        // Cyclic Jacobi: right, and slow.
        double[] a = matrix[..(n * n)].ToArray();
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++) a[j * n + i] = a[i * n + j];
        double[] v = new double[n * n];
        for (int i = 0; i < n; i++) v[i * n + i] = 1;
        for (int sweep = 0; sweep < 60; sweep++)
        {
            double off = 0;
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    double apq = a[p * n + q];
                    if (Math.Abs(apq) <= 1e-17 * Math.Sqrt(Math.Abs(a[p * n + p] * a[q * n + q])) || apq == 0) continue;
                    off += Math.Abs(apq);
                    double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq), t = Math.CopySign(1, theta) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
                    double c = 1 / Math.Sqrt(t * t + 1), s = t * c;
                    for (int k = 0; k < n; k++) (a[k * n + p], a[k * n + q]) = (c * a[k * n + p] - s * a[k * n + q], s * a[k * n + p] + c * a[k * n + q]);
                    for (int k = 0; k < n; k++) (a[p * n + k], a[q * n + k]) = (c * a[p * n + k] - s * a[q * n + k], s * a[p * n + k] + c * a[q * n + k]);
                    for (int k = 0; k < n; k++) (v[p * n + k], v[q * n + k]) = (c * v[p * n + k] - s * v[q * n + k], s * v[p * n + k] + c * v[q * n + k]);
                }
            }

            if (off == 0) break;
        }

        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => a[i * n + i])];
        for (int k = 0; k < n; k++)
        {
            eigenvalues[k] = a[order[k] * n + order[k]];
            v.AsSpan(order[k] * n, n).CopyTo(matrix.Slice(k * n, n));
        }
    }
}
