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
