using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemm
{
    // Elements of a transposed right factor that fit the stack, 32 KiB of doubles; of one that is read in place time and again, with
    // all that its rows are apart.
    private const int MostTransposed = 4096, MostInPlace = 1 << 17;

    // Below the first, threads do not pay; with one thread, packing does not below the second.
    private const double MostProducts = GemmGrid.ProductsWorthThreads, MostProductsOfOneThread = 12 * MostProducts;

    /// <summary>
    /// Whether a product is done before its blocks would be laid out: not worth threads, and in place but for a small transposed
    /// factor. One block of the inner dimension has
    /// the bits it has elsewhere, so that there the number of threads may have a say.
    /// </summary>
    private static bool IsSmall<T>(int m, int n, int k, in Operand<T> b, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => GemmTile.HasMasks && m > 0 && n > 0 && k > 0
            && (double)m * n * k < (threads == 1 ? MostProductsOfOneThread : MostProducts) && k <= GemmGrid.MostDepth(sizeof(T))
            && (b.Line == 1 ? (long)b.Step * k <= MostInPlace : (long)((n + 7) & ~7) * k <= MostTransposed);

    private static void RunSmall<T>(int m, int n, int k, T alpha, in Operand<T> a, in Operand<T> b, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (alpha == T.Zero)
        {
            ScaleOnly(new Product<T> { M = m, N = n, Beta = beta, C = c, Ldc = ldc });
            return;
        }

        if (b.Line == 1)
        {
            SmallTiles(m, n, k, alpha, a, b.Start, b.Step, beta, c, ldc);
            return;
        }

        T* packed = stackalloc T[MostTransposed];
        int width = (n + 7) & ~7;
        GemmPanel.Pack(b.Start, b.Line, b.Step, n, width, k, packed);
        SmallTiles(m, n, k, alpha, a, packed, width, beta, c, ldc);
    }

    private static void SmallTiles<T>(int m, int n, int k, T alpha, in Operand<T> a, T* b, nint bStep, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = Vector512<T>.Count, most = GemmTile.Vectors * width;
        for (int j = 0, columns; j < n; j += columns)
        {
            // Not one vector at the end where two by two can be: a narrow tile waits for its loads.
            columns = n - j > most && n - j <= most + width ? most - width : Math.Min(most, n - j);
            for (int i = 0, rows; i < m; i += rows)
            {
                // One row at the end goes with the eight before it: alone it would cost as much as four.
                rows = m - i == GemmTile.Rows + 1 ? m - i : Math.Min(GemmTile.Rows, m - i);
                T* at = c + i * ldc + j;
                if (columns % width == 0 && rows % 4 == 0)
                    GemmTile.Multiply(columns / width, rows, k, a.At(i, 0), a.Line, a.Step, b + j, bStep, alpha, beta, at, ldc);
                else
                    GemmTile.MultiplyPartial(columns, rows, k, a.At(i, 0), a.Line, a.Step, b + j, bStep, alpha, beta, at, ldc);
            }
        }
    }
}
