using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>What batches of examples are made of.</summary>
internal static class BatchKernels
{
    /// <summary>
    /// <c>result[j] = (1 / size) sum_k all[draws[k]]</c>, <c>starts[j] &lt;= k &lt; starts[j + 1]</c>, rows of <paramref name="width"/> elements: a thread an element, a row of groups a
    /// batch, the draws in their order.
    /// </summary>
    public static void Mean(ArrayView<double> all, ArrayView<int> draws, ArrayView<int> starts, ArrayView<double> result, int width, double size)
    {
        int batch = Grid.IdxY, first = starts[batch], end = starts[batch + 1];
        for (int at = Grid.IdxX * Group.DimX + Group.IdxX; at < width; at += Grid.DimX * Group.DimX)
        {
            double sum = 0;
            for (int k = first; k < end; k++) sum += all[(long)draws[k] * width + at];
            result[(long)batch * width + at] = sum / size;
        }
    }
}
