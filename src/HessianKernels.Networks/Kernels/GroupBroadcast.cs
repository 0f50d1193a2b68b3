using System.Numerics;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// One coefficient a group, met with each of its elements:
/// <code>for (o, c, i) result[o, c, i] = f(coefficient[o, i], x[o, c, i], result[o, c, i]);</code>
/// The result may be x.
/// </summary>
internal static unsafe class GroupBroadcast
{
    private const int Smallest = 16384, MostChunks = 64;

    public static void Run<T, TOperator>(TOperator apply, int outer, int count, int inner, T* coefficient, T* x, T* result, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : struct, IElementwise<T>
    {
        if ((long)outer * count * inner == 0) return;
        Groups groups = new(outer, count, inner, Vector512<T>.Count);
        Job<T, TOperator> job = new() { Operator = apply, Groups = groups, Coefficient = coefficient, X = x, Result = result };
        long rows = (long)outer * count, chunks = Math.Clamp(groups.Length / Smallest, 1, Math.Min(MostChunks, rows));
        job.Rows = (rows + chunks - 1) / chunks;
        ParallelLoop.Run(ref job, (int)((rows + job.Rows - 1) / job.Rows), groups.Length < Elementwise.WorthThreads ? 1 : threads);
    }

    private struct Job<T, TOperator> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : struct, IElementwise<T>
    {
        public TOperator Operator;
        public Groups Groups;
        public T* Coefficient, X, Result;

        /// <summary>Rows of a chunk, of all slabs' rows one after the other.</summary>
        public long Rows;

        public readonly void Run(int chunk, int lane)
        {
            long row = chunk * Rows, end = Math.Min(row + Rows, (long)Groups.Outer * Groups.Count);
            int inner = Groups.Inner, wide = Groups.Wide;
            double* stack = stackalloc double[Scratch.OnStack];
            using Scratch scratch = new(stack, Scratch.OnStack, inner > 1 && Groups.Fold > 1 ? wide : 0);
            while (row < end)
            {
                long o = row / Groups.Count, next = Math.Min(end, (o + 1) * Groups.Count);
                nint at = (nint)row * inner, rows = (nint)(next - row);
                T* coefficient = Coefficient + (nint)o * inner, x = X + at, result = Result + at;
                if (inner == 1)
                {
                    Standing(*coefficient, x, result, rows);
                }
                else
                {
                    nint r = 0;
                    if (Groups.Fold > 1 && rows >= Groups.Fold)
                    {
                        T* pattern = (T*)scratch.Pointer;
                        for (int i = 0; i < wide; i++) pattern[i] = coefficient[i % inner];
                        for (; r <= rows - Groups.Fold; r += Groups.Fold, x += wide, result += wide) Row(pattern, x, result, wide);
                    }

                    for (; r < rows; r++, x += inner, result += inner) Row(coefficient, x, result, inner);
                }

                row = next;
            }
        }

        private readonly void Standing(T coefficient, T* x, T* result, nint length)
        {
            TOperator apply = Operator;
            Vector512<T> all = Vector512.Create(coefficient);
            nint i = 0;
            for (; i <= length - Vector512<T>.Count; i += Vector512<T>.Count)
                apply.Apply(all, Vector512.Load(x + i), TOperator.Operands > 2 ? Vector512.Load(result + i) : default, default).Store(result + i);
            for (; i < length; i++) result[i] = apply.Apply(coefficient, x[i], TOperator.Operands > 2 ? result[i] : default, default);
        }

        private readonly void Row(T* coefficient, T* x, T* result, int length)
        {
            TOperator apply = Operator;
            int i = 0;
            for (; i <= length - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                apply.Apply(Vector512.Load(coefficient + i), Vector512.Load(x + i), TOperator.Operands > 2 ? Vector512.Load(result + i) : default, default)
                    .Store(result + i);
            }

            for (; i < length; i++) result[i] = apply.Apply(coefficient[i], x[i], TOperator.Operands > 2 ? result[i] : default, default);
        }
    }
}
