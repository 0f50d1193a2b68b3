using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// <code>for (i = 0; i &lt; n; i++) y[i] -= scale * x[i];</code>
/// each element rounded once. 24 n bytes moved in double; bound by memory past the cache.
/// </summary>
internal static unsafe class SubtractScaled
{
    public static void Apply<T>(T scale, T* x, T* y, int length, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Job<T> job = new() { Scale = -scale, X = x, Y = y, Chunks = new(length) };
        ParallelLoop.Run(ref job, job.Chunks.Count, threads);
    }

    /// <summary><code>for (i = 0; i &lt; n; i++) y[i] = (y[i] - scale1 * x1[i]) - scale2 * x2[i];</code> each of the two rounded once.</summary>
    public static void Apply<T>(T scale1, T* x1, T scale2, T* x2, T* y, int length, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TwoJob<T> job = new() { Scale1 = -scale1, X1 = x1, Scale2 = -scale2, X2 = x2, Y = y, Chunks = new(length) };
        ParallelLoop.Run(ref job, job.Chunks.Count, threads);
    }

    private struct TwoJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T Scale1, Scale2;
        public T* X1, X2, Y;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            T* x1 = X1 + Chunks.Start(chunk), x2 = X2 + Chunks.Start(chunk), y = Y + Chunks.Start(chunk);
            int length = Chunks.LengthOf(chunk), i = 0, width = Vector512<T>.Count;
            Vector512<T> scale1 = Vector512.Create(Scale1), scale2 = Vector512.Create(Scale2);
            for (; i <= length - width; i += width)
            {
                Vector512<T> once = Simd.MultiplyAdd(scale1, Vector512.Load(x1 + i), Vector512.Load(y + i));
                Simd.MultiplyAdd(scale2, Vector512.Load(x2 + i), once).Store(y + i);
            }

            for (; i < length; i++) y[i] = T.FusedMultiplyAdd(Scale2, x2[i], T.FusedMultiplyAdd(Scale1, x1[i], y[i]));
        }
    }

    private struct Job<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T Scale;
        public T* X, Y;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            T* x = X + Chunks.Start(chunk);
            T* y = Y + Chunks.Start(chunk);
            int length = Chunks.LengthOf(chunk), i = 0, width = Vector512<T>.Count;
            Vector512<T> scale = Vector512.Create(Scale);
            for (; i <= length - width; i += width)
                Simd.MultiplyAdd(scale, Vector512.Load(x + i), Vector512.Load(y + i)).Store(y + i);
            for (; i < length; i++) y[i] = T.FusedMultiplyAdd(Scale, x[i], y[i]);
        }
    }
}
