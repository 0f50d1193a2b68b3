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
        if (product.K == 0 || product.Alpha == T.Zero) ScaleOnly(product);
        else if (!product.LowerB && Splits(product.M, product.N, product.K)) RunSplit(product, threads);
        else RunBlocks(product, threads);
    }

    private static void RunBlocks<T>(Product<T> product, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        GemmGrid grid = new(product.M, product.N, product.K, Vector512<T>.Count, sizeof(T));
        if (!grid.Parallel) threads = 1;
        Block<T> block = new()
        {
            Product = &product, Grid = grid,
            // Rows of the left factor stay where they are, 8 at a time in the first cache, and so does what few tiles read; but a tile
            // cannot load across the columns of a transposed right factor.
            PackLeft = product.A.Narrow || (product.A.Step != 1 && grid.Panels > 4),
            PackRight = product.B.Narrow || product.B.Line != 1 || product.M > 8 * GemmTile.Rows || product.LowerB || product.Scale is not null,
        };
        Operand<T> a = product.A, b = product.B;
        block.LeftIsRight = block.PackLeft && block.PackRight && product.M == product.N && a.Start == b.Start && a.Line == b.Line && a.Step == b.Step
            && grid.Panels == grid.PanelsOfStretch && product.M <= grid.Band * grid.BandsOfStretch;
        nint panel = (nint)grid.Depth * GemmTile.Vectors * grid.Width;
        if (block.PackRight && !block.LeftIsRight && !product.LowerC && product.Quadratics is null && grid.HasSharesFor(threads))
            block.Place = Aligned(panel * grid.MostPanelsOfShare);
        int stretch = block.Place != 0 ? grid.Panels : grid.PanelsOfStretch;
        nint right = block.Place != 0 ? threads * block.Place : Aligned(block.PackRight ? panel * stretch : panel);
        nint left = block.PackLeft ? (nint)grid.Depth * grid.Band * grid.BandsOfStretch : 0;
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch scratch = new(stack, Scratch.OnStack, ((right + left) * sizeof(T) / sizeof(double)) + 8);
        block.Right = (T*)(((nint)scratch.Pointer + 63) & ~63);
        block.Left = block.Right + right;
        for (int first = 0; first < grid.Panels; first += stretch)
        {
            (block.FirstPanel, block.EndPanel) = (first, Math.Min(grid.Panels, first + stretch));
            for (block.L = 0; block.L < product.K; block.L += grid.Depth)
            {
                block.Depth = Math.Min(grid.Depth, product.K - block.L);
                for (int row = 0; row < product.M; row += grid.Band * grid.BandsOfStretch)
                {
                    (block.FirstRow, block.EndRow) = (row, Math.Min(product.M, row + (grid.Band * grid.BandsOfStretch)));
                    block.Run(threads);
                }
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
