using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemm
{
    /// <summary>What is to be multiplied, and how.</summary>
    private struct Product<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>Sizes: c is <c>[M, N]</c>, K the inner dimension.</summary>
        public int M, N, K;
        public T Alpha, Beta;
        public Operand<T> A, B;
        public T* C;
        public nint Ldc;

        /// <summary>Null, or K numbers that the inner dimension is weighted with.</summary>
        public T* Scale;

        /// <summary>Only the elements of c on and below the diagonal.</summary>
        public bool LowerC;

        /// <summary>Only the elements of b on and below the diagonal, those on it times <see cref="DiagonalOfB"/>.</summary>
        public bool LowerB;
        public T DiagonalOfB;

        /// <summary>Null, or where <c>2 sum_j a[i, j] c[i, j]</c> goes in the place of c.</summary>
        public T* Quadratics;
    }

    private static void Run<T>(Product<T> product, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (product.Quadratics is not null) new Span<T>(product.Quadratics, product.M).Clear();
        if (product.M == 0 || product.N == 0) return;
        if (product.K == 0 || product.Alpha == T.Zero)
        {
            ScaleOnly(product);
            return;
        }

        if (Splits(product)) RunSplit(product, threads);
        else RunBlocks(product, threads);
    }

    private static void RunBlocks<T>(Product<T> product, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        GemmGrid grid = new(product.M, product.N, product.K, Vector512<T>.Count, wholeRows: product.Quadratics is not null);
        threads = grid.Parallel ? Math.Clamp(threads, 1, grid.Chunks) : 1;
        // A factor that few tiles read stays in place, but the left one that stands in rows only where the tiles' 8 rows are all it is read for.
        Block<T> block = new()
        {
            Product = &product, Grid = grid,
            PackLeft = grid.Panels > 4,
            PackRight = product.B.Line != 1 || product.M > 8 * GemmTile.Rows || product.LowerB || product.Scale is not null,
        };
        nint right = Aligned((nint)grid.Depth * (block.PackRight ? GemmTile.Vectors * grid.PanelsOfStretch : GemmTile.Vectors) * grid.Width);
        block.LengthOfLeft = block.PackLeft ? Aligned((nint)grid.Depth * grid.Rows) : 0;
        nint bytes = (right + threads * block.LengthOfLeft) * sizeof(T) + threads * sizeof(int) + 64;

        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch scratch = new(stack, Scratch.OnStack, (bytes + 7) / sizeof(double));
        block.Right = (T*)(((nint)scratch.Pointer + 63) & ~63);
        block.Left = block.Right + right;
        block.Held = (int*)(block.Left + threads * block.LengthOfLeft);
        for (int stretch = 0; stretch < grid.Stretches; stretch++)
        {
            block.FirstPanel = stretch * grid.PanelsOfStretch;
            block.EndPanel = Math.Min(grid.Panels, block.FirstPanel + grid.PanelsOfStretch);
            for (block.L = 0; block.L < product.K; block.L += grid.Depth)
            {
                block.Depth = Math.Min(grid.Depth, product.K - block.L);
                new Span<int>(block.Held, threads).Fill(-1);
                RightJob<T> pack = new() { Block = &block };
                ParallelLoop.Run(ref pack, block.EndPanel - block.FirstPanel, threads);
                TileJob<T> tiles = new() { Block = &block };
                ParallelLoop.Run(ref tiles, grid.Chunks, threads);
            }
        }

        static nint Aligned(nint count) => (count + 63) & ~63;
    }

    /// <summary><c>c = beta c</c>.</summary>
    private static void ScaleOnly<T>(Product<T> product)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (product.Quadratics is not null || product.Beta == T.One) return;
        for (int i = 0; i < product.M; i++)
        {
            Span<T> row = new(product.C + i * product.Ldc, product.LowerC ? i + 1 : product.N);
            if (product.Beta == T.Zero) row.Clear();
            else foreach (ref T element in row) element *= product.Beta;
        }
    }
}
