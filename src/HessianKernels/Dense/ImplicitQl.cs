namespace HessianKernels.Dense;

/// <summary>All eigenpairs of a small symmetric tridiagonal matrix by implicit QL steps (EISPACK's tql2): the leaves of divide and conquer.</summary>
internal static unsafe class ImplicitQl
{
    private const double Epsilon = 2.220446049250313e-16;
    private const int MostSteps = 60;

    /// <summary>Solves; eigenvalues ascend.</summary>
    /// <param name="diagonal">d on entry, eigenvalues on return, <c>[n]</c>.</param>
    /// <param name="offDiagonal">e, <c>[n - 1]</c>; destroyed.</param>
    /// <param name="n">The order.</param>
    /// <param name="vectors">Rows become the eigenvectors, <c>[n, n]</c>.</param>
    /// <param name="stride">From row to row.</param>
    public static void Solve(double* diagonal, double* offDiagonal, int n, double* vectors, nint stride)
    {
        for (int i = 0; i < n; i++)
        {
            new Span<double>(vectors + i * stride, n).Clear();
            vectors[i * stride + i] = 1;
        }

        for (int l = 0; l < n - 1; l++)
        {
            for (int step = 0; ; step++)
            {
                int m = l;
                while (m < n - 1 && Math.Abs(offDiagonal[m]) > 0.5 * Epsilon * (Math.Abs(diagonal[m]) + Math.Abs(diagonal[m + 1]))) m++;
                if (m == l) break;
                if (step == MostSteps) throw new ArithmeticException($"A tridiagonal block of order {n} did not converge in {MostSteps} steps.");
                Step(diagonal, offDiagonal, l, m, n, vectors, stride);
            }
        }

        for (int i = 0; i < n - 1; i++)
        {
            int least = i;
            for (int j = i + 1; j < n; j++) if (diagonal[j] < diagonal[least]) least = j;
            if (least == i) continue;
            (diagonal[i], diagonal[least]) = (diagonal[least], diagonal[i]);
            double* x = vectors + i * stride, y = vectors + least * stride;
            for (int k = 0; k < n; k++) (x[k], y[k]) = (y[k], x[k]);
        }
    }

    /// <summary>One QL step with Wilkinson's shift on rows l .. m.</summary>
    private static void Step(double* d, double* e, int l, int m, int n, double* vectors, nint stride)
    {
        double g = (d[l + 1] - d[l]) / (2 * e[l]), r = double.Hypot(g, 1);
        g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
        double s = 1, c = 1, p = 0;
        for (int i = m - 1; i >= l; i--)
        {
            double f = s * e[i], b = c * e[i];
            r = double.Hypot(f, g);
            if (i + 1 < m) e[i + 1] = r;
            if (r == 0)
            {
                // Fell apart here: what is left is taken up again.
                d[i + 1] -= p;
                if (m < n - 1) e[m] = 0;
                return;
            }

            (s, c) = (f / r, g / r);
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            double* x = vectors + i * stride, y = x + stride;
            for (int k = 0; k < n; k++) (x[k], y[k]) = (c * x[k] - s * y[k], s * x[k] + c * y[k]);
        }

        d[l] -= p;
        e[l] = g;
        if (m < n - 1) e[m] = 0;
    }
}
