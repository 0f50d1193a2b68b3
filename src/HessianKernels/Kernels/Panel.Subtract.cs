using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Panel
{
    /// <summary>
    /// <code>for (j) for (i) y[i] -= coefficients[j] * v_j[i];   return sum_i (double)y[i] * y[i];</code>
    /// Reads the panel once; y is written once a block, and its square summed while it is in the cache.
    /// </summary>
    public static double Subtract<T>(T* panel, nint stride, int count, T* coefficients, nint coefficientStride, T* y, int length, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (length <= RowBlock) return SubtractShort(panel, stride, count, coefficients, coefficientStride, y, length);
        Chunks chunks = new(length);
        double* partial = stackalloc double[Chunks.Most];
        SubtractJob<T> job = new()
        {
            Panel = panel, Stride = stride, Count = count, Coefficients = coefficients, CoefficientStride = coefficientStride,
            Y = y, Partial = partial, Chunks = chunks,
        };
        ParallelLoop.Run(ref job, chunks.Count, threads);
        double square = 0;
        for (int chunk = 0; chunk < chunks.Count; chunk++) square += partial[chunk];
        return square;
    }

    private static double SubtractShort<T>(T* panel, nint stride, int count, T* coefficients, nint coefficientStride, T* y, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int j = 0;
        for (; j <= count - 4; j += 4) SubtractJob<T>.Four(panel + j * stride, stride, coefficients + j * coefficientStride, coefficientStride, y, length);
        for (; j < count; j++) SubtractJob<T>.One(panel + j * stride, coefficients[j * coefficientStride], y, length);
        return Dot.Sequential(y, y, length);
    }

    private struct SubtractJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* Panel, Coefficients, Y;
        public nint Stride, CoefficientStride;
        public int Count;
        public double* Partial;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            double square = 0;
            int end = Chunks.Start(chunk) + Chunks.LengthOf(chunk);
            for (int row = Chunks.Start(chunk); row < end; row += RowBlock)
            {
                int rows = Math.Min(RowBlock, end - row), j = 0;
                T* y = Y + row;
                for (; j <= Count - 4; j += 4) Four(Panel + j * Stride + row, Stride, Coefficients + j * CoefficientStride, CoefficientStride, y, rows);
                for (; j < Count; j++) One(Panel + j * Stride + row, Coefficients[j * CoefficientStride], y, rows);
                square += Dot.Sequential(y, y, rows);
            }

            Partial[chunk] = square;
        }

        public static void One(T* v, T coefficient, T* y, int length)
        {
            int width = Vector512<T>.Count, i = 0;
            T c = -coefficient;
            Vector512<T> wide = Vector512.Create(c);
            for (; i <= length - width; i += width) Simd.MultiplyAdd(wide, Vector512.Load(v + i), Vector512.Load(y + i)).Store(y + i);
            for (; i < length; i++) y[i] = T.FusedMultiplyAdd(c, v[i], y[i]);
        }

        public static void Four(T* v, nint stride, T* coefficients, nint coefficientStride, T* y, int length)
        {
            T* v1 = v + stride, v2 = v1 + stride, v3 = v2 + stride;
            T c0 = -coefficients[0], c1 = -coefficients[coefficientStride];
            T c2 = -coefficients[2 * coefficientStride], c3 = -coefficients[3 * coefficientStride];
            Vector512<T> w0 = Vector512.Create(c0), w1 = Vector512.Create(c1), w2 = Vector512.Create(c2), w3 = Vector512.Create(c3);
            int width = Vector512<T>.Count, i = 0;
            for (; i <= length - width; i += width)
            {
                Vector512<T> yi = Simd.MultiplyAdd(w0, Vector512.Load(v + i), Vector512.Load(y + i));
                yi = Simd.MultiplyAdd(w1, Vector512.Load(v1 + i), yi);
                yi = Simd.MultiplyAdd(w2, Vector512.Load(v2 + i), yi);
                Simd.MultiplyAdd(w3, Vector512.Load(v3 + i), yi).Store(y + i);
            }

            for (; i < length; i++)
            {
                T yi = T.FusedMultiplyAdd(c0, v[i], y[i]);
                yi = T.FusedMultiplyAdd(c1, v1[i], yi);
                yi = T.FusedMultiplyAdd(c2, v2[i], yi);
                y[i] = T.FusedMultiplyAdd(c3, v3[i], yi);
            }
        }
    }
}
