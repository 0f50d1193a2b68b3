using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemv
{
    /// <summary>
    /// <code>for (j &lt; columns) y[j] = sum_i a[i, j] * x[i];</code>
    /// for a matrix in the cache: lines of columns, their sums standing in registers down all rows; even and odd rows apart.
    /// </summary>
    private static void Standing<T>(T* a, int rows, int columns, T* x, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = Vector512<T>.Count, j = 0;
        for (; j <= columns - 4 * width; j += 4 * width) Lines(a + j, rows, columns, x, y + j);
        for (; j <= columns - width; j += width) Line(a + j, rows, columns, x, y + j);
        for (; j < columns; j++)
        {
            T even = T.Zero, odd = T.Zero;
            T* aj = a + j;
            int i = 0;
            for (; i <= rows - 2; i += 2, aj += 2 * (nint)columns)
            {
                even = T.FusedMultiplyAdd(aj[0], x[i], even);
                odd = T.FusedMultiplyAdd(aj[columns], x[i + 1], odd);
            }

            if (i < rows) even = T.FusedMultiplyAdd(aj[0], x[i], even);
            y[j] = even + odd;
        }
    }

    /// <summary>Four lines of columns, so that eight sums hide the adder's latency.</summary>
    private static void Lines<T>(T* a, int rows, int columns, T* x, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = Vector512<T>.Count, i = 0;
        Vector512<T> even0 = default, even1 = default, even2 = default, even3 = default;
        Vector512<T> odd0 = default, odd1 = default, odd2 = default, odd3 = default;
        for (; i <= rows - 2; i += 2)
        {
            Vector512<T> xi = Vector512.Create(x[i]);
            even0 = Simd.MultiplyAdd(Vector512.Load(a), xi, even0);
            even1 = Simd.MultiplyAdd(Vector512.Load(a + width), xi, even1);
            even2 = Simd.MultiplyAdd(Vector512.Load(a + 2 * width), xi, even2);
            even3 = Simd.MultiplyAdd(Vector512.Load(a + 3 * width), xi, even3);
            a += columns;
            xi = Vector512.Create(x[i + 1]);
            odd0 = Simd.MultiplyAdd(Vector512.Load(a), xi, odd0);
            odd1 = Simd.MultiplyAdd(Vector512.Load(a + width), xi, odd1);
            odd2 = Simd.MultiplyAdd(Vector512.Load(a + 2 * width), xi, odd2);
            odd3 = Simd.MultiplyAdd(Vector512.Load(a + 3 * width), xi, odd3);
            a += columns;
        }

        if (i < rows)
        {
            Vector512<T> xi = Vector512.Create(x[i]);
            even0 = Simd.MultiplyAdd(Vector512.Load(a), xi, even0);
            even1 = Simd.MultiplyAdd(Vector512.Load(a + width), xi, even1);
            even2 = Simd.MultiplyAdd(Vector512.Load(a + 2 * width), xi, even2);
            even3 = Simd.MultiplyAdd(Vector512.Load(a + 3 * width), xi, even3);
        }

        (even0 + odd0).Store(y);
        (even1 + odd1).Store(y + width);
        (even2 + odd2).Store(y + 2 * width);
        (even3 + odd3).Store(y + 3 * width);
    }

    private static void Line<T>(T* a, int rows, int columns, T* x, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int i = 0;
        Vector512<T> even = default, odd = default;
        for (; i <= rows - 2; i += 2, a += 2 * (nint)columns)
        {
            even = Simd.MultiplyAdd(Vector512.Load(a), Vector512.Create(x[i]), even);
            odd = Simd.MultiplyAdd(Vector512.Load(a + columns), Vector512.Create(x[i + 1]), odd);
        }

        if (i < rows) even = Simd.MultiplyAdd(Vector512.Load(a), Vector512.Create(x[i]), even);
        (even + odd).Store(y);
    }
}
