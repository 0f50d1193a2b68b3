using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemm
{
    // Elements of a transposed right factor that fit the stack, 32 KiB of doubles; of one that is read in place time and again, with
    // all that its rows are apart.
    private const int MostTransposed = 4096, MostInPlace = 1 << 17;

    // Below the first, threads do not pay; with one thread, packing does not below the second.
    private const long MostProducts = (long)GemmGrid.ProductsWorthThreads, MostProductsOfOneThread = 12 * MostProducts;

    /// <summary>
    /// Whether a product is done before its blocks would be laid out: not worth threads, and in place but for a small transposed
    /// factor. One block of the inner dimension has
    /// the bits it has elsewhere, so that there the number of threads may have a say.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSmall<T>(int m, int n, int k, bool transposeB, nint ldb, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => GemmTile.HasMasks && k > 0 && k <= GemmGrid.MostDepth(sizeof(T))
            && (long)m * n <= MostProductsOfOneThread && (long)m * n * k < (threads == 1 ? MostProductsOfOneThread : MostProducts)
            && (transposeB ? (long)((n + 7) & ~7) * k <= MostTransposed : ldb * k <= MostInPlace);

    private static void RunSmall<T>(
        int m, int n, int k, T alpha, T* a, nint aLine, nint aStep, bool transposeB, T* b, nint ldb, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (alpha == T.Zero) ScaleOnly(new Product<T> { M = m, N = n, Beta = beta, C = c, Ldc = ldc });
        else if (transposeB) RunSmallTransposed(m, n, k, alpha, a, aLine, aStep, b, ldb, beta, c, ldc);
        else SmallTiles(m, n, k, alpha, a, aLine, aStep, b, ldb, beta, c, ldc);
    }

    // On its own: room on the stack costs the others.
    private static void RunSmallTransposed<T>(
        int m, int n, int k, T alpha, T* a, nint aLine, nint aStep, T* b, nint ldb, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* packed = stackalloc T[MostTransposed];
        int width = (n + 7) & ~7;
        GemmPanel.Pack(b, ldb, 1, n, width, k, packed);
        SmallTiles(m, n, k, alpha, a, aLine, aStep, packed, width, beta, c, ldc);
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
