using System.Numerics;
using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>Rows of probabilities: little work, done in double.</summary>
internal static class RowKernels<T, TOps>
    where T : unmanaged, INumber<T>
    where TOps : struct, IWide<T, T>
{
    /// <summary>
    /// <c>p = exp(z - logSumExp)</c> of each row; grid <c>(tiles of rows)</c>, 2^laneShift threads on a row. p may be z: a thread writes
    /// only what it alone reads. A row with NaN or +infinity, or of -infinity alone, gives NaN.
    /// </summary>
    public static void Softmax(ArrayView<T> z, ArrayView<T> p, ArrayView<T> logSumExp, int rows, int columns, int laneShift)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        int lanes = 1 << laneShift, me = Group.IdxX, lane = me & (lanes - 1);
        int row = Grid.IdxX * (Group.DimX >> laneShift) + (me >> laneShift);
        long first = (long)row * columns;
        int end = row < rows ? columns : 0;
        double most = double.NegativeInfinity, sum = 0;
        for (int c = lane; c < end; c += lanes) most = Larger(most, TOps.Double(z[first + c]));
        shared[me] = most;
        Group.Barrier();
        for (int half = lanes / 2; half > 0; half /= 2)
        {
            if (lane < half) shared[me] = Larger(shared[me], shared[me + half]);
            Group.Barrier();
        }

        most = shared[me - lane];
        Group.Barrier();
        for (int c = lane; c < end; c += lanes) sum += DeviceMath.Exp(TOps.Double(z[first + c]) - most);
        shared[me] = sum;
        Group.Barrier();
        for (int half = lanes / 2; half > 0; half /= 2)
        {
            if (lane < half) shared[me] += shared[me + half];
            Group.Barrier();
        }

        sum = shared[me - lane];
        for (int c = lane; c < end; c += lanes) p[first + c] = TOps.Rounded(DeviceMath.Exp(TOps.Double(z[first + c]) - most) / sum);
        // A sum is at least 1, or no number.
        if (row < rows & lane == 0) logSumExp[row] = TOps.Rounded(sum >= 1 ? most + DeviceMath.Log(sum) : sum);
    }

    /// <summary>One-hot rows drawn from probabilities; grid <c>(chunks of rows)</c>.</summary>
    public static void Draw(ArrayView<T> p, ArrayView<T> uniform, ArrayView<T> result, int rows, int columns)
    {
        for (long r = Stride.First(); r < rows; r += Stride.Step())
        {
            long first = r * columns;
            double left = TOps.Double(uniform[r]);
            int drawn = columns - 1;
            for (int c = 0; c < columns - 1 & drawn == columns - 1; c++)
            {
                left -= TOps.Double(p[first + c]);
                if (!(left >= 0)) drawn = c;
            }

            for (int c = 0; c < columns; c++) result[first + c] = c == drawn ? T.One : T.Zero;
        }
    }

    /// <summary>The larger; a NaN where there is one.</summary>
    private static double Larger(double a, double b) => double.IsNaN(a) ? a : a >= b ? a : b;
}
