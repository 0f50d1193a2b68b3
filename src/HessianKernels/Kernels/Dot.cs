using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// The inner product, accumulated in double for float and double alike. The scalar loop it equals, but for the order of the sum:
/// <code>for (i = 0; i &lt; n; i++) sum += (double)x[i] * y[i];</code>
/// NaN and infinities propagate. 16 n bytes read in double; bound by memory past the cache.
/// </summary>
internal static unsafe class Dot
{
    public static double Of<T>(T* x, T* y, int length, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Chunks chunks = new(length);
        if (chunks.Count == 1) return Sequential(x, y, length);

        double* partial = stackalloc double[Chunks.Most];
        Job<T> job = new() { X = x, Y = y, Partial = partial, Chunks = chunks };
        ParallelLoop.Run(ref job, chunks.Count, threads);
        double sum = 0;
        for (int chunk = 0; chunk < chunks.Count; chunk++) sum += partial[chunk];
        return sum;
    }

    public static double Sequential<T>(T* x, T* y, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = Vector512<T>.Count;
        Vector512<double> low0 = default, high0 = default, low1 = default, high1 = default;
        Vector512<double> low2 = default, high2 = default, low3 = default, high3 = default;
        int i = 0;
        for (; i <= length - 4 * width; i += 4 * width)
        {
            Simd.AccumulateProduct(Vector512.Load(x + i), Vector512.Load(y + i), ref low0, ref high0);
            Simd.AccumulateProduct(Vector512.Load(x + i + width), Vector512.Load(y + i + width), ref low1, ref high1);
            Simd.AccumulateProduct(Vector512.Load(x + i + 2 * width), Vector512.Load(y + i + 2 * width), ref low2, ref high2);
            Simd.AccumulateProduct(Vector512.Load(x + i + 3 * width), Vector512.Load(y + i + 3 * width), ref low3, ref high3);
        }

        for (; i <= length - width; i += width)
            Simd.AccumulateProduct(Vector512.Load(x + i), Vector512.Load(y + i), ref low0, ref high0);

        Vector512<double> all = (low0 + low1) + (low2 + low3);
        if (typeof(T) == typeof(float)) all += (high0 + high1) + (high2 + high3);
        double sum = Simd.Sum(all);
        for (; i < length; i++) sum = Math.FusedMultiplyAdd(double.CreateTruncating(x[i]), double.CreateTruncating(y[i]), sum);
        return sum;
    }

    private struct Job<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* X, Y;
        public double* Partial;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
            => Partial[chunk] = Sequential(X + Chunks.Start(chunk), Y + Chunks.Start(chunk), Chunks.LengthOf(chunk));
    }
}
