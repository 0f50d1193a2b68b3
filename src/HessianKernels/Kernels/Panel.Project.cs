using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// Products with a panel: <c>count</c> vectors of one length, the j-th starting <c>j * stride</c> elements after the first.
/// <code>
///  v_0 |----------|..........|        length elements used, stride - length of other batch items between
///  v_1            |----------|..........|
/// </code>
/// Coefficients are strided too: the j-th stands at <c>j * coefficientStride</c>.
/// </summary>
internal static unsafe partial class Panel
{
    // Rows of y worked on at a time: they stay in the first-level cache while the vectors of the panel stream past.
    private const int RowBlock = 2048;

    /// <summary>
    /// <code>for (j) coefficients[j] = sum_i (double)v_j[i] * y[i];</code>
    /// Reads the panel once, y once a block: 8 count n bytes in double, the floor of Gram-Schmidt's first half.
    /// </summary>
    public static void Project<T>(T* panel, nint stride, int count, T* y, int length, T* coefficients, nint coefficientStride, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (count == 0) return;
        if (length <= RowBlock)
        {
            ProjectShort(panel, stride, count, y, length, coefficients, coefficientStride);
            return;
        }

        Chunks chunks = new(length);
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch partial = new(stack, Scratch.OnStack, (long)chunks.Count * count);
        ProjectJob<T> job = new()
        {
            Panel = panel, Stride = stride, Count = count, Y = y, Partial = partial.Pointer, Chunks = chunks,
        };
        ParallelLoop.Run(ref job, chunks.Count, threads);
        for (int j = 0; j < count; j++)
        {
            double sum = 0;
            for (int chunk = 0; chunk < chunks.Count; chunk++) sum += partial.Pointer[(long)chunk * count + j];
            coefficients[j * coefficientStride] = T.CreateTruncating(sum);
        }
    }

    // One block of rows: nothing to add up, and what it takes to lay the others out would be felt.
    private static void ProjectShort<T>(T* panel, nint stride, int count, T* y, int length, T* coefficients, nint coefficientStride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double* sums = stackalloc double[4];
        int j = 0;
        for (; j <= count - 4; j += 4)
        {
            ProjectJob<T>.Four(panel + j * stride, stride, y, length, sums);
            for (int i = 0; i < 4; i++) coefficients[(j + i) * coefficientStride] = T.CreateTruncating(sums[i]);
        }

        for (; j < count; j++) coefficients[j * coefficientStride] = T.CreateTruncating(Dot.Sequential(panel + j * stride, y, length));
    }

    private struct ProjectJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* Panel, Y;
        public nint Stride;
        public int Count;
        public double* Partial;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            double* sums = Partial + (long)chunk * Count, four = stackalloc double[4];
            new Span<double>(sums, Count).Clear();
            int end = Chunks.Start(chunk) + Chunks.LengthOf(chunk);
            for (int row = Chunks.Start(chunk); row < end; row += RowBlock)
            {
                int rows = Math.Min(RowBlock, end - row), j = 0;
                for (; j <= Count - 4; j += 4)
                {
                    Four(Panel + j * Stride + row, Stride, Y + row, rows, four);
                    for (int i = 0; i < 4; i++) sums[j + i] += four[i];
                }

                for (; j < Count; j++) sums[j] += Dot.Sequential(Panel + j * Stride + row, Y + row, rows);
            }
        }

        public static void Four(T* v, nint stride, T* y, int length, double* sums)
        {
            T* v1 = v + stride, v2 = v1 + stride, v3 = v2 + stride;
            int width = Vector512<T>.Count, i = 0;
            Vector512<double> low0 = default, low1 = default, low2 = default, low3 = default;
            Vector512<double> high0 = default, high1 = default, high2 = default, high3 = default;
            for (; i <= length - width; i += width)
            {
                Vector512<T> yi = Vector512.Load(y + i);
                Simd.AccumulateProduct(Vector512.Load(v + i), yi, ref low0, ref high0);
                Simd.AccumulateProduct(Vector512.Load(v1 + i), yi, ref low1, ref high1);
                Simd.AccumulateProduct(Vector512.Load(v2 + i), yi, ref low2, ref high2);
                Simd.AccumulateProduct(Vector512.Load(v3 + i), yi, ref low3, ref high3);
            }

            double sum0 = Simd.Sum(low0 + high0), sum1 = Simd.Sum(low1 + high1);
            double sum2 = Simd.Sum(low2 + high2), sum3 = Simd.Sum(low3 + high3);
            for (; i < length; i++)
            {
                double yi = double.CreateTruncating(y[i]);
                sum0 = Math.FusedMultiplyAdd(double.CreateTruncating(v[i]), yi, sum0);
                sum1 = Math.FusedMultiplyAdd(double.CreateTruncating(v1[i]), yi, sum1);
                sum2 = Math.FusedMultiplyAdd(double.CreateTruncating(v2[i]), yi, sum2);
                sum3 = Math.FusedMultiplyAdd(double.CreateTruncating(v3[i]), yi, sum3);
            }

            sums[0] = sum0;
            sums[1] = sum1;
            sums[2] = sum2;
            sums[3] = sum3;
        }
    }
}
