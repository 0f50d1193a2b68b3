using System.Numerics;

namespace HessianKernels.Kernels;

/// <summary>The product of J^T J, for a row-major J of <c>rows x columns</c>, with a vector, in one reading of J.</summary>
internal static unsafe class Gram
{
    // A block of rows is used twice, the second time from the cache: 256 KiB where one core works on it, 4 MiB where all do.
    private const int BlockBytes = 256 << 10, SharedBlockBytes = 4 << 20, MostRows = 64;

    // Up to here eight rows fit into a block of one core.
    private const int NarrowBytes = BlockBytes / 8;

    private const int MostBands = 16, SmallestBand = 32;

    /// <summary>
    /// <code>
    /// for (i &lt; rows) { t = scale * sum_j (double)a[i, j] * x[j];   for (j &lt; columns) y[j] += t * a[i, j]; }
    /// </code>
    /// from y = 0. 8 rows columns bytes in double. Narrow rows are cut into bands, each with a y of its own, added in order; wide ones
    /// along their length. The shape alone decides.
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
        new Span<T>(y, columns).Clear();
        T* t = stackalloc T[MostRows];
        int block = (int)Math.Clamp(SharedBlockBytes / ((long)columns * sizeof(T)), 4, MostRows);
        for (int i = 0; i < rows; i += block)
        {
            int used = Math.Min(block, rows - i);
            T* rowsOfBlock = a + (nint)i * columns;
            Panel.Project(rowsOfBlock, columns, used, x, columns, t, 1, threads);
            for (int k = 0; k < used; k++) t[k] *= -scale;
            Panel.Subtract(rowsOfBlock, columns, used, t, 1, y, columns, threads);
        }
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
