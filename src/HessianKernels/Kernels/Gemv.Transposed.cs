using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemv
{
    /// <summary>
    /// <code>for (i &lt; rows) for (j &lt; columns) y[j] += a[i, j] * x[i];</code>
    /// from y = 0. Threads take columns, so that the sum over rows keeps its order.
    /// </summary>
    public static void MultiplyTransposed<T>(T* a, int rows, int columns, T* x, T* y, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TransposedJob<T> job = new() { A = a, X = x, Y = y, Rows = rows, Columns = columns };
        int workers = (long)rows * columns < 32768 ? 1 : threads;
        ParallelLoop.Run(ref job, (columns + ColumnsAChunk - 1) / ColumnsAChunk, workers);
    }

    // 4 KiB of a row in double: long enough for the hardware to stream it, short enough for y to stay in the first-level cache.
    private const int ColumnsAChunk = 512;

    private struct TransposedJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* A, X, Y;
        public int Rows, Columns;

        public readonly void Run(int chunk, int lane)
        {
            int first = chunk * ColumnsAChunk, columns = Math.Min(ColumnsAChunk, Columns - first);
            int width = Vector512<T>.Count, j = 0;
            for (; j <= columns - 4 * width; j += 4 * width) Lines(A + first + j, Y + first + j);
            for (; j <= columns - width; j += width) Line(A + first + j, Y + first + j);
            for (; j < columns; j++)
            {
                T even = T.Zero, odd = T.Zero;
                T* a = A + first + j;
                int i = 0;
                for (; i <= Rows - 2; i += 2, a += 2 * (nint)Columns)
                {
                    even = T.FusedMultiplyAdd(a[0], X[i], even);
                    odd = T.FusedMultiplyAdd(a[Columns], X[i + 1], odd);
                }

                if (i < Rows) even = T.FusedMultiplyAdd(a[0], X[i], even);
                Y[first + j] = even + odd;
            }
        }

        /// <summary>Four lines of columns down all rows, even and odd rows apart so that eight sums hide the adder's latency.</summary>
        private readonly void Lines(T* a, T* y)
        {
            int width = Vector512<T>.Count, i = 0;
            Vector512<T> even0 = default, even1 = default, even2 = default, even3 = default;
            Vector512<T> odd0 = default, odd1 = default, odd2 = default, odd3 = default;
            for (; i <= Rows - 2; i += 2)
            {
                Vector512<T> x = Vector512.Create(X[i]);
                even0 = Simd.MultiplyAdd(Vector512.Load(a), x, even0);
                even1 = Simd.MultiplyAdd(Vector512.Load(a + width), x, even1);
                even2 = Simd.MultiplyAdd(Vector512.Load(a + 2 * width), x, even2);
                even3 = Simd.MultiplyAdd(Vector512.Load(a + 3 * width), x, even3);
                a += Columns;
                x = Vector512.Create(X[i + 1]);
                odd0 = Simd.MultiplyAdd(Vector512.Load(a), x, odd0);
                odd1 = Simd.MultiplyAdd(Vector512.Load(a + width), x, odd1);
                odd2 = Simd.MultiplyAdd(Vector512.Load(a + 2 * width), x, odd2);
                odd3 = Simd.MultiplyAdd(Vector512.Load(a + 3 * width), x, odd3);
                a += Columns;
            }

            if (i < Rows)
            {
                Vector512<T> x = Vector512.Create(X[i]);
                even0 = Simd.MultiplyAdd(Vector512.Load(a), x, even0);
                even1 = Simd.MultiplyAdd(Vector512.Load(a + width), x, even1);
                even2 = Simd.MultiplyAdd(Vector512.Load(a + 2 * width), x, even2);
                even3 = Simd.MultiplyAdd(Vector512.Load(a + 3 * width), x, even3);
            }

            (even0 + odd0).Store(y);
            (even1 + odd1).Store(y + width);
            (even2 + odd2).Store(y + 2 * width);
            (even3 + odd3).Store(y + 3 * width);
        }

        private readonly void Line(T* a, T* y)
        {
            int i = 0;
            Vector512<T> even = default, odd = default;
            for (; i <= Rows - 2; i += 2, a += 2 * (nint)Columns)
            {
                even = Simd.MultiplyAdd(Vector512.Load(a), Vector512.Create(X[i]), even);
                odd = Simd.MultiplyAdd(Vector512.Load(a + Columns), Vector512.Create(X[i + 1]), odd);
            }

            if (i < Rows) even = Simd.MultiplyAdd(Vector512.Load(a), Vector512.Create(X[i]), even);
            (even + odd).Store(y);
        }
    }
}
