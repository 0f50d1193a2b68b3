using System.Numerics;

namespace HessianKernels.Kernels;

/// <summary>
/// The product of J^T J, for a row-major J of <c>rows x columns</c>, with a vector: in one reading of J while eight rows fit into a core's cache
/// (up to 8192 columns in double, 16384 in float), in two where they do not.
/// </summary>
internal static unsafe class Gram
{
    // A block of rows is used twice, the second time from the cache: 256 KiB, or eight rows of up to 64 KiB.
    private const int BlockBytes = 256 << 10, MostRows = 64, NarrowBytes = 64 << 10;

    private const int MostBands = 16, SmallestBand = 32;

    /// <summary>
    /// <code>
    /// for (i &lt; rows) { t = scale * sum_j (double)a[i, j] * x[j];   for (j &lt; columns) y[j] += t * a[i, j]; }
    /// </code>
    /// from y = 0. 8 rows columns bytes in double, twice that where rows are wide. Narrow rows are cut into bands, each with a y of its own, added
    /// in order. The shape alone decides.
    /// </summary>
    public static void MultiplyColumns<T>(T* a, int rows, int columns, T scale, T* x, T* y, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if ((long)columns * sizeof(T) > NarrowBytes)
        {
            Wide(a, rows, columns, scale, x, y, threads);
            return;
        }

        int bands = Math.Clamp(rows / SmallestBand, 1, MostBands);
        double* stack = stackalloc double[Scratch.OnStack];
        // The first band's y is the caller's.
        using Scratch sums = new(stack, Scratch.OnStack, (long)(bands - 1) * columns);
        BandJob<T> job = new() { A = a, X = x, Y = y, Scale = scale, Sums = (T*)sums.Pointer, Rows = rows, Columns = columns, Bands = bands };
        ParallelLoop.Run(ref job, bands, (long)rows * columns < 32768 ? 1 : threads);
        for (int band = 1; band < bands; band++) Gemv.Add((T*)sums.Pointer + (nint)(band - 1) * columns, y, columns);
    }

    private static void Wide<T>(T* a, int rows, int columns, T scale, T* x, T* y, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Fewer than eight rows at a time would read and write y more often than a second reading of J costs.
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch products = new(stack, Scratch.OnStack, rows);
        T* t = (T*)products.Pointer;
        Gemv.Multiply(a, rows, columns, x, t, threads);
        for (int i = 0; i < rows; i++) t[i] *= scale;
        Gemv.MultiplyTransposed(a, rows, columns, t, y, threads);
    }

    private struct BandJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* A, X, Y, Sums;
        public T Scale;
        public int Rows, Columns, Bands;

        public readonly void Run(int chunk, int lane)
        {
            T* y = chunk == 0 ? Y : Sums + (nint)(chunk - 1) * Columns;
            new Span<T>(y, Columns).Clear();
            T* t = stackalloc T[MostRows];
            int block = Math.Clamp(BlockBytes / (Columns * sizeof(T)), 8, MostRows), end = Edge(chunk + 1);
            for (int i = Edge(chunk); i < end; i += block)
            {
                int used = Math.Min(block, end - i);
                T* rows = A + (nint)i * Columns;
                Panel.Project(rows, Columns, used, X, Columns, t, 1);
                for (int k = 0; k < used; k++) t[k] *= Scale;
                Gemv.AccumulateTransposed(rows, Columns, used, Columns, t, y);
            }
        }

        private readonly int Edge(int band) => band == Bands ? Rows : (int)((long)Rows * band / Bands) & ~7;
    }
}
