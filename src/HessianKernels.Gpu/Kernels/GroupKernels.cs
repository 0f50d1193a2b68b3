using System.Numerics;
using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// Sums over the groups of a tensor <c>[Outer, Count, Inner]</c>, taken in double, in an order that the
/// shape and the size of a group of threads alone decide.
/// </summary>
internal static class GroupKernels<T, TOps>
    where T : unmanaged, INumber<T>
    where TOps : struct, IWide<T, T>
{
    /// <summary>
    /// <c>sum_c x (y)</c> of each group, or of a chunk of it; grid <c>(tiles, chunks)</c>, or fewer tiles than there are. A group of
    /// threads is cut into X by Y by Z: X threads stand on neighbouring groups along Inner, Y on the elements of one, Z along Outer.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="y">The other factor; not read where <paramref name="squared"/> is 0.</param>
    /// <param name="partial"><c>[groups, chunks]</c>; not written where there is one chunk.</param>
    /// <param name="result"><c>[groups]</c>, then.</param>
    /// <param name="grid">The shape, and how it is cut.</param>
    /// <param name="scale">What the sum is multiplied by.</param>
    /// <param name="squared">1 where products are summed.</param>
    /// <param name="accumulate">1 where the result is added to.</param>
    public static void Sum(
        ArrayView<T> x, ArrayView<T> y, ArrayView<double> partial, ArrayView<T> result, GroupGrid grid, double scale, int squared,
        int accumulate)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        int me = Group.IdxX, lanes = 1 << grid.LaneShift, lane = (me >> grid.InnerShift) & (lanes - 1), first = Grid.IdxY * grid.Chunk;
        int deep = Group.DimX >> (grid.InnerShift + grid.LaneShift);
        for (int tile = Grid.IdxX; tile < grid.Tiles; tile += Grid.DimX)
        {
            int row = tile / grid.InnerTiles, column = (tile - row * grid.InnerTiles) << grid.InnerShift;
            int inner = column + (me & ((1 << grid.InnerShift) - 1));
            int outer = row * deep + (me >> (grid.InnerShift + grid.LaneShift));
            bool inside = inner < grid.Inner & outer < grid.Outer;
            int c = first + lane, end = inside ? IntrinsicMath.Min(first + grid.Chunk, grid.Count) : 0;
            long at = ((long)outer * grid.Count + c) * grid.Inner + inner, step = (long)lanes * grid.Inner;
            double even = 0, odd = 0;
            for (; c + lanes < end; c += 2 * lanes)
            {
                even += squared != 0 ? TOps.Dot(x[at], y[at]) : TOps.Double(x[at]);
                odd += squared != 0 ? TOps.Dot(x[at + step], y[at + step]) : TOps.Double(x[at + step]);
                at += 2 * step;
            }

            if (c < end) even += squared != 0 ? TOps.Dot(x[at], y[at]) : TOps.Double(x[at]);
            double sum = OverLanes(shared, even + odd, grid.InnerShift, lane, lanes);
            long to = (long)outer * grid.Inner + inner;
            if (inside & lane == 0)
            {
                if (grid.Chunks == 1) Store(result, to, scale * sum, accumulate);
                else partial[to * grid.Chunks + Grid.IdxY] = sum;
            }
        }
    }

    /// <summary>The sums of a group's chunks; grid <c>(tiles of groups)</c>, so many lanes on each group.</summary>
    public static void FinishSum(ArrayView<double> partial, ArrayView<T> result, int groups, int chunks, int laneShift, double scale,
        int accumulate)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        int lanes = 1 << laneShift, lane = Group.IdxX & (lanes - 1);
        int group = Grid.IdxX * (Group.DimX >> laneShift) + (Group.IdxX >> laneShift);
        int end = group < groups ? chunks : 0;
        double sum = 0;
        for (int c = lane; c < end; c += lanes) sum += partial[(long)group * chunks + c];
        sum = OverLanes(shared, sum, 0, lane, lanes);
        if (group < groups & lane == 0) Store(result, group, scale * sum, accumulate);
    }

    /// <summary>The sum over lanes that stand 2^shift threads apart, by halves; lane 0 has it.</summary>
    private static double OverLanes(ArrayView<double> shared, double value, int shift, int lane, int lanes)
    {
        if (lanes == 1) return value;
        int me = Group.IdxX;
        // Whoever reads an earlier sum here reads only its own.
        shared[me] = value;
        Group.Barrier();
        for (int half = lanes / 2; half > 0; half /= 2)
        {
            if (lane < half) shared[me] += shared[me + (half << shift)];
            Group.Barrier();
        }

        return shared[me];
    }

    private static void Store(ArrayView<T> result, long at, double value, int accumulate)
    {
        if (accumulate != 0) value += TOps.Double(result[at]);
        result[at] = TOps.Rounded(value);
    }
}

/// <summary>A tensor <c>[Outer, Count, Inner]</c>, and how its groups are cut among threads.</summary>
internal readonly struct GroupGrid(int outer, int count, int inner)
{
    public readonly int Outer = outer, Count = count, Inner = inner;

    /// <summary>Elements; fewer than 2^31.</summary>
    public readonly int Length = checked(outer * count * inner);

    /// <summary>Elements of one outer index.</summary>
    public readonly int Block = checked(count * inner);

    /// <summary>The logarithm of the threads that stand side by side along Inner.</summary>
    public int InnerShift { get; init; }

    /// <summary>The logarithm of the threads that share a group.</summary>
    public int LaneShift { get; init; }

    /// <summary>Tiles of 2^InnerShift along Inner.</summary>
    public int InnerTiles { get; init; }

    /// <summary>Tiles of groups in all.</summary>
    public int Tiles { get; init; }

    /// <summary>Elements of a group that one group of threads adds up.</summary>
    public int Chunk { get; init; }

    /// <summary>Chunks of a group.</summary>
    public int Chunks { get; init; }

    /// <summary>
    /// The group that an element belongs to. Divisions are skipped where the shape needs none: it is the same for all threads.
    /// </summary>
    public int GroupOf(int element)
    {
        int outer = Outer == 1 ? 0 : element / Block, rest = Inner == 1 ? 0 : element % Inner;
        return outer * Inner + rest;
    }
}
