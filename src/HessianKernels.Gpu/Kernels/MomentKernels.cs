using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// What stands around the two matrix products of a second moment, in double. Symmetric m x m matrices are packed: the lower triangle row
/// by row, what is off the diagonal times sqrt(2).
/// </summary>
internal static class MomentKernels
{
    /// <summary>Most rows of an example's factor: its block is held in shared memory.</summary>
    public const int MostRows = 64;

    /// <summary><c>M = w o X</c>, whole; grid <c>(chunks)</c> over the packed elements.</summary>
    /// <param name="packed">X.</param>
    /// <param name="weights">w, the lower triangle row by row; one where it is empty.</param>
    /// <param name="matrix">M, <c>[m, m]</c>.</param>
    /// <param name="m">The order.</param>
    /// <param name="weighted">1 where there are weights.</param>
    public static void Unpack(ArrayView<double> packed, ArrayView<double> weights, ArrayView<double> matrix, int m, int weighted)
    {
        long length = (long)m * (m + 1) / 2, step = (long)Grid.DimX * Group.DimX;
        for (long at = (long)Grid.IdxX * Group.DimX + Group.IdxX; at < length; at += step)
        {
            int row = RowOf(at), column = (int)(at - (long)row * (row + 1) / 2);
            double value = packed[at];
            if (weighted != 0) value *= weights[at];
            if (row != column) value *= 0.70710678118654752;
            matrix[(long)row * m + column] = value;
            matrix[(long)column * m + row] = value;
        }
    }

    /// <summary><c>Y = D o X + w o C</c>, packed; grid <c>(chunks)</c>. Of C only the lower triangle is read.</summary>
    public static void Pack(
        ArrayView<double> matrix, ArrayView<double> weights, ArrayView<double> diagonal, ArrayView<double> input, ArrayView<double> output, int m,
        int weighted, int withDiagonal)
    {
        long length = (long)m * (m + 1) / 2, step = (long)Grid.DimX * Group.DimX;
        for (long at = (long)Grid.IdxX * Group.DimX + Group.IdxX; at < length; at += step)
        {
            int row = RowOf(at), column = (int)(at - (long)row * (row + 1) / 2);
            double value = matrix[(long)row * m + column];
            if (row != column) value *= 1.4142135623730951;
            if (weighted != 0) value *= weights[at];
            if (withDiagonal != 0) value += diagonal[at] * input[at];
            output[at] = value;
        }
    }

    /// <summary>
    /// Between the two products, r = 1, in one pass: <c>q_i = &lt;z_i, phi_i&gt;</c>, then <c>z_i = q_i phi_i</c>. Grid <c>(examples)</c>.
    /// </summary>
    public static void RowDots(ArrayView<double> products, ArrayView<double> factors, int m)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        long row = (long)Grid.IdxX * m;
        double sum = 0;
        for (int a = Group.IdxX; a < m; a += Group.DimX) sum += products[row + a] * factors[row + a];
        double q = Reduction.Sum(shared, sum);
        for (int a = Group.IdxX; a < m; a += Group.DimX) products[row + a] = q * factors[row + a];
    }

    /// <summary>
    /// The same for blocks of r rows: <c>Q_i = S_i Z_i Phi_i^T S_i</c>, then <c>Z_i = Q_i Phi_i</c>. Grid <c>(examples)</c>.
    /// </summary>
    public static void BlockDots(ArrayView<double> products, ArrayView<double> factors, ArrayView<double> signs, int m, int r, int signed)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        ArrayView<double> block = SharedMemory.Allocate<double>(MostRows * MostRows / 2 + MostRows / 2);
        long first = (long)Grid.IdxX * r * m;
        int at = 0;
        for (int k = 0; k < r; k++)
            for (int l = 0; l <= k; l++)
            {
                long zk = first + (long)k * m, pl = first + (long)l * m;
                double sum = 0;
                for (int a = Group.IdxX; a < m; a += Group.DimX) sum += products[zk + a] * factors[pl + a];
                sum = Reduction.Sum(shared, sum);
                if (signed != 0) sum *= signs[(long)Grid.IdxX * r + k] * signs[(long)Grid.IdxX * r + l];
                if (Group.IdxX == 0) block[at] = sum;
                at++;
            }

        Group.Barrier();
        for (int a = Group.IdxX; a < m; a += Group.DimX)
            for (int k = 0; k < r; k++)
            {
                double sum = 0;
                for (int l = 0; l < r; l++)
                {
                    int high = IntrinsicMath.Max(k, l), low = IntrinsicMath.Min(k, l);
                    sum += block[high * (high + 1) / 2 + low] * factors[first + (long)l * m + a];
                }

                products[first + (long)k * m + a] = sum;
            }
    }

    /// <summary>The row of a packed element: the root may be out by one.</summary>
    private static int RowOf(long at)
    {
        int row = (int)((Math.Sqrt(8.0 * at + 1) - 1) * 0.5);
        if ((long)row * (row + 1) / 2 > at) row--;
        if ((long)(row + 1) * (row + 2) / 2 <= at) row++;
        return row;
    }
}
