using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.SecondMoment;

/// <summary>
/// <c>X to D o X + scale w o A(w o X)</c> on packed symmetric m x m matrices, with A the noise map and D and w elementwise: T itself, I -
/// T, the pencil of the critical learning rate and the noise kernels, according to D, w and the scale.
/// </summary>
/// <param name="map">A, but for its 1 / n.</param>
/// <param name="space">Where.</param>
/// <param name="diagonal">D, the lower triangle row by row; zero where null.</param>
/// <param name="root">w, the same; one where null.</param>
/// <param name="scale">The factor of the noise.</param>
internal sealed unsafe class WeightedMoment(NoiseMap map, FunctionSpace space, double[]? diagonal, double[]? root, double scale)
    : ILinearOperator<Span<double>>
{
    private readonly double[] _blocks = new double[map.BlocksLength];
    private readonly double[] _matrix = new double[PackedSymmetric.Square(space.Rank)];

    public int Batch => 1;

    public int Length { get; } = PackedSymmetric.Length(space.Rank);

    /// <summary>Bytes of the operator and its two arrays of weights.</summary>
    public static long RequiredBytes(FunctionSpace space, int arrays, int threads)
    {
        long m = space.Rank, r = space.Rows;
        return sizeof(double) * (m * m + space.Examples * (r * (r + 1) / 2) + arrays * (m * (m + 1) / 2))
            + NoiseMap.ScratchBytes(space, threads);
    }

    public void Apply(Span<double> input, Span<double> output)
    {
        int m = space.Rank;
        fixed (double* x = input[..Length], y = output[..Length], c = _matrix, q = _blocks, d = diagonal, w = root)
        {
            if (scale == 0)
            {
                for (int i = 0; i < Length; i++) y[i] = d is null ? 0 : d[i] * x[i];
                return;
            }

            PackedTriangle.Unpack(x, w, m, 1 / PackedSymmetric.Root2, c, map.Threads);
            map.Quadratics(c, q);
            map.Sign(q);
            map.Gather(q, scale / space.Examples, c);
            PackedTriangle.Pack(c, w, d, x, m, PackedSymmetric.Root2, y, map.Threads);
        }
    }
}
