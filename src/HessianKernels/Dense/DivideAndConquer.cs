using HessianKernels.Kernels;

namespace HessianKernels.Dense;

/// <summary>
/// All eigenpairs of a symmetric tridiagonal matrix by divide and conquer (Cuppen 1981; Gu and Eisenstat 1995): T is two halves and a rank-one
/// matrix, whose eigenpairs follow from those of the halves.
/// <code>
///  T = | T_1     |  +  b u u^T,     u = e_last of the upper half + sign e_first of the lower one,   b = |off-diagonal between them|
///      |     T_2 |
/// </code>
/// At most 4/3 n^3 flops, nearly all in products of matrices, and fewer the more eigenvalues the halves share.
/// </summary>
internal unsafe partial struct DivideAndConquer
{
    private const int LargestLeaf = 32;

    // Parts of this order or less are done whole by one thread each.
    private const int LargestPart = 256;

    /// <summary>Eigenvectors of a rank-one update that are made at once.</summary>
    private const int RowBlock = 512;

    private const int VectorsOfOrder = 8;

    private int _n, _threads;
    private double* _d, _e, _q, _work, _small;
    private int* _indices;

    /// <summary>Doubles of work an order takes: the halves' vectors, and a block of the update's.</summary>
    public static int Work(int n) => (n + 1) / 2 + Math.Min(RowBlock, n);

    /// <summary>Decomposes T.</summary>
    /// <param name="n">The order.</param>
    /// <param name="d">In: the diagonal, largest element about 1. Out: the eigenvalues, in no order.</param>
    /// <param name="e">In: the off-diagonal, <c>[n - 1]</c>. Out: destroyed.</param>
    /// <param name="q">Out: row i is the unit eigenvector of <c>d[i]</c>, <c>[n, n]</c>.</param>
    /// <param name="work"><c>[Work(n) n]</c>.</param>
    /// <param name="threads">Most threads.</param>
    public static void Decompose(int n, double* d, double* e, double* q, double* work, int threads)
    {
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch small = new(stack, Scratch.OnStack, (VectorsOfOrder + 2L) * n);
        for (int i = 0; i < n; i++) new Span<double>(q + i * (nint)n, n).Clear();
        DivideAndConquer problem = new()
        {
            _n = n, _d = d, _e = e, _q = q, _work = work, _small = small.Pointer,
            _indices = (int*)(small.Pointer + VectorsOfOrder * (nint)n), _threads = threads,
        };
        int levels = 0;
        while (n >> levels > LargestPart) levels++;
        PartJob parts = new() { Problem = problem, Levels = levels };
        problem.Tear(0, n, 0);
        ParallelLoop.Run(ref parts, 1 << levels, threads);
        problem.Conquer(0, n, levels);
    }

    /// <summary>Takes the rank-one matrices out of T, all the way down.</summary>
    private readonly void Tear(int begin, int end, int level)
    {
        if (end - begin <= LargestLeaf) return;
        int middle = Middle(begin, end);
        double coupling = Math.Abs(_e[middle - 1]);
        _d[middle - 1] -= coupling;
        _d[middle] -= coupling;
        Tear(begin, middle, level + 1);
        Tear(middle, end, level + 1);
    }

    /// <summary>Decomposes a part; parts <paramref name="levels"/> down are already.</summary>
    private readonly void Conquer(int begin, int end, int levels)
    {
        if (levels == 0) return;
        int middle = Middle(begin, end);
        Conquer(begin, middle, levels - 1);
        Conquer(middle, end, levels - 1);
        Join(begin, middle, end);
    }

    private readonly void Whole(int begin, int end)
    {
        int n = end - begin;
        if (n > LargestLeaf)
        {
            int middle = Middle(begin, end);
            Whole(begin, middle);
            Whole(middle, end);
            Join(begin, middle, end);
            return;
        }

        double* block = _q + begin * (nint)(_n + 1);
        for (int i = 0; i < n; i++) block[i * (nint)(_n + 1)] = 1;
        ImplicitQl.Decompose(n, _d + begin, _e + begin, block, _n, n);
    }

    private static int Middle(int begin, int end) => begin + (end - begin) / 2;

    /// <summary>The parts, so many levels of halving down: how many there are depends on the order alone.</summary>
    private struct PartJob : IChunkJob
    {
        public DivideAndConquer Problem;
        public int Levels;

        public readonly void Run(int chunk, int lane)
        {
            int begin = 0, end = Problem._n;
            for (int level = Levels - 1; level >= 0; level--)
            {
                int middle = Middle(begin, end);
                if ((chunk >> level & 1) == 0) end = middle;
                else begin = middle;
            }

            Problem.Whole(begin, end);
        }
    }
}
