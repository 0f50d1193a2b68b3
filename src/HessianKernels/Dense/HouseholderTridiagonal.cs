using HessianKernels.Kernels;

namespace HessianKernels.Dense;

/// <summary>
/// <c>A = Q T Q^T</c>, T tridiagonal and <c>Q = H_{n-1} ... H_2 H_1</c>, <c>H_i = I - tau_i v_i v_i^T</c>; v_i has i elements, the last of them 1, and takes the place of A's row i left of the
/// diagonal:
/// <code>
///  | d                 |
///  | 1   d             |      row i:  v_i, d_i;   T's diagonal d_i, and e_{i-1} beside it
///  | v_2   1   d       |
///  | v_3 ....  1   d   |
/// </code>
/// </summary>
/// <remarks>LAPACK's dsytrd and dlatrd (upper, which is lower here, by rows), dormtr.</remarks>
internal static unsafe class HouseholderTridiagonal
{
    // Rows whose reflections are applied to the rest together.
    private const int Panel = 32;

    /// <summary>Reduces A, of which only what is on and below the diagonal is read and written.</summary>
    /// <param name="a">A on entry, the v_i on return; <c>[n, n]</c>.</param>
    /// <param name="n">The order.</param>
    /// <param name="diagonal">d, <c>[n]</c>.</param>
    /// <param name="offDiagonal">e, <c>[n - 1]</c>.</param>
    /// <param name="scales">tau_i at i, <c>[n]</c>; 0 at 0.</param>
    /// <param name="threads">Most threads.</param>
    public static void Reduce(double* a, int n, double* diagonal, double* offDiagonal, double* scales, int threads)
    {
        using Scratch scratch = new(null, -1, (long)Panel * n + 2 * Panel);
        double* w = scratch.Pointer, vCoefficients = w + (nint)Panel * n, wCoefficients = vCoefficients + Panel;
        scales[0] = 0;
        for (int top = n - 1; top > 0; top -= Panel)
        {
            // Rows top, top - 1, ..., top - count + 1; what is above them waits for all of the panel.
            int count = Math.Min(Panel, top), rest = top + 1 - count;
            double* v = a + (nint)top * n;
            for (int j = 0; j < count; j++)
            {
                int i = top - j;
                double* row = a + (nint)i * n, wj = w + (nint)j * n;
                for (int k = 0; k < j; k++)
                {
                    vCoefficients[k] = w[(nint)k * n + i];
                    wCoefficients[k] = v[-(nint)k * n + i];
                }

                Subtract(v, w, n, j, vCoefficients, wCoefficients, row, i + 1);
                diagonal[i] = row[i];
                scales[i] = Reflect(row, i, out offDiagonal[i - 1]);
                Symv.MultiplyLower(a, n, i, row, wj, threads);
                if (j > 0)
                {
                    Kernels.Panel.Project(w, n, j, row, i, vCoefficients, 1);
                    Kernels.Panel.Project(v, -(nint)n, j, row, i, wCoefficients, 1);
                    Subtract(v, w, n, j, vCoefficients, wCoefficients, wj, i);
                }

                double scale = scales[i];
                for (int k = 0; k < i; k++) wj[k] *= scale;
                double shift = 0.5 * scale * Dot.Sequential(wj, row, i);
                SubtractScaled.Apply(shift, row, wj, i);
            }

            // The panel's rows stand upside down in A: the product of both needs them in one order.
            double* reversed = w + (nint)(count - 1) * n, last = v - (nint)(count - 1) * n;
            for (int j = 0; j < count / 2; j++) Swap(w + (nint)j * n, reversed - (nint)j * n, rest);
            Gemm.MultiplyLower(true, false, rest, count, -1.0, last, n, w, n, 1.0, a, n, threads);
            Gemm.MultiplyLower(true, false, rest, count, -1.0, w, n, last, n, 1.0, a, n, threads);
        }

        diagonal[0] = a[0];
    }

    /// <summary>Rows y of <paramref name="vectors"/>, eigenvectors of T, become Q y, those of A.</summary>
    public static void Apply(double* a, int n, double* scales, double* vectors, int threads)
    {
        using Scratch scratch = new(null, -1, 3L * Panel * n + Panel * Panel);
        double* v = scratch.Pointer, products = v + (nint)Panel * n, weighted = products + (nint)Panel * n, triangle = weighted + (nint)Panel * n;
        for (int first = 1; first < n; first += Panel)
        {
            int count = Math.Min(Panel, n - first), width = first + count - 1;
            for (int j = 0; j < count; j++)
            {
                new Span<double>(a + (nint)(first + j) * n, first + j).CopyTo(new Span<double>(v + (nint)j * n, first + j));
                new Span<double>(v + (nint)j * n + first + j, count - 1 - j).Clear();
            }

            // H_first H_(first + 1) ... = I - V^T S V, S upper triangular.
            new Span<double>(triangle, Panel * Panel).Clear();
            for (int j = 0; j < count; j++)
            {
                double tau = scales[first + j];
                if (j > 0) Kernels.Panel.Project(v, n, j, v + (nint)j * n, first + j, products, 1);
                for (int i = 0; i < j; i++)
                {
                    double sum = 0;
                    for (int k = i; k < j; k++) sum += triangle[i * Panel + k] * products[k];
                    triangle[i * Panel + j] = -tau * sum;
                }

                triangle[j * Panel + j] = tau;
            }

            Gemm.Multiply(false, true, n, count, width, 1.0, vectors, n, v, n, 0.0, products, Panel, threads);
            Gemm.Multiply(false, false, n, count, count, 1.0, products, Panel, triangle, Panel, 0.0, weighted, Panel, threads);
            Gemm.Multiply(false, false, n, width, count, -1.0, weighted, Panel, v, n, 1.0, vectors, n, threads);
        }
    }

    /// <summary><c>y -= sum_k c_k v_k + b_k w_k</c>; the v_k lie one above the other.</summary>
    private static void Subtract(double* v, double* w, int n, int count, double* vCoefficients, double* wCoefficients, double* y, int length)
    {
        if (count == 0) return;
        Kernels.Panel.Subtract(v, -(nint)n, count, vCoefficients, 1, y, length);
        Kernels.Panel.Subtract(w, n, count, wCoefficients, 1, y, length);
    }

    /// <summary>Makes x into the v of a reflection that leaves of it only its last element, which becomes <paramref name="left"/>.</summary>
    /// <returns>tau.</returns>
    private static double Reflect(double* x, int length, out double left)
    {
        double last = x[length - 1], rest = Norm.Of(x, length - 1);
        left = last;
        x[length - 1] = 1;
        if (rest == 0) return 0;
        left = -Math.CopySign(double.Hypot(last, rest), last);
        Norm.Divide(x, last - left, length - 1);
        return (left - last) / left;
    }

    private static void Swap(double* x, double* y, int length)
    {
        for (int i = 0; i < length; i++) (x[i], y[i]) = (y[i], x[i]);
    }
}
