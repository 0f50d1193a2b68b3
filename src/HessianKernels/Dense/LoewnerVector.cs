using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Dense;

/// <summary>
/// The z for which computed roots x are the exact eigenvalues of <c>diag(d) + z z^T</c>, by Loewner's formula:
/// <c>z_j^2 = prod_i (x_i - d_j) / prod_(i != j) (d_i - d_j)</c>. Eigenvectors made of it are orthogonal however close the roots lie
/// (Gu and Eisenstat 1995).
/// </summary>
internal unsafe struct LoewnerVector : IChunkJob
{
    public const int ElementsAChunk = 64;

    public int Count;
    public double* Poles, Origins, Distances, Z;

    /// <summary>Out.</summary>
    public double* Result;

    public readonly void Run(int chunk, int lane)
    {
        int end = Math.Min(Count, (chunk + 1) * ElementsAChunk);
        for (int j = chunk * ElementsAChunk; j < end; j++)
        {
            double own = Poles[j] - Origins[j] - Distances[j];
            Result[j] = Math.CopySign(Math.Sqrt(Math.Abs(own * Product(0, j, Poles[j]) * Product(j + 1, Count, Poles[j]))), Z[j]);
        }
    }

    // Each factor is below 1 before j and above 1 after it, and interlacing bounds every partial product: nothing overflows.
    private readonly double Product(int begin, int end, double pole)
    {
        Vector512<double> products = Vector512<double>.One, at = Vector512.Create(pole);
        int i = begin;
        for (; i <= end - Vector512<double>.Count; i += Vector512<double>.Count)
            products *= (at - Vector512.Load(Origins + i) - Vector512.Load(Distances + i)) / (at - Vector512.Load(Poles + i));
        double product = 1;
        for (int k = 0; k < Vector512<double>.Count; k++) product *= products[k];
        for (; i < end; i++) product *= (pole - Origins[i] - Distances[i]) / (pole - Poles[i]);
        return product;
    }
}
