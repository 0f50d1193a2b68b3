using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Panel
{
    /// <summary>
    /// <code>for (r &lt; resultCount) for (i) result_r[i] = sum_j coefficients[j, r] * v_j[i];</code>
    /// Row block by row block through a copy in the cache, so that the results may be the panel's own front. Coefficient (j, r) stands at
    /// <c>(j * resultCount + r) * coefficientStride</c>.
    /// </summary>
    public static void Combine<T>(
        T* panel, nint stride, int count, T* coefficients, nint coefficientStride, int resultCount, T* result, nint resultStride, int length, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CombineJob<T> job = new()
        {
            Panel = panel, Stride = stride, Count = count, Coefficients = coefficients, CoefficientStride = coefficientStride,
            ResultCount = resultCount, Result = result, ResultStride = resultStride, Chunks = new(length),
        };
        ParallelLoop.Run(ref job, job.Chunks.Count, threads);
    }

    private struct CombineJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* Panel, Coefficients, Result;
        public nint Stride, CoefficientStride, ResultStride;
        public int Count, ResultCount;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            // A block of a few lines of every vector: 32 KiB, or one line of each where there are very many.
            int width = Vector512<T>.Count;
            int block = Math.Clamp(32768 / sizeof(T) / Count / width, 1, 16) * width;
            const int OnStack = 4096;
            double* stack = stackalloc double[OnStack];
            using Scratch copy = new(stack, OnStack, (long)block * Count * sizeof(T) / sizeof(double));
            T* rows = (T*)copy.Pointer;

            int end = Chunks.Start(chunk) + Chunks.LengthOf(chunk);
            for (int row = Chunks.Start(chunk); row < end; row += block)
            {
                int used = Math.Min(block, end - row);
                for (int j = 0; j < Count; j++)
                {
                    Unsafe.CopyBlockUnaligned(rows + (nint)j * block, Panel + j * Stride + row, (uint)(used * sizeof(T)));
                    new Span<T>(rows + (nint)j * block + used, block - used).Clear();
                }

                for (int r = 0; r < ResultCount; r += 4)
                    for (int i = 0; i < used; i += width)
                        Tile(rows + i, block, r, Math.Min(4, ResultCount - r), i + row, Math.Min(width, used - i));
            }
        }

        /// <summary>One line of elements of up to four results.</summary>
        private readonly void Tile(T* rows, int block, int r, int results, int element, int elements)
        {
            Vector512<T> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            T* c = Coefficients + r * CoefficientStride;
            nint next = ResultCount * CoefficientStride;
            if (results == 4)
            {
                for (int j = 0; j < Count; j++, c += next, rows += block)
                {
                    Vector512<T> v = Vector512.Load(rows);
                    sum0 = Simd.MultiplyAdd(Vector512.Create(c[0]), v, sum0);
                    sum1 = Simd.MultiplyAdd(Vector512.Create(c[CoefficientStride]), v, sum1);
                    sum2 = Simd.MultiplyAdd(Vector512.Create(c[2 * CoefficientStride]), v, sum2);
                    sum3 = Simd.MultiplyAdd(Vector512.Create(c[3 * CoefficientStride]), v, sum3);
                }
            }
            else
            {
                for (int j = 0; j < Count; j++, c += next, rows += block)
                {
                    Vector512<T> v = Vector512.Load(rows);
                    sum0 = Simd.MultiplyAdd(Vector512.Create(c[0]), v, sum0);
                    if (results > 1) sum1 = Simd.MultiplyAdd(Vector512.Create(c[CoefficientStride]), v, sum1);
                    if (results > 2) sum2 = Simd.MultiplyAdd(Vector512.Create(c[2 * CoefficientStride]), v, sum2);
                }
            }

            T* result = Result + r * ResultStride + element;
            Store(sum0, result, elements);
            if (results > 1) Store(sum1, result + ResultStride, elements);
            if (results > 2) Store(sum2, result + 2 * ResultStride, elements);
            if (results > 3) Store(sum3, result + 3 * ResultStride, elements);
        }

        private static void Store(Vector512<T> value, T* destination, int elements)
        {
            if (elements == Vector512<T>.Count)
            {
                value.Store(destination);
                return;
            }

            for (int i = 0; i < elements; i++) destination[i] = value[i];
        }
    }
}
