using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemv
{
    // Up to here the matrix lies in a core's own cache, where walking down columns with the sums in registers is the faster way.
    private const int LargestStanding = 128 * 128;

    // A partial y of this many columns is 32 KiB in double and stays in the first-level cache while rows stream past.
    private const int StripWidth = 4096;
    private const int MostBands = 16, SmallestBand = 32;

    /// <summary>
    /// <code>for (i &lt; rows) for (j &lt; columns) y[j] += a[i, j] * x[i];</code>
    /// from y = 0. A large matrix is cut into bands of rows and strips of columns by its shape alone; a band has a y of its own, and these
    /// are added in the order of the bands.
    /// </summary>
    public static void MultiplyTransposed<T>(T* a, int rows, int columns, T* x, T* y, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if ((long)rows * columns <= LargestStanding)
        {
            Standing(a, rows, columns, x, y);
            return;
        }

        int strips = (columns + StripWidth - 1) / StripWidth;
        int bands = Math.Clamp(Math.Min(MostBands / strips, rows / SmallestBand), 1, MostBands);
        double* stack = stackalloc double[Scratch.OnStack];
        // The first band's y is the caller's.
        using Scratch sums = new(stack, Scratch.OnStack, (long)(bands - 1) * columns);
        BandJob<T> job = new()
        {
            A = a, X = x, Y = y, Sums = (T*)sums.Pointer, Rows = rows, Columns = columns, Strips = strips, Bands = bands,
        };
        ParallelLoop.Run(ref job, bands * strips, (long)rows * columns < 32768 ? 1 : threads);
        for (int band = 1; band < bands; band++) Add((T*)sums.Pointer + (nint)(band - 1) * columns, y, columns);
    }

    /// <summary>
    /// <code>for (i &lt; rows) for (j &lt; columns) y[j] += a[i, j] * x[i];</code>
    /// on one thread, eight rows at a time; row i starts <c>i * stride</c> elements after the first.
    /// </summary>
    public static void AccumulateTransposed<T>(T* a, nint stride, int rows, int columns, T* x, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int i = 0;
        for (; i <= rows - 8; i += 8) EightRows(a + i * stride, stride, columns, x + i, y);
        for (; i < rows; i++) OneRow(a + i * stride, columns, x[i], y);
    }

    /// <summary><code>for (i &lt; length) y[i] += x[i];</code></summary>
    public static void Add<T>(T* x, T* y, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int i = 0, width = Vector512<T>.Count;
        for (; i <= length - width; i += width) (Vector512.Load(y + i) + Vector512.Load(x + i)).Store(y + i);
        for (; i < length; i++) y[i] += x[i];
    }

    private static void EightRows<T>(T* a, nint stride, int columns, T* x, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* a1 = a + stride, a2 = a1 + stride, a3 = a2 + stride, a4 = a3 + stride, a5 = a4 + stride, a6 = a5 + stride, a7 = a6 + stride;
        Vector512<T> x0 = Vector512.Create(x[0]), x1 = Vector512.Create(x[1]), x2 = Vector512.Create(x[2]), x3 = Vector512.Create(x[3]);
        Vector512<T> x4 = Vector512.Create(x[4]), x5 = Vector512.Create(x[5]), x6 = Vector512.Create(x[6]), x7 = Vector512.Create(x[7]);
        int j = 0, width = Vector512<T>.Count;
        for (; j <= columns - width; j += width)
        {
            // Two chains of four: one of eight would wait for itself.
            Vector512<T> even = Simd.MultiplyAdd(Vector512.Load(a + j), x0, Vector512.Load(y + j));
            Vector512<T> odd = Vector512.Load(a1 + j) * x1;
            even = Simd.MultiplyAdd(Vector512.Load(a2 + j), x2, even);
            odd = Simd.MultiplyAdd(Vector512.Load(a3 + j), x3, odd);
            even = Simd.MultiplyAdd(Vector512.Load(a4 + j), x4, even);
            odd = Simd.MultiplyAdd(Vector512.Load(a5 + j), x5, odd);
            even = Simd.MultiplyAdd(Vector512.Load(a6 + j), x6, even);
            odd = Simd.MultiplyAdd(Vector512.Load(a7 + j), x7, odd);
            (even + odd).Store(y + j);
        }

        for (; j < columns; j++)
        {
            T even = T.FusedMultiplyAdd(a[j], x[0], y[j]), odd = a1[j] * x[1];
            even = T.FusedMultiplyAdd(a2[j], x[2], even);
            odd = T.FusedMultiplyAdd(a3[j], x[3], odd);
            even = T.FusedMultiplyAdd(a4[j], x[4], even);
            odd = T.FusedMultiplyAdd(a5[j], x[5], odd);
            even = T.FusedMultiplyAdd(a6[j], x[6], even);
            odd = T.FusedMultiplyAdd(a7[j], x[7], odd);
            y[j] = even + odd;
        }
    }

    private static void OneRow<T>(T* a, int columns, T x, T* y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> wide = Vector512.Create(x);
        int j = 0, width = Vector512<T>.Count;
        for (; j <= columns - width; j += width) Simd.MultiplyAdd(Vector512.Load(a + j), wide, Vector512.Load(y + j)).Store(y + j);
        for (; j < columns; j++) y[j] = T.FusedMultiplyAdd(a[j], x, y[j]);
    }

    private struct BandJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* A, X, Y, Sums;
        public int Rows, Columns, Strips, Bands;

        public readonly void Run(int chunk, int lane)
        {
            int band = chunk / Strips, column = chunk % Strips * StripWidth;
            int row = Edge(band), columns = Math.Min(StripWidth, Columns - column);
            T* y = (band == 0 ? Y : Sums + (nint)(band - 1) * Columns) + column;
            new Span<T>(y, columns).Clear();
            AccumulateTransposed(A + (nint)row * Columns + column, Columns, Edge(band + 1) - row, columns, X + row, y);
        }

        private readonly int Edge(int band) => band == Bands ? Rows : (int)((long)Rows * band / Bands) & ~7;
    }
}
