using System.Numerics;

namespace HessianKernels.Kernels;

/// <summary>Products of dense row-major matrices.</summary>
internal static unsafe class Gemm
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
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                Element(transposeA, transposeB, i, j, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    /// <summary>The same for a square c <c>[n, n]</c> of which only the elements on and below the diagonal are read and written.</summary>
    public static void MultiplyLower<T>(
        bool transposeA, bool transposeB, int n, int k, T alpha, T* a, nint lda, T* b, nint ldb, T beta, T* c, nint ldc, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++)
                Element(transposeA, transposeB, i, j, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    /// <summary><c>c = a tril(b)</c>, with a and c <c>[m, n]</c> and b <c>[n, n]</c>, of which only the elements on and below the diagonal are read.</summary>
    public static void MultiplyByLower<T>(int m, int n, T* a, nint lda, T* b, nint ldb, T* c, nint ldc, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                T sum = T.Zero;
                for (int l = j; l < n; l++) sum += a[i * lda + l] * b[l * ldb + j];
                c[i * ldc + j] = sum;
            }
        }
    }

    private static void Element<T>(
        bool transposeA, bool transposeB, int i, int j, int k, T alpha, T* a, nint lda, T* b, nint ldb, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int l = 0; l < k; l++) sum += (transposeA ? a[l * lda + i] : a[i * lda + l]) * (transposeB ? b[j * ldb + l] : b[l * ldb + j]);
        T* at = c + i * ldc + j;
        *at = beta == T.Zero ? alpha * sum : alpha * sum + beta * *at;
    }
}
