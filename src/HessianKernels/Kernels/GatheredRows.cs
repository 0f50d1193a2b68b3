using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// Products with rows of a matrix that do not follow each other: row <c>rows[j]</c> starts at <c>rows[j] * stride</c>. A batch of examples
/// is such rows.
/// </summary>
/// <remarks>One thread; for vectors that stay in the first-level cache, and rows that are read from the second.</remarks>
internal static unsafe class GatheredRows
{
    /// <summary>
    /// <code>for (j) products[j] = sum_i row_j[i] * x[i];</code>
    /// Each product has the bits of <see cref="Dot.Sequential"/>. Four at a time: x is read once for four rows, and the ends of four sums are
    /// under way together.
    /// </summary>
    public static void Multiply(double* matrix, nint stride, ReadOnlySpan<int> rows, double* x, int length, double* products)
    {
        int j = 0;
        for (; j <= rows.Length - 4; j += 4)
            Four(
                matrix + rows[j] * stride, matrix + rows[j + 1] * stride, matrix + rows[j + 2] * stride, matrix + rows[j + 3] * stride, x,
                length, products + j);
        for (; j < rows.Length; j++) products[j] = Dot.Sequential(matrix + rows[j] * stride, x, length);
    }

    /// <summary>
    /// <code>for (j) for (i) y[i] -= coefficients[j] * row_j[i];</code>
    /// each subtraction rounded once, in the order of the rows. y is read and written once for all of them.
    /// </summary>
    public static void Subtract(double* matrix, nint stride, ReadOnlySpan<int> rows, double* coefficients, double* y, int length)
    {
        int width = Vector512<double>.Count;
        if (length < width)
        {
            for (int j = 0; j < rows.Length; j++)
                for (int i = 0; i < length; i++) y[i] = Math.FusedMultiplyAdd(-coefficients[j], matrix[rows[j] * stride + i], y[i]);
            return;
        }

        // Four vectors at a time. The last ones may share elements, with each other or with those before: what is computed twice is computed
        // from y as it was, to the same bits.
        int last = length - width, start = 0;
        Vector512<double> end = Vector512.Load(y + last);
        for (; start <= length - 4 * width; start += 4 * width)
            FourVectors(matrix + start, stride, rows, coefficients, y + start, width, 2 * width, 3 * width);
        if (start == length) return;
        if (start > last)
        {
            start = last;
            end.Store(y + last);
        }

        FourVectors(
            matrix + start, stride, rows, coefficients, y + start, Math.Min(width, last - start), Math.Min(2 * width, last - start),
            Math.Min(3 * width, last - start));
    }

    // The vectors at 0 and at three offsets.
    private static void FourVectors(
        double* matrix, nint stride, ReadOnlySpan<int> rows, double* coefficients, double* y, nint at1, nint at2, nint at3)
    {
        Vector512<double> y0 = Vector512.Load(y), y1 = Vector512.Load(y + at1), y2 = Vector512.Load(y + at2), y3 = Vector512.Load(y + at3);
        for (int j = 0; j < rows.Length; j++)
        {
            Vector512<double> c = Vector512.Create(-coefficients[j]);
            double* row = matrix + rows[j] * stride;
            y0 = Vector512.FusedMultiplyAdd(c, Vector512.Load(row), y0);
            y1 = Vector512.FusedMultiplyAdd(c, Vector512.Load(row + at1), y1);
            y2 = Vector512.FusedMultiplyAdd(c, Vector512.Load(row + at2), y2);
            y3 = Vector512.FusedMultiplyAdd(c, Vector512.Load(row + at3), y3);
        }

        y0.Store(y);
        y1.Store(y + at1);
        y2.Store(y + at2);
        y3.Store(y + at3);
    }

    private static void Four(double* a, double* b, double* c, double* d, double* x, int length, double* products)
    {
        int width = Vector512<double>.Count, i = 0;
        Vector512<double> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<double> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        for (; i <= length - 4 * width; i += 4 * width)
        {
            Vector512<double> x0 = Vector512.Load(x + i), x1 = Vector512.Load(x + i + width);
            Vector512<double> x2 = Vector512.Load(x + i + 2 * width), x3 = Vector512.Load(x + i + 3 * width);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), x0, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + width), x1, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 2 * width), x2, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 3 * width), x3, a3);
            b0 = Vector512.FusedMultiplyAdd(Vector512.Load(b + i), x0, b0);
            b1 = Vector512.FusedMultiplyAdd(Vector512.Load(b + i + width), x1, b1);
            b2 = Vector512.FusedMultiplyAdd(Vector512.Load(b + i + 2 * width), x2, b2);
            b3 = Vector512.FusedMultiplyAdd(Vector512.Load(b + i + 3 * width), x3, b3);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Load(c + i), x0, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Load(c + i + width), x1, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Load(c + i + 2 * width), x2, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Load(c + i + 3 * width), x3, c3);
            d0 = Vector512.FusedMultiplyAdd(Vector512.Load(d + i), x0, d0);
            d1 = Vector512.FusedMultiplyAdd(Vector512.Load(d + i + width), x1, d1);
            d2 = Vector512.FusedMultiplyAdd(Vector512.Load(d + i + 2 * width), x2, d2);
            d3 = Vector512.FusedMultiplyAdd(Vector512.Load(d + i + 3 * width), x3, d3);
        }

        for (; i <= length - width; i += width)
        {
            Vector512<double> x0 = Vector512.Load(x + i);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), x0, a0);
            b0 = Vector512.FusedMultiplyAdd(Vector512.Load(b + i), x0, b0);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Load(c + i), x0, c0);
            d0 = Vector512.FusedMultiplyAdd(Vector512.Load(d + i), x0, d0);
        }

        double sumA = Simd.Sum((a0 + a1) + (a2 + a3)), sumB = Simd.Sum((b0 + b1) + (b2 + b3));
        double sumC = Simd.Sum((c0 + c1) + (c2 + c3)), sumD = Simd.Sum((d0 + d1) + (d2 + d3));
        for (; i < length; i++)
        {
            sumA = Math.FusedMultiplyAdd(a[i], x[i], sumA);
            sumB = Math.FusedMultiplyAdd(b[i], x[i], sumB);
            sumC = Math.FusedMultiplyAdd(c[i], x[i], sumC);
            sumD = Math.FusedMultiplyAdd(d[i], x[i], sumD);
        }

        products[0] = sumA;
        products[1] = sumB;
        products[2] = sumC;
        products[3] = sumD;
    }
}
