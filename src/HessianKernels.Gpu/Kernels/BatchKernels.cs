using ILGPU;
using Row = HessianKernels.Gpu.Kernels.AtOnce<double, HessianKernels.Gpu.Kernels.Pair, HessianKernels.Gpu.Kernels.PairOfDoubles>;

namespace HessianKernels.Gpu.Kernels;

/// <summary>What batches of examples are made of.</summary>
internal static class BatchKernels
{
    /// <summary>
    /// <c>result[j] = (1 / size) sum_k all[draws[k]]</c>, <c>starts[j] &lt;= k &lt; starts[j + 1]</c>, rows of <paramref name="width"/> elements, an even number: a thread a load of 16 bytes,
    /// a row of groups a batch, the draws in their order.
    /// </summary>
    public static void Mean(ArrayView<double> all, ArrayView<int> draws, ArrayView<int> starts, ArrayView<double> result, int width, double size)
    {
        int batch = Grid.IdxY, first = starts[batch], end = starts[batch + 1];
        int lanes = PairOfDoubles.Lanes();
        for (int i = Grid.IdxX * Group.DimX + Group.IdxX; i < width / lanes; i += Grid.DimX * Group.DimX)
        {
            Pair sum = PairOfDoubles.Zero();
            for (int k = first; k < end; k++)
                sum = PairOfDoubles.PlusProduct(sum, PairOfDoubles.All(1), Row.Load(all, (long)draws[k] * width + (long)i * lanes));
            Row.Store(result, (long)batch * width + (long)i * lanes, PairOfDoubles.Over(sum, size));
        }
    }
}
