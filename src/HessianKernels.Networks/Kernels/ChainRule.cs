using System.Numerics;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// <code>
/// y1[i] = f1[i] x1[i];
/// y2[i] = f1[i] x2[i] + f2[i] x1[i]^2;
/// y3[i] = f1[i] x3[i] + 3 f2[i] x1[i] x2[i] + f3[i] x1[i]^3;
/// </code>
/// up to an order, in one pass: what is read serves all of them. Bound by memory past the cache.
/// </summary>
internal static unsafe class ChainRule
{
    /// <summary>All three tensors are <c>[order, length]</c>.</summary>
    public static void Run<T>(int order, T* derivatives, T* x, T* y, int length, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Job<T> job = new() { Order = order, F = derivatives, X = x, Y = y, Chunks = new(length) };
        ParallelLoop.Run(ref job, job.Chunks.Count, length < Elementwise.WorthThreads ? 1 : threads);
    }

    private struct Job<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public int Order;
        public T* F, X, Y;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            int width = Vector512<T>.Count, order = Order;
            nint i = Chunks.Start(chunk), end = i + Chunks.LengthOf(chunk), n = Chunks.Length;
            T* f = F, x = X, y = Y;
            Vector512<T> three = Vector512.Create(T.CreateTruncating(3));
            for (; i <= end - width; i += width)
            {
                Vector512<T> f1 = Vector512.Load(f + i), x1 = Vector512.Load(x + i);
                if (order > 1)
                {
                    Vector512<T> f2 = Vector512.Load(f + n + i), x2 = Vector512.Load(x + n + i), square = x1 * x1;
                    if (order > 2)
                    {
                        Vector512<T> cubic = Vector512.Load(f + 2 * n + i) * (square * x1), mixed = Simd.MultiplyAdd(three * f2, x1 * x2,
                            cubic);
                        Simd.MultiplyAdd(f1, Vector512.Load(x + 2 * n + i), mixed).Store(y + 2 * n + i);
                    }

                    Simd.MultiplyAdd(f1, x2, f2 * square).Store(y + n + i);
                }

                (f1 * x1).Store(y + i);
            }

            for (; i < end; i++)
            {
                T f1 = f[i], x1 = x[i];
                if (order > 1)
                {
                    T f2 = f[n + i], x2 = x[n + i], square = x1 * x1;
                    if (order > 2)
                    {
                        T mixed = T.FusedMultiplyAdd(three[0] * f2, x1 * x2, f[2 * n + i] * (square * x1));
                        y[2 * n + i] = T.FusedMultiplyAdd(f1, x[2 * n + i], mixed);
                    }

                    y[n + i] = T.FusedMultiplyAdd(f1, x2, f2 * square);
                }

                y[i] = f1 * x1;
            }
        }
    }
}
