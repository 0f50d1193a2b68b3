using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemm
{
    /// <summary>
    /// A block of the inner dimension, a stretch of panels and one of rows: where they are packed, and their part of the product.
    /// </summary>
    private struct Block<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Product<T>* Product;
        public GemmGrid Grid;
        public int L, Depth, FirstPanel, EndPanel, FirstRow, EndRow;
        public bool PackLeft, PackRight;

        /// <summary>Where not 0, a thread packs a share of the panels into a place of its own, so far from the next thread's, and multiplies all
        /// bands by them while they are in its second cache; else panels are packed for all.</summary>
        public nint Place;

        /// <summary>Whether a matrix multiplies its own transpose, packed whole: then rows are panels' columns, and are copied from there before they are weighted.</summary>
        public bool LeftIsRight;

        /// <summary>The packed panels of columns; the packed panels of rows.</summary>
        public T* Right, Left;

        public readonly int Bands => GemmGrid.Pieces(EndRow - FirstRow, Grid.Band);

        public void Run(int threads)
        {
            int bands = Bands, panels = EndPanel - FirstPanel;
            // The right factor has been packed with the first stretch of rows.
            PackJob<T> pack = new() { Block = (Block<T>*)Unsafe.AsPointer(ref this), Panels = FirstRow == 0 && Place == 0 ? panels : 0 };
            ParallelLoop.Run(ref pack, pack.PanelChunks + (PackLeft && !LeftIsRight ? bands : 0), threads);
            if (Place != 0)
            {
                ShareJob<T> shares = new() { Block = pack.Block, Threads = threads };
                ParallelLoop.Run(ref shares, Grid.Shares(threads), threads);
                return;
            }

            // A row's quadratic is added up in one chunk.
            int groups = Product->Quadratics is null ? GemmGrid.Pieces(panels, Grid.PanelsOfGroup) : 1;
            TileJob<T> tiles = new() { Block = pack.Block, Bands = bands };
            ParallelLoop.Run(ref tiles, groups * bands, threads);
        }

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

    /// <summary>Packs: some panels of the right factor a chunk, then a band of the left one.</summary>
    /// <remarks>Where a step is a run of memory, some steps of all lines of a chunk at a time: what is read is longer than a line of the
    /// cache, and no page is left before that.</remarks>
    private struct PackJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int StepsTogether = 16, PanelsOfChunk = 4;

        public Block<T>* Block;

        /// <summary>Panels to be packed; where they are rows, each is a chunk.</summary>
        public int Panels;

        public readonly int PanelChunks => GemmGrid.Pieces(Panels, PanelsTogether);

        private readonly int PanelsTogether => Block->Product->B.Line == 1 ? PanelsOfChunk : 1;

        public readonly void Run(int chunk, int lane)
        {
            int chunks = PanelChunks, together = PanelsTogether;
            if (chunk < chunks) Right(Block->FirstPanel + chunk * together, Block->FirstPanel + Math.Min(Panels, (chunk + 1) * together));
            else Left(chunk - chunks);
        }

        private readonly int Steps(in Operand<T> operand) => operand.Line == 1 ? StepsTogether : Block->Depth;

        private readonly void Right(int first, int end)
        {
            ref readonly Operand<T> b = ref Block->Product->B;
            int steps = Steps(b);
            for (int l = 0; l < Block->Depth; l += steps)
            {
                for (int panel = first; panel < end; panel++)
                {
                    int from = Math.Max(l, Block->StepsAbove(panel)), to = Math.Min(l + steps, Block->Depth), width = Block->PackedWidth(panel);
                    if (from < to && Block->IsPacked(panel))
                        b.Pack(Block->FirstColumn(panel), Block->L + from, Block->Columns(panel), width, to - from, Block->Packed(panel) + (nint)from * width);
                }
            }

            for (int panel = first; panel < end; panel++)
                if (Block->IsPacked(panel)) Finish(panel);
        }

        /// <summary>What is done to a packed panel.</summary>
        private readonly void Finish(int panel)
        {
            Product<T>* product = Block->Product;
            int above = Block->StepsAbove(panel), depth = Block->Depth - above, width = Block->PackedWidth(panel), first = Block->FirstColumn(panel);
            if (depth == 0) return;
            int l = Block->L + above;
            T* packed = Block->Packed(panel) + (nint)above * width;
            if (Block->LeftIsRight)
            {
                for (int i = 0; i < Block->Columns(panel); i += GemmTile.Rows)
                    GemmPanel.CopyLines(packed + i, width, depth, Block->Left + (nint)(first + i) * Block->Depth);
            }

            if (product->Scale is not null) GemmPanel.Scale(packed, width, depth, product->Scale + l);
            if (product->LowerB && l < first + width) GemmPanel.KeepLower(packed, width, Math.Min(depth, first + width - l), l - first, product->DiagonalOfB);
        }

        private readonly void Left(int band)
        {
            ref readonly Operand<T> a = ref Block->Product->A;
            int begin = Block->FirstRow + (band * Block->Grid.Band), end = Math.Min(Block->EndRow, begin + Block->Grid.Band), steps = Steps(a);
            T* packed = Block->Left + (nint)(begin - Block->FirstRow) * Block->Depth;
            for (int l = 0; l < Block->Depth; l += steps)
            {
                for (int i = begin; i < end; i += GemmTile.Rows)
                {
                    a.Pack(
                        i, Block->L + l, Math.Min(GemmTile.Rows, end - i), GemmTile.Rows, Math.Min(steps, Block->Depth - l),
                        packed + (nint)(i - begin) * Block->Depth + l * GemmTile.Rows);
                }
            }
        }
    }

    /// <summary>Packs a share of the panels a chunk, and multiplies all bands by them.</summary>
    private struct ShareJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Block<T>* Block;
        public int Threads;

        public readonly void Run(int chunk, int lane)
        {
            Block<T> own = *Block;
            (own.FirstPanel, own.EndPanel) = own.Grid.Share(chunk, Threads);
            own.Right += lane * own.Place;
            PackJob<T> pack = new() { Block = &own, Panels = own.EndPanel - own.FirstPanel };
            for (int panels = 0; panels < pack.PanelChunks; panels++) pack.Run(panels, lane);
            TileJob<T> tiles = new() { Block = &own };
            for (int band = 0; band < own.Bands; band++) tiles.Band(band, own.FirstPanel, own.EndPanel);
        }
    }

    /// <summary>Multiplies: a band of rows by a group of panels a chunk.</summary>
    private struct TileJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Block<T>* Block;
        public int Bands;

        public readonly void Run(int chunk, int lane)
        {
            ref readonly Block<T> block = ref *Block;
            int group = chunk / Bands, band = chunk % Bands;
            // The bands with the most to do first.
            if (block.Product->LowerC) band = Bands - 1 - band;
            int panel = block.FirstPanel + group * block.Grid.PanelsOfGroup;
            do
            {
                int endPanel = Math.Min(block.EndPanel, panel + block.Grid.PanelsOfGroup);
                Band(band, panel, endPanel);
                panel = endPanel;
            }
            while (block.Product->Quadratics is not null && panel < block.EndPanel);
        }

        /// <summary>A band by some panels.</summary>
        public readonly void Band(int band, int panel, int endPanel)
        {
            ref readonly Block<T> block = ref *Block;
            int begin = block.FirstRow + (band * block.Grid.Band), end = Math.Min(block.EndRow, begin + block.Grid.Band);
            for (int i = begin; i < end; i += GemmTile.Rows)
            {
                int rows = Math.Min(GemmTile.Rows, end - i);
                for (int p = panel; p < endPanel; p++)
                {
                    if (block.Product->LowerC && block.FirstColumn(p) >= i + rows) break;
                    Tile(i, rows, p);
                }
            }
        }

        private readonly void Tile(int i, int rows, int panel)
        {
            ref readonly Block<T> block = ref *Block;
            ref readonly Product<T> product = ref *block.Product;
            int first = block.FirstColumn(panel), width = block.PackedWidth(panel), columns = Math.Min(width, product.N - first);
            int above = block.StepsAbove(panel), depth = block.Depth - above;
            if (depth == 0) return;
            bool packed = block.PackRight || columns < width;
            T* b = packed ? block.Packed(panel) + (nint)above * width : product.B.At(first, block.L + above);
            nint bStep = packed ? width : product.B.Step;
            (nint aLine, nint aStep) = block.PackLeft ? (1, GemmTile.Rows) : (product.A.Line, product.A.Step);
            T* a = block.PackLeft ? block.Left + ((nint)(i - block.FirstRow) * block.Depth) + above * GemmTile.Rows : product.A.At(i, block.L + above);
            // What is there already is beta c, or the sum of the blocks before.
            T beta = block.L == 0 || (product.LowerB && first >= block.L) ? product.Beta : T.One;
            bool whole = columns == width && (rows == GemmTile.Rows || rows == GemmTile.Rows / 2) && (!product.LowerC || first + columns - 1 <= i);
            if (whole && product.Quadratics is null)
                GemmTile.Multiply(width / Vector512<T>.Count, rows, depth, a, aLine, aStep, b, bStep, product.Alpha, beta, product.C + i * product.Ldc + first, product.Ldc);
            else if (!product.LowerC && product.Quadratics is null && GemmTile.HasMasks)
                GemmTile.MultiplyPartial(columns, rows, depth, a, aLine, aStep, b, bStep, product.Alpha, beta, product.C + i * product.Ldc + first, product.Ldc);
            else
                Edge(width, rows, columns, depth, a, aLine, aStep, b, bStep, beta, i, first);
        }

        /// <summary>A tile of which not all is wanted, or not in c.</summary>
        private readonly void Edge(int width, int rows, int columns, int depth, T* a, nint aLine, nint aStep, T* b, nint bStep, T beta, int i, int first)
        {
            ref readonly Product<T> product = ref *Block->Product;
            T* sums = stackalloc T[GemmTile.Rows * GemmTile.Vectors * Vector512<T>.Count];
            int vectors = width / Vector512<T>.Count;
            // Of a tile on the diagonal, no vector that is above it in every row.
            if (product.LowerC) vectors = Math.Min(vectors, GemmGrid.Pieces(i + rows - first, Vector512<T>.Count));
            GemmTile.Multiply(vectors, rows, depth, a, aLine, aStep, b, bStep, T.One, T.Zero, sums, width);
            if (product.Quadratics is not null)
            {
                GemmTile.AddQuadratics(sums, width, rows, columns, product.A.At(i, first), product.A.Line, product.Quadratics + i);
                return;
            }

            (int wanted, int more) = product.LowerC ? (i - first + 1, 1) : (columns, 0);
            GemmTile.Merge(sums, width, rows, columns, wanted, more, product.Alpha, beta, product.C + i * product.Ldc + first, product.Ldc);
        }
    }
}
