using HessianKernels.Kernels;

namespace HessianKernels.Dense;

/// <summary>
/// The reduction <c>T = H_1 ... H_{n-1} A H_{n-1} ... H_1</c> of a symmetric matrix to a tridiagonal one by reflections
/// <c>H_i = I - tau_i v_i v_i^T</c>, in panels (Dongarra, Sorensen and Hammarling 1989; Golub and Van Loan 8.3.1).
/// <code>
///  row i of the lower triangle:   | v_i: i elements, the last is 1 | d_i |
/// </code>
/// Rows go from the last to the first, so that what is still to be reduced is the leading block and every reflector lies along a row.
/// Half of the 4/3 n^3 flops are products of that block with a vector, half are updates of the block by products of matrices.
/// </summary>
internal static unsafe partial class HouseholderTridiagonal
{
    /// <summary>Rows reduced before the leading block is updated.</summary>
    private const int PanelRows = 32;

    /// <summary>Doubles of work an order takes: each pair (v, w) of a panel, in both orders.</summary>
    public const int ReduceWork = 4 * PanelRows;

    // A row whose squares sum to less, beside a largest element of 1 or so, is zero: its norm would not be right.
    private const double SmallestSquare = 1e-280;

    /// <summary>Reduces the lower triangle of <paramref name="a"/>; its rows become the reflectors.</summary>
    /// <param name="a"><c>[n, n]</c>, largest element about 1.</param>
    /// <param name="n">The order.</param>
    /// <param name="diagonal">T's diagonal, <c>[n]</c>.</param>
    /// <param name="offDiagonal">T's off-diagonal, <c>[n - 1]</c>.</param>
    /// <param name="tau">The reflectors' factors, <c>[n]</c>, row by row; tau[0] is 0.</param>
    /// <param name="work"><c>[ReduceWork n]</c>.</param>
    /// <param name="threads">Most threads.</param>
    public static void Reduce(double* a, int n, double* diagonal, double* offDiagonal, double* tau, double* work, int threads)
    {
        // Rows 2p and 2p + 1: v_p, w_p in pairs, w_p, v_p in swapped. The block's update is -pairs^T swapped.
        double* pairs = work, swapped = work + 2 * PanelRows * (nint)n;
        for (int end = n; end > 0; end -= PanelRows)
        {
            int begin = Math.Max(0, end - PanelRows);
            for (int i = end - 1; i >= begin; i--)
            {
                int p = end - 1 - i;
                double* row = a + i * (nint)n;
                UpdateRow(row, i + 1, pairs, swapped, 2 * p, n);
                diagonal[i] = row[i];
                if (i == 0)
                {
                    tau[0] = 0;
                    return;
                }

                tau[i] = Reflector(row, i, out offDiagonal[i - 1]);
                double* w = pairs + (2 * p + 1) * (nint)n;
                ProductOfBlock(a, n, i, row, tau[i], pairs, swapped, 2 * p, w, threads);
                Copy(row, pairs + 2 * p * (nint)n, i);
                Copy(w, swapped + 2 * p * (nint)n, i);
                Copy(row, swapped + (2 * p + 1) * (nint)n, i);
            }

            Gemm.MultiplyLower(true, false, begin, 2 * (end - begin), -1, pairs, n, swapped, n, 1, a, n, threads);
        }
    }

    /// <summary>Makes up for the updates that the block has not had: <c>row -= sum_q pairs_q swapped_q[i]</c>, i the last of the row.</summary>
    private static void UpdateRow(double* row, int length, double* pairs, double* swapped, int count, int n)
    {
        double* factors = stackalloc double[2 * PanelRows];
        for (int q = 0; q < count; q++) factors[q] = -swapped[q * (nint)n + length - 1];
        Gemv.AccumulateTransposed(pairs, n, count, length, factors, row);
    }

    /// <summary>
    /// The reflector that leaves of x only its last element: <c>(I - tau v v^T) x = beta e</c>, with v over x and its last element 1.
    /// </summary>
    private static double Reflector(double* x, int length, out double beta)
    {
        double last = x[length - 1], square = Dot.Of(x, x, length - 1);
        x[length - 1] = 1;
        if (square < SmallestSquare)
        {
            new Span<double>(x, length - 1).Clear();
            beta = last;
            return 0;
        }

        // The sign that cancels nothing.
        beta = -Math.CopySign(Math.Sqrt(last * last + square), last);
        double scale = 1 / (last - beta);
        for (int j = 0; j < length - 1; j++) x[j] *= scale;
        return (beta - last) / beta;
    }

    /// <summary><c>w = tau (B v) - (tau^2 / 2) (v^T B v) v</c>, B the leading block as it would be after all updates so far.</summary>
    private static void ProductOfBlock(
        double* a, int n, int order, double* v, double tau, double* pairs, double* swapped, int count, double* w, int threads)
    {
        if (tau == 0)
        {
            new Span<double>(w, order).Clear();
            return;
        }

        Symv.MultiplyLower(a, n, order, v, w, order < 256 ? 1 : threads);
        double* factors = stackalloc double[2 * PanelRows];
        Panel.Project(swapped, n, count, v, order, factors, 1);
        for (int q = 0; q < count; q++) factors[q] = -factors[q];
        Gemv.AccumulateTransposed(pairs, n, count, order, factors, w);
        double half = 0.5 * tau * tau * Dot.Of(v, w, order);
        for (int j = 0; j < order; j++) w[j] = tau * w[j] - half * v[j];
    }

    private static void Copy(double* source, double* destination, int length)
        => new Span<double>(source, length).CopyTo(new Span<double>(destination, length));
}
