using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// Where the first element is that is not a finite number:
/// <code>for (i = 0; i &lt; n; i++) if (!IsFinite(x[i])) return i;  return -1;</code>
/// One pass at the speed of memory.
/// </summary>
internal static unsafe class Finite
{
    public static int FirstExcept<T>(T* x, int length, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Job<T> job = new() { X = x, Chunks = new(length), FirstFault = int.MaxValue };
        ParallelLoop.Run(ref job, job.Chunks.Count, threads);
        if (job.FirstFault == int.MaxValue) return -1;
        int i = job.Chunks.Start(job.FirstFault);
        while (T.IsFinite(x[i])) i++;
        return i;
    }

    private struct Job<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* X;
        public Chunks Chunks;
        public int FirstFault;

        public void Run(int chunk, int lane)
        {
            T* x = X + Chunks.Start(chunk);
            int length = Chunks.LengthOf(chunk), i = 0, width = Vector512<T>.Count;
            // A sum of 0 x is 0 until a NaN or an infinity comes by, and NaN from then on.
            Vector512<T> poison = default, zero = default;
            for (; i <= length - width; i += width) poison = Simd.MultiplyAdd(Vector512.Load(x + i), zero, poison);
            T sum = Simd.Sum(poison);
            for (; i < length; i++) sum += x[i] * T.Zero;
            if (sum == T.Zero) return;
            for (int seen = FirstFault; chunk < seen; seen = FirstFault) Interlocked.CompareExchange(ref FirstFault, chunk, seen);
        }
    }
}
