using System.Numerics;
using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// A number a group to each of its elements, in a tensor <c>[Outer, Count, Inner]</c>, as many as one load brings at a time; grid
/// <c>(chunks)</c>, over the loads from the first to the end.
/// </summary>
internal static class BroadcastKernels<T, TWide, TOps>
    where T : unmanaged, INumber<T>
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
{
    /// <summary><c>y += scale shift[o, i]</c>.</summary>
    public static void Add(ArrayView<T> shift, ArrayView<TWide> y, GroupGrid grid, long first, long end, T scale)
    {
        TWide all = TOps.All(scale);
        for (long e = first + Stride.First(); e < end; e += Stride.Step()) y[e] = TOps.PlusProduct(y[e], all, Of(shift, grid, e));
    }

    /// <summary><c>result (+)= factor[o, i] x</c>.</summary>
    public static void Scale(
        ArrayView<T> factor, ArrayView<TWide> x, ArrayView<TWide> result, GroupGrid grid, long first, long end, int accumulate)
    {
        for (long e = first + Stride.First(); e < end; e += Stride.Step())
        {
            TWide each = Of(factor, grid, e);
            result[e] = accumulate != 0 ? TOps.PlusProduct(result[e], each, x[e]) : TOps.Product(each, x[e]);
        }
    }

    /// <summary>The groups' numbers for the elements of one load.</summary>
    private static TWide Of(ArrayView<T> numbers, GroupGrid grid, long load)
    {
        int element = (int)load * TOps.Lanes();
        TWide all = TOps.Zero();
        for (int lane = 0; lane < TOps.Lanes(); lane++) all = TOps.With(all, lane, numbers[grid.GroupOf(element + lane)]);
        return all;
    }
}
