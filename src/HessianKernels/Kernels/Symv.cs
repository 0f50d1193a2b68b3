using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// The product of a symmetric matrix, stored whole and row-major, with a vector. Above order 128 only the lower triangle is read, each element
/// once for the two places where it stands: 4 n (n + 1) bytes in double, half of what a general product moves.
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
    {
        int bands = Bands(n);
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch sums = new(stack, Scratch.OnStack, (long)bands * n);
        T* scratch = (T*)sums.Pointer;
        BandJob<T> job = new() { A = a, Stride = stride, N = n, X = x, Sums = scratch, Bands = bands };
        ParallelLoop.Run(ref job, bands, threads);

        // The last band's y is the only one that is whole.
        new Span<T>(scratch + (nint)(bands - 1) * n, n).CopyTo(new Span<T>(y, n));
        for (int band = bands - 2; band >= 0; band--) Gemv.Add(scratch + (nint)band * n, y, Edge(n, bands, band + 1));
    }

    private static int Bands(int n) => Math.Clamp(n / SmallestBand, 1, MostBands);

    /// <summary>The first row of a band, a multiple of 8: areas under the diagonal grow with the square of the row.</summary>
    private static int Edge(int n, int bands, int band)
        => band == bands ? n : (int)(n * Math.Sqrt(band / (double)bands)) & ~7;

    private struct BandJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* A, X, Sums;
        public nint Stride;
        public int N, Bands;

        public readonly void Run(int chunk, int lane)
        {
            // The widest band first: the others fill the gap at the end.
            int band = Bands - 1 - chunk;
            int row = Edge(N, Bands, band), end = Edge(N, Bands, band + 1);
            T* y = Sums + (nint)band * N;
            new Span<T>(y, end).Clear();
            for (; row <= end - 4; row += 4) FourRows(row, y);
            for (; row < end; row++) OneRow(row, y);
        }

        // Whole from the first call on: the tiers would cost a large matrix more than one product.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void FourRows(int row, T* y)
        {
            T* a0 = A + row * Stride, a1 = a0 + Stride, a2 = a1 + Stride, a3 = a2 + Stride;
            Vector512<T> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            T s0 = X[row], s1 = X[row + 1], s2 = X[row + 2], s3 = X[row + 3];
            Vector512<T> x0 = Vector512.Create(s0), x1 = Vector512.Create(s1), x2 = Vector512.Create(s2), x3 = Vector512.Create(s3);
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

            T y0 = Simd.Sum(sum0), y1 = Simd.Sum(sum1), y2 = Simd.Sum(sum2), y3 = Simd.Sum(sum3);
            for (; j < row; j++)
            {
                y0 = T.FusedMultiplyAdd(a0[j], X[j], y0);
                y1 = T.FusedMultiplyAdd(a1[j], X[j], y1);
                y2 = T.FusedMultiplyAdd(a2[j], X[j], y2);
                y3 = T.FusedMultiplyAdd(a3[j], X[j], y3);
                T sum = T.FusedMultiplyAdd(a0[j], s0, y[j]);
                sum = T.FusedMultiplyAdd(a1[j], s1, sum);
                sum = T.FusedMultiplyAdd(a2[j], s2, sum);
                y[j] = T.FusedMultiplyAdd(a3[j], s3, sum);
            }

            // The 4 x 4 triangle on the diagonal.
            y[row] += y0 + a0[row] * s0 + a1[row] * s1 + a2[row] * s2 + a3[row] * s3;
            y[row + 1] += y1 + a1[row] * s0 + a1[row + 1] * s1 + a2[row + 1] * s2 + a3[row + 1] * s3;
            y[row + 2] += y2 + a2[row] * s0 + a2[row + 1] * s1 + a2[row + 2] * s2 + a3[row + 2] * s3;
            y[row + 3] += y3 + a3[row] * s0 + a3[row + 1] * s1 + a3[row + 2] * s2 + a3[row + 3] * s3;
        }

        private readonly void OneRow(int row, T* y)
        {
            T* a = A + row * Stride;
            T sum = T.Zero, s = X[row];
            for (int j = 0; j < row; j++)
            {
                sum = T.FusedMultiplyAdd(a[j], X[j], sum);
                y[j] = T.FusedMultiplyAdd(a[j], s, y[j]);
            }

            y[row] += sum + a[row] * s;
        }
    }
}
