using System.Runtime.Intrinsics;

namespace HessianKernels.Dense;

/// <summary>
/// The implicit QL iteration with Wilkinson's shift (Parlett, The Symmetric Eigenvalue Problem, 8.9-8.13), for small tridiagonal matrices.
/// </summary>
internal static unsafe class ImplicitQl
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Sweeps an eigenvalue, on average; two are usual.</summary>
    private const int MostSweeps = 60;

    // Of the largest element: below its rounding. Without it a matrix graded downwards would be iterated to the relative accuracy of its smallest.
    private const double Negligible = Epsilon / 256;

    // A matrix of smaller elements, beside others of about 1, is diagonal: its squares would underflow.
    private const double SmallestScale = 1e-130;

    /// <summary>All eigenvalues, in no order; where <paramref name="vectors"/> is given, its rows are rotated along.</summary>
    /// <param name="n">The order.</param>
    /// <param name="d">In: the diagonal. Out: the eigenvalues.</param>
    /// <param name="e">In: the off-diagonal, <c>[n - 1]</c>. Out: destroyed.</param>
    /// <param name="vectors">n rows, or null.</param>
    /// <param name="stride">Between rows.</param>
    /// <param name="columns">Of a row.</param>
    public static void Decompose(int n, double* d, double* e, double* vectors, nint stride, int columns)
    {
        double scale = SmallestScale;
        for (int i = 0; i < n; i++) scale = Math.Max(scale, Math.Max(Math.Abs(d[i]), i < n - 1 ? Math.Abs(e[i]) : 0));
        double negligible = Negligible * scale;
        long sweeps = 0;
        for (int low = 0; low < n; low++)
        {
            while (true)
            {
                int high = low;
                while (high < n - 1 && Math.Abs(e[high]) > Math.Max(negligible, Epsilon * (Math.Abs(d[high]) + Math.Abs(d[high + 1])))) high++;
                if (high == low) break;
                if (++sweeps > (long)MostSweeps * n)
                    throw new ArithmeticException($"A tridiagonal matrix of order {n} did not converge in {MostSweeps} n sweeps.");
                Sweep(d, e, low, high, vectors, stride, columns);
            }
        }
    }

    private static void Sweep(double* d, double* e, int low, int high, double* vectors, nint stride, int columns)
    {
        double half = (d[low + 1] - d[low]) / (2 * e[low]);
        double g = d[high] - d[low] + e[low] / (half + Math.CopySign(Math.Sqrt(half * half + 1), half));
        double sine = 1, cosine = 1, shift = 0;
        for (int i = high - 1; i >= low; i--)
        {
            double f = sine * e[i], b = cosine * e[i], r = Math.Sqrt(f * f + g * g);
            if (i + 1 < high) e[i + 1] = r;
            if (r == 0)
            {
                // The bulge vanished: the matrix splits here.
                d[i + 1] -= shift;
                return;
            }

            sine = f / r;
            cosine = g / r;
            g = d[i + 1] - shift;
            r = (d[i] - g) * sine + 2 * cosine * b;
            shift = sine * r;
            d[i + 1] = g + shift;
            g = cosine * r - b;
            if (vectors is not null) Rotate(vectors + i * stride, vectors + (i + 1) * stride, columns, cosine, -sine);
        }

        d[low] -= shift;
        e[low] = g;
    }

    /// <summary><code>for (k) (x[k], y[k]) = (cosine * x[k] + sine * y[k], cosine * y[k] - sine * x[k]);</code></summary>
    public static void Rotate(double* x, double* y, int length, double cosine, double sine)
    {
        int width = Vector512<double>.Count, k = 0;
        Vector512<double> c = Vector512.Create(cosine), s = Vector512.Create(sine);
        for (; k <= length - width; k += width)
        {
            Vector512<double> left = Vector512.Load(x + k), right = Vector512.Load(y + k);
            (c * left + s * right).Store(x + k);
            (c * right - s * left).Store(y + k);
        }

        for (; k < length; k++) (x[k], y[k]) = (cosine * x[k] + sine * y[k], cosine * y[k] - sine * x[k]);
    }
}
