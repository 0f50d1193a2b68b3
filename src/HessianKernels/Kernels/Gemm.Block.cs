using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemm
{
    /// <summary>A block of the inner dimension and a stretch of panels, and where they are packed.</summary>
    private struct Block<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Product<T>* Product;
        public GemmGrid Grid;
        public int L, Depth, FirstPanel, EndPanel;
        public bool PackLeft, PackRight;

        /// <summary>The packed panels of the stretch; then a lane's block of rows of the left factor each.</summary>
        public T* Right, Left;
        public nint LengthOfLeft;

        /// <summary>Which block of rows a lane holds packed.</summary>
        public int* Held;

        public readonly int FirstColumn(int panel) => Grid.Start(panel) * Grid.Width;

        /// <summary>Columns of a panel; the last may end within a vector.</summary>
        public readonly int Columns(int panel) => Math.Min(Product->N, FirstColumn(panel + 1)) - FirstColumn(panel);

        public readonly int PackedWidth(int panel) => FirstColumn(panel + 1) - FirstColumn(panel);

        /// <summary>In place it must be full: tiles read whole vectors.</summary>
        public readonly bool IsPacked(int panel) => PackRight || Columns(panel) < PackedWidth(panel);

        public readonly T* Packed(int panel) => PackRight ? Right + (nint)(FirstColumn(panel) - FirstColumn(FirstPanel)) * Depth : Right;

        /// <summary>The steps of the block before the first that a panel of a lower triangle has anything in.</summary>
        public readonly int StepsAbove(int panel) => Product->LowerB ? Math.Clamp(FirstColumn(panel) - L, 0, Depth) : 0;
    }

    /// <summary>Packs the right factor, a panel a chunk.</summary>
    private struct RightJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Block<T>* Block;

        public readonly void Run(int chunk, int lane)
        {
            int panel = Block->FirstPanel + chunk;
            if (!Block->IsPacked(panel)) return;
            Product<T>* product = Block->Product;
            int above = Block->StepsAbove(panel), depth = Block->Depth - above, width = Block->PackedWidth(panel), first = Block->FirstColumn(panel);
            if (depth == 0) return;
            int l = Block->L + above;
            T* packed = Block->Packed(panel) + (nint)above * width;
            GemmPanel.Pack(product->B.At(first, l), product->B.Line, product->B.Step, Block->Columns(panel), width, depth, packed);
            if (product->Scale is not null) GemmPanel.Scale(packed, width, depth, product->Scale + l);
            if (product->LowerB && l < first + width) GemmPanel.KeepLower(packed, width, Math.Min(depth, first + width - l), l - first, product->DiagonalOfB);
        }
    }

    /// <summary>Multiplies, a block of rows and a group of panels a chunk.</summary>
    private struct TileJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Block<T>* Block;

        public readonly void Run(int chunk, int lane)
        {
            ref readonly Block<T> block = ref *Block;
            ref readonly Product<T> product = ref *block.Product;
            int rowBlock = chunk / block.Grid.Groups, group = chunk % block.Grid.Groups;
            // The rows with the most to do first.
            if (product.LowerC) rowBlock = block.Grid.RowBlocks - 1 - rowBlock;
            int begin = rowBlock * block.Grid.Rows, end = Math.Min(product.M, begin + block.Grid.Rows);
            int firstPanel = block.FirstPanel + group * block.Grid.PanelsOfGroup, endPanel = Math.Min(block.EndPanel, firstPanel + block.Grid.PanelsOfGroup);
            if (product.LowerC)
            {
                while (endPanel > firstPanel && block.FirstColumn(endPanel - 1) >= end) endPanel--;
            }

            if (firstPanel >= endPanel) return;

            T* left = block.Left + lane * block.LengthOfLeft;
            if (block.PackLeft && block.Held[lane] != rowBlock)
            {
                for (int i = begin; i < end; i += GemmTile.Rows)
                {
                    GemmPanel.Pack(
                        product.A.At(i, block.L), product.A.Line, product.A.Step, Math.Min(GemmTile.Rows, end - i), GemmTile.Rows, block.Depth,
                        left + (nint)(i - begin) * block.Depth);
                }

                block.Held[lane] = rowBlock;
            }

            for (int panel = firstPanel; panel < endPanel; panel++) Panel(begin, end, panel, left);
        }

        private readonly void Panel(int begin, int end, int panel, T* left)
        {
            ref readonly Block<T> block = ref *Block;
            ref readonly Product<T> product = ref *block.Product;
            int first = block.FirstColumn(panel), columns = block.Columns(panel), width = block.PackedWidth(panel), vectors = width / block.Grid.Width;
            int above = block.StepsAbove(panel), depth = block.Depth - above;
            if (depth == 0) return;
            bool packed = block.IsPacked(panel);
            T* b = packed ? block.Packed(panel) + (nint)above * width : product.B.At(first, block.L + above);
            nint bStep = packed ? width : product.B.Step;
            (nint aLine, nint aStep) = block.PackLeft ? (1, GemmTile.Rows) : (product.A.Line, product.A.Step);
            // What is there already is beta c, or the sum of the blocks before.
            T beta = block.L == 0 || (product.LowerB && first >= block.L) ? product.Beta : T.One;
            T* sums = stackalloc T[GemmTile.Rows * GemmTile.Vectors * Vector512<T>.Count];
            for (int i = product.LowerC ? Math.Max(begin, first / GemmTile.Rows * GemmTile.Rows) : begin; i < end; i += GemmTile.Rows)
            {
                int rows = Math.Min(GemmTile.Rows, end - i);
                T* a = block.PackLeft ? left + ((nint)(i - begin) * block.Depth) + above * GemmTile.Rows : product.A.At(i, block.L + above);
                bool whole = columns == width && (rows == GemmTile.Rows || rows == GemmTile.Rows / 2) && (!product.LowerC || first + columns - 1 <= i);
                if (whole && product.Quadratics is null)
                {
                    GemmTile.Multiply(vectors, rows, depth, a, aLine, aStep, b, bStep, product.Alpha, beta, product.C + i * product.Ldc + first, product.Ldc);
                    continue;
                }

                GemmTile.Multiply(vectors, rows, depth, a, aLine, aStep, b, bStep, T.One, T.Zero, sums, width);
                if (product.Quadratics is not null)
                {
                    GemmTile.AddQuadratics(sums, width, rows, columns, product.A.At(i, first), product.A.Line, product.Quadratics + i);
                    continue;
                }

                (int atFirst, int more) = product.LowerC ? (i - first + 1, 1) : (columns, 0);
                GemmTile.Merge(sums, width, rows, columns, atFirst, more, product.Alpha, beta, product.C + i * product.Ldc + first, product.Ldc);
            }
        }
    }
}
