using System.Numerics;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>What an elementwise loop does with one element, and with a vector of them.</summary>
internal interface IElementwise<T>
    where T : unmanaged
{
    /// <summary>How many of the operands are read: the first so many.</summary>
    static abstract int Operands { get; }

    Vector512<T> Apply(Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d);

    /// <summary>The same bits for one element.</summary>
    T Apply(T a, T b, T c, T d);
}

/// <summary>
/// <code>for (i = 0; i &lt; n; i++) result[i] = f(a[i], b[i], c[i], d[i]);</code>
/// The result may be any of the operands. Bound by memory past the cache.
/// </summary>
internal static unsafe class Elementwise
{
    /// <summary>Elements below which another thread takes longer to come than the work takes.</summary>
    public const int WorthThreads = 1 << 16;

    public static void Run<T, TOperator>(TOperator apply, T* a, T* b, T* c, T* d, T* result, int length, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : struct, IElementwise<T>
    {
        Job<T, TOperator> job = new() { Operator = apply, A = a, B = b, C = c, D = d, Result = result, Chunks = new(length) };
        ParallelLoop.Run(ref job, job.Chunks.Count, length < WorthThreads ? 1 : threads);
    }

    private struct Job<T, TOperator> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : struct, IElementwise<T>
    {
        public TOperator Operator;
        public T* A, B, C, D, Result;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            TOperator apply = Operator;
            T* a = A, b = B, c = C, d = D, result = Result;
            int width = Vector512<T>.Count;
            nint i = Chunks.Start(chunk), end = i + Chunks.LengthOf(chunk);
            for (; i <= end - width; i += width)
            {
                apply.Apply(
                    Vector512.Load(a + i),
                    TOperator.Operands > 1 ? Vector512.Load(b + i) : default,
                    TOperator.Operands > 2 ? Vector512.Load(c + i) : default,
                    TOperator.Operands > 3 ? Vector512.Load(d + i) : default).Store(result + i);
            }

            for (; i < end; i++)
            {
                result[i] = apply.Apply(
                    a[i], TOperator.Operands > 1 ? b[i] : default, TOperator.Operands > 2 ? c[i] : default, TOperator.Operands > 3 ? d[i] : default);
            }
        }
    }
}
