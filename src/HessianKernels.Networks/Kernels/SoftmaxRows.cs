using System.Numerics;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;
using static HessianKernels.Networks.Kernels.Constant;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// <code>for (r) { m = max_c z[r, c]; s = sum_c exp(z[r, c] - m); for (c) p[r, c] = exp(z[r, c] - m) / s; logSumExp[r] = m + log s; }</code>
/// </summary>
/// <remarks>
/// The difference's rounding is carried into the exponential, so that p is good to some units in its last place however far z lies below m; s is
/// taken in double. p may be z. A row with NaN or +infinity, or of -infinity alone, gives NaN.
/// </remarks>
internal static unsafe class SoftmaxRows
{
    private const int Smallest = 4096, MostChunks = 64;

    public static void Run<T>(int rows, int columns, T* z, T* p, T* logSumExp, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (rows == 0) return;
        long length = (long)rows * columns, chunks = Math.Clamp(length / Smallest, 1, Math.Min(MostChunks, rows));
        Job<T> job = new() { Rows = rows, Columns = columns, RowsOfChunk = (int)((rows + chunks - 1) / chunks), Z = z, P = p, LogSumExp = logSumExp };
        ParallelLoop.Run(ref job, (rows + job.RowsOfChunk - 1) / job.RowsOfChunk, length < 4 * Smallest ? 1 : threads);
    }

    private struct Job<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public int Rows, Columns, RowsOfChunk;
        public T* Z, P, LogSumExp;

        public readonly void Run(int chunk, int lane)
        {
            for (int r = chunk * RowsOfChunk; r < Math.Min(Rows, (chunk + 1) * RowsOfChunk); r++)
                LogSumExp[r] = Row(Z + (nint)r * Columns, P + (nint)r * Columns);
        }

        private readonly T Row(T* z, T* p)
        {
            int columns = Columns, width = Vector512<T>.Count, whole = columns - columns % width, rest = columns - whole;
            // The last few, filled up with what adds 0.
            T* last = stackalloc T[width];
            new Span<T>(last, width).Fill(T.NegativeInfinity);
            new Span<T>(z + whole, rest).CopyTo(new(last, width));

            Vector512<T> most = Vector512.Load(last);
            for (int c = 0; c < whole; c += width) most = Vector512.Max(most, Vector512.Load(z + c));
            T largest = T.NegativeInfinity;
            for (int i = 0; i < width; i++) largest = T.Max(largest, most[i]);

            Vector512<T> top = Vector512.Create(largest);
            Vector512<double> low = default, high = default;
            for (int c = 0; c < whole; c += width)
            {
                Vector512<T> e = Shifted(Vector512.Load(z + c), top);
                e.Store(p + c);
                Simd.AccumulateProduct(e, Vector512<T>.One, ref low, ref high);
            }

            Vector512<T> few = Shifted(Vector512.Load(last), top);
            if (rest > 0) Simd.AccumulateProduct(few, Vector512<T>.One, ref low, ref high);
            double sum = Simd.Sum(typeof(T) == typeof(float) ? low + high : low);
            Vector512<T> share = Of<T>(1 / sum);
            for (int c = 0; c < whole; c += width) (Vector512.Load(p + c) * share).Store(p + c);
            (few * share).Store(last);
            new Span<T>(last, rest).CopyTo(new(p + whole, rest));
            return T.CreateTruncating(double.CreateTruncating(largest) + Math.Log(sum));
        }

        /// <summary><c>exp(z - top)</c>: the difference and what it lost, both exact (Knuth's sum of two).</summary>
        private static Vector512<T> Shifted(Vector512<T> z, Vector512<T> top)
        {
            Vector512<T> difference = z - top, part = difference - z;
            Vector512<T> lost = (z - (difference - part)) - (top + part);
            // Of -infinity nothing was lost.
            lost = Vector512.ConditionalSelect(Vector512.Equals(lost, lost), lost, default);
            return Exponential.OfNegative(difference, lost, out _);
        }
    }
}
