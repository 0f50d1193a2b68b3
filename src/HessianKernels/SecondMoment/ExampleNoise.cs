using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The noise kernel seen from the examples: with <c>W^{-1/2} o A o W^{-1/2} = B^T B</c>, the operator <c>B B^T</c>, which has the same
/// nonzero eigenvalues and acts on one symmetric r x r block an example instead of on m x m matrices:
/// <code>q to q'_i = (1/n) Phi_i [ (sum_j Phi_j^T q_j Phi_j) o 1/W ] Phi_i^T</code>
/// </summary>
/// <remarks>
/// For r = 1 its matrix is <c>(1/n) sum_ab phi_ia phi_ja phi_ib phi_jb / W_ab</c>, without a negative element, since 1 / W is positive
/// semidefinite: its top vector is positive. In general it maps positive semidefinite blocks to such, and the top vector has such blocks;
/// blocks of identities overlap with it. A product takes the 2 n r m^2 flops of one with A, its vectors n r (r + 1) / 2 numbers. Only for
/// sets without signs, or r = 1: with signs B^T S B is no such square.
/// </remarks>
internal sealed unsafe class ExampleNoise(NoiseMap map, FunctionSpace space) : ILinearOperator<Span<double>>
{
    private readonly double[] _matrix = new double[PackedSymmetric.Square(space.Rank)];

    public int Batch => 1;

    public int Length => map.BlocksLength;

    /// <summary>W, to be inverted by whoever fills it; the lower triangle row by row.</summary>
    public double[] Inverse { get; } = new double[PackedSymmetric.Length(space.Rank)];

    public static long RequiredBytes(FunctionSpace space, int threads)
    {
        long m = space.Rank;
        return sizeof(double) * (m * m + m * (m + 1) / 2) + NoiseMap.ScratchBytes(space, threads);
    }

    public void Apply(Span<double> input, Span<double> output)
    {
        int m = space.Rank;
        fixed (double* x = input[..Length], y = output[..Length], c = _matrix, inverse = Inverse)
        {
            map.Gather(x, 1.0 / space.Examples, c);
            PackedTriangle.Multiply(c, inverse, m, map.Threads);
            map.Quadratics(c, y);
        }
    }
}
