using ILGPU;
using Row = HessianKernels.Gpu.Kernels.AtOnce<double, HessianKernels.Gpu.Kernels.Pair, HessianKernels.Gpu.Kernels.PairOfDoubles>;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// What stands around the two matrix products of a second moment, in double. Symmetric m x m matrices are packed: the lower triangle row
/// by row, what is off the diagonal times sqrt(2). Rows of matrices, factors and products lie a leading dimension apart, an even number.
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
    /// <param name="leading">Elements from one row of M to the next.</param>
    /// <param name="weighted">1 where there are weights.</param>
    public static void Unpack(ArrayView<double> packed, ArrayView<double> weights, ArrayView<double> matrix, int m, int leading, int weighted)
    {
        long length = (long)m * (m + 1) / 2, step = (long)Grid.DimX * Group.DimX;
        for (long at = (long)Grid.IdxX * Group.DimX + Group.IdxX; at < length; at += step)
        {
            int row = RowOf(at), column = (int)(at - (long)row * (row + 1) / 2);
            double value = packed[at];
            if (weighted != 0) value *= weights[at];
            if (row != column) value *= 0.70710678118654752;
            matrix[(long)row * leading + column] = value;
            matrix[(long)column * leading + row] = value;
        }
    }

    /// <summary><c>Y = D o X + w o C</c>, packed; grid <c>(chunks)</c>. Of C only the lower triangle is read.</summary>
    public static void Pack(
        ArrayView<double> matrix, ArrayView<double> weights, ArrayView<double> diagonal, ArrayView<double> input, ArrayView<double> output, int m,
        int leading, int weighted, int withDiagonal)
    {
        long length = (long)m * (m + 1) / 2, step = (long)Grid.DimX * Group.DimX;
        for (long at = (long)Grid.IdxX * Group.DimX + Group.IdxX; at < length; at += step)
        {
            int row = RowOf(at), column = (int)(at - (long)row * (row + 1) / 2);
            double value = matrix[(long)row * leading + column];
            if (row != column) value *= 1.4142135623730951;
            if (weighted != 0) value *= weights[at];
            if (withDiagonal != 0) value += diagonal[at] * input[at];
            output[at] = value;
        }
    }

    /// <summary>
    /// Between the two products, r = 1, in one pass: <c>q_i = &lt;z_i, phi_i&gt;</c>, then <c>z_i = q_i phi_i</c>. Grid <c>(examples)</c>.
    /// </summary>
    public static void RowDots(ArrayView<double> products, ArrayView<double> factors, int m, int leading)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        long row = (long)Grid.IdxX * leading;
        Scale(products, row, factors, row, m, Reduction.Sum(shared, Dot(products, row, factors, row, m)));
    }

    /// <summary>
    /// The same for blocks of r rows: <c>Q_i = S_i Z_i Phi_i^T S_i</c>, then <c>Z_i = Q_i Phi_i</c>. Grid <c>(examples)</c>.
    /// </summary>
    public static void BlockDots(
        ArrayView<double> products, ArrayView<double> factors, ArrayView<double> signs, int m, int leading, int r, int signed)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        ArrayView<double> block = SharedMemory.Allocate<double>(MostRows * MostRows / 2 + MostRows / 2);
        long first = (long)Grid.IdxX * r * leading;
        int at = 0;
        for (int k = 0; k < r; k++)
            for (int l = 0; l <= k; l++)
            {
                double sum = Reduction.Sum(shared, Dot(products, first + (long)k * leading, factors, first + (long)l * leading, m));
                if (signed != 0) sum *= signs[(long)Grid.IdxX * r + k] * signs[(long)Grid.IdxX * r + l];
                if (Group.IdxX == 0) block[at] = sum;
                at++;
            }

        Group.Barrier();
        for (int k = 0; k < r; k++)
        {
            Share share = new(0, m, PairOfDoubles.Lanes());
            long z = first + (long)k * leading;
            int a = share.First;
            for (int i = 0; i < share.Loads; i++, a += share.Step) OfBlock<Row>(products, z, factors, first, leading, a, block, k, r);
            if (share.Beyond >= 0) OfBlock<Alone<double, Pair, PairOfDoubles>>(products, z, factors, first, leading, share.Beyond, block, k, r);
        }
    }

    /// <summary><c>z_k = sum_l Q_kl phi_l</c> at one load's columns.</summary>
    private static void OfBlock<TBy>(
        ArrayView<double> products, long z, ArrayView<double> factors, long first, int leading, int a, ArrayView<double> block, int k, int r)
        where TBy : struct, IAccess<double, Pair>
    {
        Pair sum = PairOfDoubles.Zero();
        for (int l = 0; l < r; l++)
        {
            int high = IntrinsicMath.Max(k, l), low = IntrinsicMath.Min(k, l);
            sum = PairOfDoubles.PlusProduct(sum, PairOfDoubles.All(block[high * (high + 1) / 2 + low]), TBy.Load(factors, first + (long)l * leading + a));
        }

        TBy.Store(products, z + a, sum);
    }

    /// <summary>The thread's part of <c>&lt;z, phi&gt;</c>, rows that begin at multiples of 16 bytes.</summary>
    private static double Dot(ArrayView<double> products, long z, ArrayView<double> factors, long phi, int m)
    {
        Share share = new(0, m, PairOfDoubles.Lanes());
        double sum = 0;
        int a = share.First;
        for (int i = 0; i < share.Loads; i++, a += share.Step)
            sum += PairOfDoubles.Dot(Row.Load(products, z + a), Row.Load(factors, phi + a));
        return share.Beyond < 0 ? sum : sum + products[z + share.Beyond] * factors[phi + share.Beyond];
    }

    /// <summary><c>z = q phi</c>.</summary>
    private static void Scale(ArrayView<double> products, long z, ArrayView<double> factors, long phi, int m, double q)
    {
        Share share = new(0, m, PairOfDoubles.Lanes());
        int a = share.First;
        for (int i = 0; i < share.Loads; i++, a += share.Step)
            Row.Store(products, z + a, PairOfDoubles.Times(Row.Load(factors, phi + a), q));
        if (share.Beyond >= 0) products[z + share.Beyond] = q * factors[phi + share.Beyond];
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
