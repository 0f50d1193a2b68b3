using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class Gemm
{
    private const int MostPieces = 16, FewestSteps = 512, MostSplit = 64 * 64;

    /// <summary>Whether c is too small, and the inner dimension long enough, that threads should share the latter.</summary>
    private static bool Splits<T>(in Product<T> product)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => (long)product.M * product.N <= MostSplit && product.K >= 2 * FewestSteps && !product.LowerB && (double)product.M * product.N * product.K >= GemmGrid.ProductsWorthThreads;

    /// <summary>Pieces of the inner dimension apart, their number decided by the sizes; then their sum, in order.</summary>
    private static void RunSplit<T>(Product<T> product, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int steps = Math.Max(FewestSteps, ((product.K + MostPieces - 1) / MostPieces + 7) & ~7), pieces = (product.K + steps - 1) / steps;
        nint length = (nint)product.M * product.N;
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch scratch = new(stack, Scratch.OnStack, pieces * length);
        PieceJob<T> job = new() { Product = &product, Steps = steps, Partial = (T*)scratch.Pointer };
        ParallelLoop.Run(ref job, pieces, threads);
        T* sum = job.Partial;
        for (int piece = 1; piece < pieces; piece++)
        {
            T* next = job.Partial + piece * length;
            nint i = 0;
            for (; i <= length - Vector512<T>.Count; i += Vector512<T>.Count) (Vector512.Load(sum + i) + Vector512.Load(next + i)).Store(sum + i);
            for (; i < length; i++) sum[i] += next[i];
        }

        (int first, int more) = product.LowerC ? (1, 1) : (product.N, 0);
        GemmTile.Merge(sum, product.N, product.M, product.N, first, more, product.Alpha, product.Beta, product.C, product.Ldc);
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
