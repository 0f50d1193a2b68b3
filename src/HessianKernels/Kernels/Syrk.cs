using System.Numerics;

namespace HessianKernels.Kernels;

/// <summary>
/// Products of a dense row-major matrix with its own transpose: the elements on and below the diagonal, at half the flops.
/// </summary>
internal static unsafe class Syrk
{
    /// <summary>
    /// <c>c = alpha op(a) op(a)^T + beta c</c>, with op(a) <c>[n, k]</c>, which is a or, where <paramref name="transpose"/>, the
    /// transpose of a
    /// <c>[k, n]</c>. Only the elements of c <c>[n, n]</c> on and below the diagonal are read and written; where beta is 0, only written.
    /// </summary>
    public static void Multiply<T>(bool transpose, int n, int k, T alpha, T* a, nint lda, T beta, T* c, nint ldc, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Gemm.MultiplyLower(transpose, !transpose, n, k, alpha, a, lda, a, lda, beta, c, ldc, threads);

    /// <summary>
    /// <c>c = alpha a^T diag(scale) a + beta c</c>, with a <c>[k, n]</c> and scale <c>[k]</c>; of c as above. The scale is applied
    /// where the
    /// right factor is packed.
    /// </summary>
    public static void MultiplyScaled<T>(int n, int k, T alpha, T* a, nint lda, T* scale, T beta, T* c, nint ldc, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Gemm.MultiplyLowerScaled(n, k, alpha, a, lda, scale, beta, c, ldc, threads);
}
