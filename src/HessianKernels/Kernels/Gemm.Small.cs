using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemm
{
    // Elements of a right factor that is read in place time and again, with all that its rows are apart.
    private const int MostInPlace = 1 << 17;

    // Doubles of a transposed right factor that are turned around at a time, on the stack: 32 KiB, of the first cache.
    private const int MostTurned = 4096;

    // Packing both factors does not pay below the first; the second is about ten microseconds, and threads do not pay below it.
    private const long MostProducts = 18_000_000, FewestProductsOfThreads = 700_000;

    /// <summary>
    /// Whether a product is done before its blocks would be laid out: its factors in place, but for the columns under way of a transposed
    /// right one. Its blocks of the inner dimension are those it would have, and so its bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSmall<T>(int m, int n, int k, bool transposeB, nint ldb)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => GemmTile.HasMasks && k > 0 && (long)m * n <= MostProducts && (long)m * n * k < MostProducts && (transposeB || ldb * k <= MostInPlace)
            && (k <= GemmGrid.MostDepth(sizeof(T)) || !Splits(m, n, k));

    private static void RunSmall<T>(
        int m, int n, int k, T alpha, T* a, nint aLine, nint aStep, bool transposeB, T* b, nint ldb, T beta, T* c, nint ldc, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (alpha == T.Zero) ScaleOnly(new Product<T> { M = m, N = n, Beta = beta, C = c, Ldc = ldc });
        else if (threads > 1 && (long)m * n * k >= FewestProductsOfThreads)
            SmallJob<T>.Run(m, n, k, alpha, a, aLine, aStep, transposeB, b, ldb, beta, c, ldc, threads);
        else if (k > GemmGrid.MostDepth(sizeof(T))) SmallBlocks(m, n, k, alpha, a, aLine, aStep, transposeB, b, ldb, beta, c, ldc);
        else SmallBlock(m, n, k, alpha, a, aLine, aStep, transposeB, b, ldb, beta, c, ldc);
    }

    /// <summary>One block of the inner dimension after the other.</summary>
    private static void SmallBlocks<T>(int m, int n, int k, T alpha, T* a, nint aLine, nint aStep, bool transposeB, T* b, nint ldb, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int depth = GemmGrid.DepthOf(k, sizeof(T));
        for (int l = 0; l < k; l += depth, a += depth * aStep, b += transposeB ? depth : depth * ldb, beta = T.One)
            SmallBlock(m, n, Math.Min(depth, k - l), alpha, a, aLine, aStep, transposeB, b, ldb, beta, c, ldc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SmallBlock<T>(int m, int n, int k, T alpha, T* a, nint aLine, nint aStep, bool transposeB, T* b, nint ldb, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (transposeB) TurnedTiles(m, n, k, alpha, a, aLine, aStep, b, ldb, beta, c, ldc);
        else SmallTiles(m, n, k, alpha, a, aLine, aStep, b, ldb, beta, c, ldc);
    }

    /// <summary>
    /// c in pieces of some rows by some columns. Of a transposed right factor a piece has all rows where there are columns enough: what
    /// several rows share is turned around once.
    /// </summary>
    private struct SmallJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Of a thread, so that none waits long for the last; rows for which columns are turned around again.
        private const int Pieces = 8, RowsOfTurned = 48;

        private T* _a, _b, _c;
        private nint _aLine, _aStep, _ldb, _ldc;
        private T _alpha, _beta;
        private int _m, _n, _k, _rows, _columns, _across;
        private bool _transposeB;

        public static void Run(
            int m, int n, int k, T alpha, T* a, nint aLine, nint aStep, bool transposeB, T* b, nint ldb, T beta, T* c, nint ldc, int threads)
        {
            // Panels of three vectors; a last one of up to four.
            int width = GemmTile.Vectors * Vector512<T>.Count, panels = Math.Max(1, GemmGrid.Pieces(n - Vector512<T>.Count, width));
            int down = transposeB
                ? Math.Clamp(GemmGrid.Pieces(Pieces / 2 * threads, panels), 1, Math.Max(1, m / RowsOfTurned))
                : Math.Min(Pieces * threads, GemmGrid.Pieces(m, GemmTile.Rows));
            int rows = GemmGrid.Pieces(GemmGrid.Pieces(m, down), GemmTile.Rows) * GemmTile.Rows;
            int panelsOfPiece = transposeB ? 1 : GemmGrid.Pieces(panels, Math.Clamp(Pieces / 2 * threads / down, 1, panels));
            SmallJob<T> job = new()
            {
                _m = m, _n = n, _k = k, _alpha = alpha, _a = a, _aLine = aLine, _aStep = aStep, _transposeB = transposeB, _b = b, _ldb = ldb, _beta = beta, _c = c,
                _ldc = ldc, _rows = rows, _columns = panelsOfPiece * width, _across = GemmGrid.Pieces(panels, panelsOfPiece),
            };
            ParallelLoop.Run(ref job, GemmGrid.Pieces(m, rows) * job._across, threads);
        }

        public readonly void Run(int chunk, int lane)
        {
            (int down, int across) = Math.DivRem(chunk, _across);
            int i = down * _rows, j = across * _columns, m = Math.Min(_rows, _m - i), n = across == _across - 1 ? _n - j : _columns;
            T* b = _b + (_transposeB ? j * _ldb : j);
            SmallBlocks(m, n, _k, _alpha, _a + i * _aLine, _aLine, _aStep, _transposeB, b, _ldb, _beta, _c + i * _ldc + j, _ldc);
        }
    }

    /// <summary>A transposed right factor: some of its columns at a time are turned around, and multiplied while they lie in the first cache.</summary>
    private static void TurnedTiles<T>(int m, int n, int k, T alpha, T* a, nint aLine, nint aStep, T* b, nint ldb, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double* stack = stackalloc double[MostTurned];
        int room = MostTurned * sizeof(double) / sizeof(T), vector = Vector512<T>.Count, width = Padded(n);
        if ((long)width * k <= room)
        {
            GemmPanel.Pack(b, ldb, 1, n, width, k, (T*)stack);
            SmallTiles(m, n, k, alpha, a, aLine, aStep, (T*)stack, width, beta, c, ldc);
            return;
        }

        // Panels of three vectors, at least one; four vectors at the end go together.
        int panel = GemmTile.Vectors * vector, most = Math.Max(1, room / (panel * k)) * panel;
        using Scratch scratch = new(stack, MostTurned, (Math.Min(width, most + vector) * (long)k * sizeof(T) + sizeof(double) - 1) / sizeof(double));
        T* turned = (T*)scratch.Pointer;
        for (int j = 0, columns; j < n; j += columns)
        {
            columns = n - j <= most + vector ? n - j : most;
            width = Padded(columns);
            GemmPanel.Pack(b + j * ldb, ldb, 1, columns, width, k, turned);
            SmallTiles(m, columns, k, alpha, a, aLine, aStep, turned, width, beta, c + j, ldc);
        }

        static int Padded(int columns) => (columns + 7) & ~7;
    }

    private static void SmallTiles<T>(int m, int n, int k, T alpha, T* a, nint aLine, nint aStep, T* b, nint bStep, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = Vector512<T>.Count, most = GemmTile.Vectors * width;
        if (aLine == 1 && n > 1 && n % width == 1)
        {
            // The last column goes along the rows; in a tile it would cost as much as a vector of columns.
            n--;
            GemmTile.MultiplyColumn(m, k, a, aStep, b + n, bStep, alpha, beta, c + n, ldc);
        }

        for (int j = 0, columns; j < n; j += columns)
        {
            // Not one vector at the end where two by two can be: a narrow tile waits for its loads.
            columns = n - j > most && n - j <= most + width ? most - width : Math.Min(most, n - j);
            for (int i = 0, rows; i < m; i += rows)
            {
                T* at = c + i * ldc + j;
                if (columns == width && aLine == 1 && m - i >= GemmTile.TallRows && m - i != GemmTile.TallRows + 1)
                {
                    rows = GemmTile.TallRows;
                    GemmTile.MultiplyTall(k, a + i, aStep, b + j, bStep, alpha, beta, at, ldc);
                    continue;
                }

                // One row at the end goes with the eight before it: alone it would cost as much as four.
                rows = m - i == GemmTile.Rows + 1 ? m - i : Math.Min(GemmTile.Rows, m - i);
                if (columns % width == 0 && rows % 4 == 0)
                    GemmTile.Multiply(columns / width, rows, k, a + i * aLine, aLine, aStep, b + j, bStep, alpha, beta, at, ldc);
                else
                    GemmTile.MultiplyPartial(columns, rows, k, a + i * aLine, aLine, aStep, b + j, bStep, alpha, beta, at, ldc);
            }
        }
    }
}
