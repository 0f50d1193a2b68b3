using System.Numerics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemm
{
    // Sixteen parts of c of 256 x 256 are 8 MiB in double; of more, the way to memory and back would cost what the threads gain.
    private const int MostPieces = 16, FewestSteps = 512, MostSplit = 256 * 256, StepsASide = 8, WorthThreads = 1 << 15;

    /// <summary>
    /// Whether the inner dimension is so long, and c so small, that threads should share the former: each packs for itself and shares nothing,
    /// where otherwise half of what each reads would lie in another's cache.
    /// </summary>
    private static bool Splits(int m, int n, int k)
        => (long)m * n <= MostSplit && k >= Math.Max(2 * FewestSteps, StepsASide * (long)Math.Max(m, n))
            && (double)m * n * k >= GemmGrid.ProductsWorthThreads;

    /// <summary>Pieces of the inner dimension apart, their number decided by the sizes; then their sum, in order.</summary>
    private static void RunSplit<T>(Product<T> product, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int steps = (int)Math.Max(FewestSteps, (GemmGrid.Pieces(product.K, MostPieces) + 7) & ~7), pieces = GemmGrid.Pieces(product.K, steps);
        nint length = (nint)product.M * product.N;
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch scratch = new(stack, Scratch.OnStack, pieces * length);
        PieceJob<T> job = new() { Product = &product, Steps = steps, Partial = (T*)scratch.Pointer };
        ParallelLoop.Run(ref job, pieces, threads);
        SumJob<T> sum = new() { Product = &product, Pieces = pieces, Partial = job.Partial };
        ParallelLoop.Run(ref sum, GemmGrid.Pieces(product.M, SumJob<T>.Rows), pieces * length < WorthThreads ? 1 : threads);
    }

    private struct SumJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public const int Rows = 16;
        public Product<T>* Product;
        public int Pieces;
        public T* Partial;

        public readonly void Run(int chunk, int lane)
        {
            Product<T>* product = Product;
            int begin = chunk * Rows, end = Math.Min(product->M, begin + Rows), n = product->N;
            for (int row = begin; row < end; row++)
            {
                int columns = product->LowerC ? Math.Min(n, row + 1) : n;
                T* sum = Partial + (nint)row * n;
                for (int piece = 1; piece < Pieces; piece++) Gemv.Add(sum + piece * (nint)product->M * n, sum, columns);
                GemmTile.Merge(sum, n, 1, n, columns, 0, product->Alpha, product->Beta, product->C + row * product->Ldc, product->Ldc);
            }
        }
    }

    private struct PieceJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Product<T>* Product;
        public int Steps;
        public T* Partial;

        public readonly void Run(int chunk, int lane)
        {
            Product<T> piece = *Product;
            int l = chunk * Steps;
            piece.K = Math.Min(Steps, piece.K - l);
            piece.A.Start = piece.A.At(0, l);
            piece.B.Start = piece.B.At(0, l);
            if (piece.Scale is not null) piece.Scale += l;
            (piece.Alpha, piece.Beta, piece.Ldc) = (T.One, T.Zero, piece.N);
            piece.C = Partial + chunk * (nint)piece.M * piece.N;
            RunBlocks(piece, 1);
        }
    }
}
