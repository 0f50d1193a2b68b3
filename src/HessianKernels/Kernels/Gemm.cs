using System.Numerics;

namespace HessianKernels.Kernels;

/// <summary>Products of dense row-major matrices.</summary>
/// <remarks>
/// Every element is one chain of fused multiply-adds a block of the inner dimension, the blocks added in order. Blocks, tiles and chunks
/// follow from the sizes alone: the bits are the same for any number of threads, and with AVX-512, AVX2 or neither.
/// </remarks>
internal static unsafe partial class Gemm
{
    /// <summary>
    /// <c>c = alpha op(a) op(b) + beta c</c>, with op(a) <c>[m, k]</c>, op(b) <c>[k, n]</c> and c <c>[m, n]</c>:
    /// <code>
    /// for (i &lt; m) for (j &lt; n) c[i, j] = alpha * sum_l op(a)[i, l] * op(b)[l, j] + beta * c[i, j];
    /// </code>
    /// Where beta is 0, c is only written.
    /// </summary>
    public static void Multiply<T>(
        bool transposeA, bool transposeB, int m, int n, int k, T alpha, T* a, nint lda, T* b, nint ldb, T beta, T* c, nint ldc, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (IsSmall<T>(m, n, k, transposeB, ldb))
        {
            RunSmall(m, n, k, alpha, a, transposeA ? 1 : lda, transposeA ? lda : 1, transposeB, b, ldb, beta, c, ldc, threads);
            return;
        }

        Product<T> product = new()
        {
            M = m, N = n, K = k, Alpha = alpha, A = Left(transposeA, a, lda), B = Right(transposeB, b, ldb), Beta = beta, C = c, Ldc = ldc,
        };
        Run(product, threads);
    }

    /// <summary>The same for a square c <c>[n, n]</c> of which only the elements on and below the diagonal are read and written.</summary>
    public static void MultiplyLower<T>(
        bool transposeA, bool transposeB, int n, int k, T alpha, T* a, nint lda, T* b, nint ldb, T beta, T* c, nint ldc, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Product<T> product = new()
        {
            M = n, N = n, K = k, Alpha = alpha, A = Left(transposeA, a, lda), B = Right(transposeB, b, ldb), Beta = beta, C = c, Ldc = ldc, LowerC = true,
        };
        Run(product, threads);
    }

    /// <summary>
    /// <c>c = alpha a^T diag(scale) a + beta c</c>, with a <c>[k, n]</c>, scale <c>[k]</c>, and of c <c>[n, n]</c> only the elements on
    /// and below the diagonal.
    /// </summary>
    public static void MultiplyLowerScaled<T>(int n, int k, T alpha, T* a, nint lda, T* scale, T beta, T* c, nint ldc, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Product<T> product = new()
        {
            M = n, N = n, K = k, Alpha = alpha, A = Left(true, a, lda), B = Right(false, a, lda), Scale = scale, Beta = beta, C = c, Ldc = ldc, LowerC = true,
        };
        Run(product, threads);
    }

    /// <summary>
    /// <c>c = a tril(b)</c>, with a and c <c>[m, n]</c> and b <c>[n, n]</c>, of which only the elements on and below the diagonal are
    /// read.
    /// </summary>
    public static void MultiplyByLower<T>(int m, int n, T* a, nint lda, T* b, nint ldb, T* c, nint ldc, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Product<T> product = new()
        {
            M = m, N = n, K = n, Alpha = T.One, A = Left(false, a, lda), B = Right(false, b, ldb), C = c, Ldc = ldc, LowerB = true, DiagonalOfB = T.One,
        };
        Run(product, threads);
    }

    /// <summary>
    /// <c>q[i] = phi_i^T s phi_i</c> for the rows phi_i of phi <c>[n, m]</c> and a symmetric s <c>[m, m]</c>, of which only the
    /// elements on and
    /// below the diagonal are read. As <c>2 phi_i^T (tril(s) - diag(s) / 2) phi_i</c>, tile by tile: no row of the product is ever stored.
    /// n m^2 + O(n m) multiplications and additions.
    /// </summary>
    public static void RowQuadratics<T>(int n, int m, T* phi, nint ldPhi, T* s, nint lds, T* q, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Product<T> product = new()
        {
            M = n, N = m, K = m, Alpha = T.One, A = Left(false, phi, ldPhi), B = Right(false, s, lds), LowerB = true,
            DiagonalOfB = T.CreateTruncating(0.5), Quadratics = q,
        };
        Run(product, threads);
    }

    /// <summary><see cref="Syrk"/>'s sum over floats, made in double: they are widened where they are packed, so that no copy of them is.</summary>
    public static void MultiplyLowerWidened(bool transpose, int n, int k, double alpha, float* a, nint lda, double beta, double* c, nint ldc, int threads = 1)
    {
        Operand<double> left = Left(transpose, (double*)a, lda), right = Right(!transpose, (double*)a, lda);
        (left.Narrow, right.Narrow) = (true, true);
        Product<double> product = new() { M = n, N = n, K = k, Alpha = alpha, A = left, B = right, Beta = beta, C = c, Ldc = ldc, LowerC = true };
        Run(product, threads);
    }

    private static Operand<T> Left<T>(bool transpose, T* a, nint lda)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new() { Start = a, Line = transpose ? 1 : lda, Step = transpose ? lda : 1 };

    private static Operand<T> Right<T>(bool transpose, T* b, nint ldb)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new() { Start = b, Line = transpose ? ldb : 1, Step = transpose ? 1 : ldb };

    /// <summary>
    /// A factor as the tiles see it: lines (rows of the left one, columns of the right one) along the inner dimension, element l of
    /// line i at
    /// <c>Start[i * Line + l * Step]</c>; one of the two is 1.
    /// </summary>
    internal struct Operand<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* Start;
        public nint Line, Step;

        /// <summary>Whether the elements are floats, to be packed, and T is double.</summary>
        public bool Narrow;

        public readonly T* At(int line, int l)
        {
            nint at = line * Line + l * Step;
            return Narrow ? (T*)((float*)Start + at) : Start + at;
        }

        /// <summary>Packs <paramref name="lines"/> lines from one on, <paramref name="depth"/> steps from one on.</summary>
        public readonly void Pack(int line, int l, int lines, int width, int depth, T* panel)
        {
            if (Narrow) GemmPanel.Pack((float*)At(line, l), Line, Step, lines, width, depth, panel);
            else GemmPanel.Pack(At(line, l), Line, Step, lines, width, depth, panel);
        }
    }
}
