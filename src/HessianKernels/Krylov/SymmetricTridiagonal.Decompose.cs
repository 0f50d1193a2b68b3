using System.Runtime.Intrinsics;

namespace HessianKernels.Krylov;

internal static partial class SymmetricTridiagonal
{
    private const int MostSweeps = 60;

    /// <summary>
    /// All eigenvalues, and chosen rows of the eigenvectors, by the implicit QL iteration (EISPACK tql2; Parlett 8.9-8.13). A row costs
    /// 3 t^2 flops or so; the last row alone is enough for every residual of a Lanczos run.
    /// </summary>
    /// <remarks>A zero off-diagonal splits T, and eigenvalues stay within the rows of their part.</remarks>
    /// <param name="diagonal">In: a. Out: the eigenvalues, in no order.</param>
    /// <param name="offDiagonal">In: b, [t - 1]. Out: destroyed.</param>
    /// <param name="vectors">
    /// In: the rows to be transformed, column after column, <c>[t, rows]</c>: the identity for eigenvectors, e_t for their last components.
    /// Out: column i belongs to eigenvalue i.
    /// </param>
    /// <param name="rows">Number of rows.</param>
    /// <returns>False where an eigenvalue did not converge in 60 sweeps, which takes a NaN.</returns>
    public static bool Decompose(Span<double> diagonal, Span<double> offDiagonal, Span<double> vectors, int rows)
    {
        int t = diagonal.Length;
        double scale = LargestElement(diagonal, offDiagonal);
        if (scale == 0) return true;
        if (!double.IsFinite(scale)) return false;
        // By a power of 2, so that nothing is rounded.
        double unit = Math.ScaleB(1, Math.ILogB(scale));
        for (int i = 0; i < t; i++) diagonal[i] /= unit;
        for (int i = 0; i < t - 1; i++) offDiagonal[i] /= unit;

        for (int low = 0; low < t; low++)
        {
            for (int sweep = 0; ; sweep++)
            {
                int high = low;
                while (high < t - 1 && Math.Abs(offDiagonal[high]) > Epsilon * (Math.Abs(diagonal[high]) + Math.Abs(diagonal[high + 1]))) high++;
                if (high == low) break;
                if (sweep == MostSweeps) return false;
                Sweep(diagonal, offDiagonal, vectors, rows, low, high);
            }
        }

        for (int i = 0; i < t; i++) diagonal[i] *= unit;
        return true;
    }

    /// <summary>One implicit QL sweep over the unreduced block low .. high, with Wilkinson's shift.</summary>
    private static void Sweep(Span<double> d, Span<double> e, Span<double> vectors, int rows, int low, int high)
    {
        double half = (d[low + 1] - d[low]) / (2 * e[low]);
        double g = d[high] - d[low] + e[low] / (half + Math.CopySign(Math.Sqrt(half * half + 1), half));
        double sine = 1, cosine = 1, p = 0;
        for (int i = high - 1; i >= low; i--)
        {
            double f = sine * e[i], b = cosine * e[i];
            double r = Math.Sqrt(f * f + g * g);
            if (i + 1 < high) e[i + 1] = r;
            if (r == 0)
            {
                // An off-diagonal underflowed: the block splits here and the sweep is taken up again below.
                d[i + 1] -= p;
                return;
            }

            sine = f / r;
            cosine = g / r;
            g = d[i + 1] - p;
            r = (d[i] - g) * sine + 2 * cosine * b;
            p = sine * r;
            d[i + 1] = g + p;
            g = cosine * r - b;
            if (rows == 1) (vectors[i], vectors[i + 1]) = (cosine * vectors[i] - sine * vectors[i + 1], sine * vectors[i] + cosine * vectors[i + 1]);
            else if (rows > 1) Rotate(vectors.Slice(i * rows, rows), vectors.Slice((i + 1) * rows, rows), cosine, sine);
        }

        d[low] -= p;
        e[low] = g;
    }

    private static void Rotate(Span<double> left, Span<double> right, double cosine, double sine)
    {
        int width = Vector512<double>.Count, k = 0;
        Vector512<double> c = Vector512.Create(cosine), s = Vector512.Create(sine);
        for (; k <= left.Length - width; k += width)
        {
            Span<double> leftLine = left.Slice(k, width), rightLine = right.Slice(k, width);
            Vector512<double> x = Vector512.Create<double>(leftLine), y = Vector512.Create<double>(rightLine);
            (c * x - s * y).CopyTo(leftLine);
            (s * x + c * y).CopyTo(rightLine);
        }

        for (; k < left.Length; k++) (left[k], right[k]) = (cosine * left[k] - sine * right[k], sine * left[k] + cosine * right[k]);
    }
}
