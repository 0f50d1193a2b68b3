using HessianKernels.Kernels;

namespace HessianKernels.Sharpness;

/// <summary>
/// A symmetric matrix A as a form <c>x^T A y</c>: dense, or <c>scale M^T M</c> of a factor M. Either way a vector has an image M x, and a
/// form is an inner product with it.
/// </summary>
/// <param name="Matrix">M, <c>[rows, length]</c>: A itself, rows = length, or the factor.</param>
/// <param name="Rows">Rows of M: the length of an image.</param>
/// <param name="Length">Length of a vector.</param>
/// <param name="Factored">Whether M is a factor.</param>
/// <param name="Scale">What the form of a factor is multiplied by.</param>
internal readonly unsafe record struct CurvatureForm(nint Matrix, int Rows, int Length, bool Factored, double Scale = 1)
{
    /// <summary>
    /// Images of <paramref name="count"/> vectors <c>[count, length]</c>, into <c>[count, rows]</c>: 2 count rows length flops.
    /// </summary>
    public void Images(double* vectors, int count, double* images, int threads = 1)
        => Gemm.Multiply(false, true, count, Rows, Length, 1, vectors, Length, (double*)Matrix, Length, 0, images, Rows, threads);

    /// <summary><c>x^T A y</c>, from x, its image, and that of y.</summary>
    public double Of(double* x, double* imageOfX, double* imageOfY)
        => Factored ? Scale * Dot.Sequential(imageOfX, imageOfY, Rows) : Dot.Sequential(x, imageOfY, Length);
}
