using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// The product of a symmetric matrix, stored whole and row-major, with a vector. Above order 128 only the lower triangle is read, each
/// element once for the two places where it stands: 4 n (n + 1) bytes in double, half of what a general product moves.
/// <code>
/// for (i &lt; n) { for (j &lt; i) { y[i] += a[i, j] * x[j];  y[j] += a[i, j] * x[i]; }  y[i] += a[i, i] * x[i]; }
/// </code>
/// </summary>
internal static unsafe class Symv
{
    // A matrix this small lies in the cache, where reading is cheaper than scattering sums.
    private const int LargestWhole = 128;

    // Bands of rows of about equal area, each with a y of its own, added in order: the cut does not depend on the threads.
    private const int MostBands = 8, SmallestBand = 64;

    /// <summary><c>y = A x</c>.</summary>
    public static void Multiply<T>(T* a, int n, T* x, T* y, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (n <= LargestWhole) Gemv.MultiplyTransposed(a, n, n, x, y);
        else MultiplyLower(a, n, n, x, y, threads);
    }

    /// <summary>The same for any order, reading only the lower triangle; row i starts <c>i * stride</c> elements after the first.</summary>
    public static void MultiplyLower<T>(T* a, nint stride, int n, T* x, T* y, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => MultiplyLower(a, stride, n, x, y, null, null, threads);

    /// <summary><c>y = A x</c> and <c>y2 = A x2</c>, each with the bits it has alone: the matrix is read from memory once for
    /// both.</summary>
    public static void MultiplyPair<T>(T* a, int n, T* x, T* y, T* x2, T* y2, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (n > LargestWhole)
        {
            MultiplyLower(a, n, n, x, y, x2, y2, threads);
            return;
        }

        Multiply(a, n, x, y);
        Multiply(a, n, x2, y2);
    }

    private static void MultiplyLower<T>(T* a, nint stride, int n, T* x, T* y, T* x2, T* y2, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int bands = Bands(n), vectors = x2 == null ? 1 : 2;
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch sums = new(stack, Scratch.OnStack, (long)vectors * bands * n);
        T* scratch = (T*)sums.Pointer;
        BandJob<T> job = new() { A = a, Stride = stride, N = n, X = x, X2 = x2, Sums = scratch, Bands = bands };
        ParallelLoop.Run(ref job, bands, threads);
        Gather(scratch, bands, n, y);
        if (vectors == 2) Gather(scratch + (nint)bands * n, bands, n, y2);
    }

    private static void Gather<T>(T* sums, int bands, int n, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // The last band's y is the only one that is whole.
        new Span<T>(sums + (nint)(bands - 1) * n, n).CopyTo(new Span<T>(y, n));
        for (int band = bands - 2; band >= 0; band--) Gemv.Add(sums + (nint)band * n, y, Edge(n, bands, band + 1));
    }

    private static int Bands(int n) => Math.Clamp(n / SmallestBand, 1, MostBands);

    /// <summary>The first row of a band, a multiple of 8: areas under the diagonal grow with the square of the row.</summary>
    private static int Edge(int n, int bands, int band)
        => band == bands ? n : (int)(n * Math.Sqrt(band / (double)bands)) & ~7;

    private struct BandJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* A, X, X2, Sums;
        public nint Stride;
        public int N, Bands;

        public readonly void Run(int chunk, int lane)
        {
            // The widest band first: the others fill the gap at the end.
            int band = Bands - 1 - chunk;
            int row = Edge(N, Bands, band), end = Edge(N, Bands, band + 1);
            T* y = Sums + (nint)band * N, y2 = y + (nint)Bands * N;
            new Span<T>(y, end).Clear();
            if (X2 != null) new Span<T>(y2, end).Clear();
            for (; row <= end - 4; row += 4)
            {
                if (X2 == null) FourRows(row, y);
                else FourRows(row, y, y2);
            }

            for (; row < end; row++)
            {
                OneRow(row, X, y);
                if (X2 != null) OneRow(row, X2, y2);
            }
        }

        // Whole from the first call on: the tiers would cost a large matrix more than one product.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void FourRows(int row, T* y)
        {
            T* a0 = A + row * Stride, a1 = a0 + Stride, a2 = a1 + Stride, a3 = a2 + Stride;
            Vector512<T> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            Vector512<T> x0 = Vector512.Create(X[row]), x1 = Vector512.Create(X[row + 1]);
            Vector512<T> x2 = Vector512.Create(X[row + 2]), x3 = Vector512.Create(X[row + 3]);
            int width = Vector512<T>.Count, j = 0;
            for (; j <= row - width; j += width)
            {
                Vector512<T> x = Vector512.Load(X + j), sum = Vector512.Load(y + j);
                Vector512<T> a = Vector512.Load(a0 + j);
                sum0 = Simd.MultiplyAdd(a, x, sum0);
                sum = Simd.MultiplyAdd(a, x0, sum);
                a = Vector512.Load(a1 + j);
                sum1 = Simd.MultiplyAdd(a, x, sum1);
                sum = Simd.MultiplyAdd(a, x1, sum);
                a = Vector512.Load(a2 + j);
                sum2 = Simd.MultiplyAdd(a, x, sum2);
                sum = Simd.MultiplyAdd(a, x2, sum);
                a = Vector512.Load(a3 + j);
                sum3 = Simd.MultiplyAdd(a, x, sum3);
                Simd.MultiplyAdd(a, x3, sum).Store(y + j);
            }

            Corner(row, j, X, y, sum0, sum1, sum2, sum3);
        }

        /// <summary>The same for two vectors, each as it would be alone.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void FourRows(int row, T* y, T* z)
        {
            T* a0 = A + row * Stride, a1 = a0 + Stride, a2 = a1 + Stride, a3 = a2 + Stride;
            Vector512<T> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            Vector512<T> other0 = default, other1 = default, other2 = default, other3 = default;
            Vector512<T> x0 = Vector512.Create(X[row]), x1 = Vector512.Create(X[row + 1]);
            Vector512<T> x2 = Vector512.Create(X[row + 2]), x3 = Vector512.Create(X[row + 3]);
            Vector512<T> u0 = Vector512.Create(X2[row]), u1 = Vector512.Create(X2[row + 1]);
            Vector512<T> u2 = Vector512.Create(X2[row + 2]), u3 = Vector512.Create(X2[row + 3]);
            int width = Vector512<T>.Count, j = 0;
            for (; j <= row - width; j += width)
            {
                Vector512<T> x = Vector512.Load(X + j), sum = Vector512.Load(y + j);
                Vector512<T> u = Vector512.Load(X2 + j), other = Vector512.Load(z + j);
                Vector512<T> a = Vector512.Load(a0 + j);
                sum0 = Simd.MultiplyAdd(a, x, sum0);
                other0 = Simd.MultiplyAdd(a, u, other0);
                sum = Simd.MultiplyAdd(a, x0, sum);
                other = Simd.MultiplyAdd(a, u0, other);
                a = Vector512.Load(a1 + j);
                sum1 = Simd.MultiplyAdd(a, x, sum1);
                other1 = Simd.MultiplyAdd(a, u, other1);
                sum = Simd.MultiplyAdd(a, x1, sum);
                other = Simd.MultiplyAdd(a, u1, other);
                a = Vector512.Load(a2 + j);
                sum2 = Simd.MultiplyAdd(a, x, sum2);
                other2 = Simd.MultiplyAdd(a, u, other2);
                sum = Simd.MultiplyAdd(a, x2, sum);
                other = Simd.MultiplyAdd(a, u2, other);
                a = Vector512.Load(a3 + j);
                sum3 = Simd.MultiplyAdd(a, x, sum3);
                other3 = Simd.MultiplyAdd(a, u, other3);
                Simd.MultiplyAdd(a, x3, sum).Store(y + j);
                Simd.MultiplyAdd(a, u3, other).Store(z + j);
            }

            Corner(row, j, X, y, sum0, sum1, sum2, sum3);
            Corner(row, j, X2, z, other0, other1, other2, other3);
        }

        /// <summary>The columns that fill no vector, and the 4 x 4 triangle on the diagonal.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Corner(int row, int j, T* x, T* y, Vector512<T> sum0, Vector512<T> sum1, Vector512<T> sum2, Vector512<T> sum3)
        {
            T* a0 = A + row * Stride, a1 = a0 + Stride, a2 = a1 + Stride, a3 = a2 + Stride;
            T s0 = x[row], s1 = x[row + 1], s2 = x[row + 2], s3 = x[row + 3];
            T y0 = Simd.Sum(sum0), y1 = Simd.Sum(sum1), y2 = Simd.Sum(sum2), y3 = Simd.Sum(sum3);
            for (; j < row; j++)
            {
                y0 = T.FusedMultiplyAdd(a0[j], x[j], y0);
                y1 = T.FusedMultiplyAdd(a1[j], x[j], y1);
                y2 = T.FusedMultiplyAdd(a2[j], x[j], y2);
                y3 = T.FusedMultiplyAdd(a3[j], x[j], y3);
                T sum = T.FusedMultiplyAdd(a0[j], s0, y[j]);
                sum = T.FusedMultiplyAdd(a1[j], s1, sum);
                sum = T.FusedMultiplyAdd(a2[j], s2, sum);
                y[j] = T.FusedMultiplyAdd(a3[j], s3, sum);
            }

            y[row] += y0 + a0[row] * s0 + a1[row] * s1 + a2[row] * s2 + a3[row] * s3;
            y[row + 1] += y1 + a1[row] * s0 + a1[row + 1] * s1 + a2[row + 1] * s2 + a3[row + 1] * s3;
            y[row + 2] += y2 + a2[row] * s0 + a2[row + 1] * s1 + a2[row + 2] * s2 + a3[row + 2] * s3;
            y[row + 3] += y3 + a3[row] * s0 + a3[row + 1] * s1 + a3[row + 2] * s2 + a3[row + 3] * s3;
        }

        private readonly void OneRow(int row, T* x, T* y)
        {
            T* a = A + row * Stride;
            T sum = T.Zero, s = x[row];
            for (int j = 0; j < row; j++)
            {
                sum = T.FusedMultiplyAdd(a[j], x[j], sum);
                y[j] = T.FusedMultiplyAdd(a[j], s, y[j]);
            }

            y[row] += sum + a[row] * s;
        }
    }
}
