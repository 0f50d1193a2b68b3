using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The compression of the noise map to diagonal matrices, <c>N_ab = (1/n) sum_i [(Phi_i^T S_i Phi_i)_ab]^2</c>, formed once for a set, and
/// as an operator <c>x to d o (N (d o x))</c>. N has no negative element.
/// </summary>
/// <remarks>
/// <c>[(Phi_i^T S_i Phi_i)_ab]^2 = sum_kl s_k s_l (phi_ka phi_la)(phi_kb phi_lb)</c>: one product of a matrix of n r (r + 1) / 2 rows,
/// taken some at a time, with its weighted self; n r (r + 1) / 2 m^2 flops.
/// </remarks>
internal sealed unsafe class DiagonalNoise : ILinearOperator<Span<double>>
{
    private const int RowsABlock = 256;

    private readonly double[] _matrix, _scaled;
    private readonly int _threads;

    public DiagonalNoise(FunctionSpace space, int threads)
    {
        int m = space.Rank;
        (Length, _threads) = (m, threads);
        _matrix = new double[PackedSymmetric.Square(m)];
        (Scale, _scaled) = (new double[m], new double[m]);
        double[] rows = new double[checked(RowsABlock * m)], weighted = new double[RowsABlock * m];
        int used = 0;
        for (int i = 0; i < space.Examples; i++)
        {
            for (int k = 0; k < space.Rows; k++)
            {
                for (int l = 0; l <= k; l++)
                {
                    Row(space, i, k, l, rows.AsSpan(used * m, m), weighted.AsSpan(used * m, m));
                    if (++used == RowsABlock) Add(rows, weighted, ref used, space.Examples);
                }
            }
        }

        Add(rows, weighted, ref used, space.Examples);

        for (int a = 0; a < m; a++)
            for (int b = 0; b < a; b++) _matrix[b * m + a] = _matrix[a * m + b];
    }

    public int Batch => 1;

    public int Length { get; }

    /// <summary>d, <c>[m]</c>.</summary>
    public double[] Scale { get; }

    public static long RequiredBytes(FunctionSpace space)
        => sizeof(double) * ((long)space.Rank * space.Rank + (2L * RowsABlock + 2) * space.Rank);

    public void Apply(Span<double> input, Span<double> output)
    {
        for (int a = 0; a < Length; a++) _scaled[a] = Scale[a] * input[a];
        fixed (double* n = _matrix, x = _scaled, y = output[..Length]) Gemv.Multiply(n, Length, Length, x, y, _threads);
        for (int a = 0; a < Length; a++) output[a] *= Scale[a];
    }

    private void Add(double[] rows, double[] weighted, ref int used, int examples)
    {
        fixed (double* y = rows, v = weighted, c = _matrix)
            Gemm.MultiplyLower(true, false, Length, used, 1.0 / examples, y, Length, v, Length, 1.0, c, Length, _threads);
        used = 0;
    }

    private static void Row(FunctionSpace space, int i, int k, int l, Span<double> row, Span<double> weighted)
    {
        int m = space.Rank, r = space.Rows;
        ReadOnlySpan<double> x = space.Factors.Slice((i * r + k) * m, m), y = space.Factors.Slice((i * r + l) * m, m);
        double weight = l < k ? 2 : 1;
        if (!space.Signs.IsEmpty) weight *= space.Signs[i * r + k] * space.Signs[i * r + l];
        for (int a = 0; a < m; a++)
        {
            row[a] = x[a] * y[a];
            weighted[a] = weight * row[a];
        }
    }
}
