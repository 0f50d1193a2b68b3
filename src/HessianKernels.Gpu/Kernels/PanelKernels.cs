using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>What was decided of an item; from 1 on, since ILGPU takes <c>c ? 2 : d ? 1 : 0</c> for a bool.</summary>
internal static class ItemState
{
    public const int Accepted = 1, Again = 2, InTheSpan = 3;
}

/// <summary>
/// A panel of vectors <c>[count, items, length]</c>, each a stride from the next, against one vector an item, and the decisions of Gram-Schmidt, taken on the device for
/// each item alone. Groups of items whose <c>state</c> asks for nothing leave at once.
/// </summary>
internal static class PanelKernels<T, TWide, TOps, TAccess>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
    where TAccess : struct, IAccess<T, TWide>
{
    /// <summary>Vectors that share one reading of y.</summary>
    public const int Tile = 4;

    /// <summary><c>partial[b, j, chunk] = sum v_j y</c>, j from 0 in this slab; grid <c>(items, tiles, chunks)</c>.</summary>
    /// <param name="panel">From the slab's first vector on.</param>
    /// <param name="y">The vectors.</param>
    /// <param name="partial">Room for <c>[items, 4 tiles, chunks]</c>.</param>
    /// <param name="state">Only items in state <paramref name="wanted"/> are worked on.</param>
    /// <param name="wanted">The state, or -1 for all.</param>
    /// <param name="count">Vectors in the slab.</param>
    /// <param name="length">Of a vector.</param>
    /// <param name="stride">From one vector to the next.</param>
    /// <param name="chunk">Elements a chunk.</param>
    public static void Project(
        ArrayView<T> panel, ArrayView<T> y, ArrayView<double> partial, ArrayView<int> state, int wanted, int count, int length, int stride, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        if (wanted >= 0 && state[Grid.IdxX] != wanted) return;
        Share share = Share.Of(length, chunk, TOps.Lanes());
        long item = (long)Grid.IdxX * stride, between = (long)Grid.DimX * stride, at = item + share.First;
        // The last tile's missing vectors are its last one once more.
        int first = Grid.IdxY * Tile, last = count - 1;
        long v0 = first * between;
        long v1 = IntrinsicMath.Min(first + 1, last) * between;
        long v2 = IntrinsicMath.Min(first + 2, last) * between;
        long v3 = IntrinsicMath.Min(first + 3, last) * between;
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (int i = 0; i < share.Loads; i++, at += share.Step)
        {
            TWide element = TAccess.Load(y, at);
            s0 += TOps.Dot(TAccess.Load(panel, v0 + at), element);
            s1 += TOps.Dot(TAccess.Load(panel, v1 + at), element);
            s2 += TOps.Dot(TAccess.Load(panel, v2 + at), element);
            s3 += TOps.Dot(TAccess.Load(panel, v3 + at), element);
        }

        if (share.Beyond >= 0)
        {
            at = item + share.Beyond;
            double element = TOps.Double(y[at]);
            s0 += TOps.Double(panel[v0 + at]) * element;
            s1 += TOps.Double(panel[v1 + at]) * element;
            s2 += TOps.Double(panel[v2 + at]) * element;
            s3 += TOps.Double(panel[v3 + at]) * element;
        }

        s0 = Reduction.Sum(shared, s0);
        s1 = Reduction.Sum(shared, s1);
        s2 = Reduction.Sum(shared, s2);
        s3 = Reduction.Sum(shared, s3);
        if (Group.IdxX != 0) return;
        at = ((long)Grid.IdxX * Grid.DimY * Tile + first) * Grid.DimZ + Grid.IdxZ;
        partial[at] = s0;
        partial[at + Grid.DimZ] = s1;
        partial[at + 2 * Grid.DimZ] = s2;
        partial[at + 3 * Grid.DimZ] = s3;
    }

    /// <summary><c>coefficients[j, b] = sum partial[b, j, .]</c>; grid <c>(items, count)</c>.</summary>
    public static void FinishProject(
        ArrayView<double> partial, ArrayView<int> state, int wanted, int chunks, int rows, ArrayView<T> coefficients)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        if (wanted >= 0 && state[Grid.IdxX] != wanted) return;
        long at = ((long)Grid.IdxX * rows + Grid.IdxY) * chunks;
        double sum = 0;
        for (int c = Group.IdxX; c < chunks; c += Group.DimX) sum += partial[at + c];
        sum = Reduction.Sum(shared, sum);
        if (Group.IdxX == 0) coefficients[(long)Grid.IdxY * Grid.DimX + Grid.IdxX] = TOps.Rounded(sum);
    }

    /// <summary><c>y -= sum_j c_j v_j</c>, and the squares of what is left; grid <c>(items, 1, chunks)</c>.</summary>
    public static void Subtract(
        ArrayView<T> panel, ArrayView<T> coefficients, ArrayView<T> y, ArrayView<double> partial, ArrayView<int> state, int wanted,
        int count, int length, int stride, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        if (wanted >= 0 && state[Grid.IdxX] != wanted) return;
        Share share = Share.Of(length, chunk, TOps.Lanes());
        long item = (long)Grid.IdxX * stride, at = item + share.First;
        SquareSum sum = new(0, 0, 0);
        for (int i = 0; i < share.Loads; i++, at += share.Step) sum = TOps.Squares(sum, Left<TAccess>(panel, coefficients, y, at, count, stride));
        if (share.Beyond >= 0) sum = TOps.Squares(sum, Left<Alone<T, TWide, TOps>>(panel, coefficients, y, item + share.Beyond, count, stride));
        sum = Reduction.Sum(shared, sum);
        if (Group.IdxX == 0) VectorKernels<T, TWide, TOps, TAccess>.Store(partial, (long)Grid.IdxX * Grid.DimZ + Grid.IdxZ, sum);
    }

    /// <summary>What is left of one load of y, which is replaced by it.</summary>
    private static TWide Left<TBy>(ArrayView<T> panel, ArrayView<T> coefficients, ArrayView<T> y, long at, int count, int stride)
        where TBy : struct, IAccess<T, TWide>
    {
        int batch = Grid.DimX, j = 0;
        long v = at, c = Grid.IdxX, between = (long)batch * stride;
        TWide element = TBy.Load(y, at);
        for (; j + Tile <= count; j += Tile)
        {
            element = TOps.MinusScaled(element, coefficients[c], TBy.Load(panel, v));
            element = TOps.MinusScaled(element, coefficients[c + batch], TBy.Load(panel, v + between));
            element = TOps.MinusScaled(element, coefficients[c + 2 * batch], TBy.Load(panel, v + 2 * between));
            element = TOps.MinusScaled(element, coefficients[c + 3 * batch], TBy.Load(panel, v + 3 * between));
            v += Tile * between;
            c += Tile * batch;
        }

        for (; j < count; j++)
        {
            element = TOps.MinusScaled(element, coefficients[c], TBy.Load(panel, v));
            v += between;
            c += batch;
        }

        TBy.Store(y, at, element);
        return element;
    }

    /// <summary>Without a basis: y stays, or is noise of the numbers it was computed from; grid <c>(items)</c>.</summary>
    public static void DecideAlone(ArrayView<double> before, ArrayView<T> reference, double noiseUnit, ArrayView<T> norm, ArrayView<int> state)
    {
        if (Group.IdxX != 0) return;
        int b = Grid.IdxX;
        double size = before[b];
        bool noise = size <= noiseUnit * TOps.Double(reference[b]);
        state[b] = noise ? ItemState.InTheSpan : ItemState.Accepted;
        norm[b] = TOps.Rounded(noise ? 0 : size);
    }

    /// <summary>After the first pass: accept, give up, or ask for a second; grid <c>(items)</c>.</summary>
    public static void DecideOnce(
        ArrayView<double> partial, int chunks, ArrayView<double> before, ArrayView<T> reference, double noiseUnit, double enough,
        ArrayView<double> once, ArrayView<T> norm, ArrayView<T> secondPasses, ArrayView<int> state)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        double after = VectorKernels<T, TWide, TOps, TAccess>.Norm(shared, partial, chunks);
        if (Group.IdxX != 0) return;
        int b = Grid.IdxX;
        double size = before[b], noise = noiseUnit * IntrinsicMath.Max(size, TOps.Double(reference[b]));
        // A NaN fails every comparison: it is handed on as it is.
        int next = after <= noise ? ItemState.InTheSpan : after < enough * size ? ItemState.Again : ItemState.Accepted;
        state[b] = next;
        once[b] = after;
        norm[b] = TOps.Rounded(next == ItemState.InTheSpan ? 0 : after);
        if (next == ItemState.Again) secondPasses[b] = TOps.Rounded(TOps.Double(secondPasses[b]) + 1);
    }

    /// <summary>After the second pass of those that were asked for one; grid <c>(items)</c>.</summary>
    public static void DecideTwice(
        ArrayView<double> partial, int chunks, ArrayView<double> before, ArrayView<T> reference, double noiseUnit, double enough,
        ArrayView<double> once, ArrayView<T> norm, ArrayView<int> state)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        int b = Grid.IdxX;
        double twice = VectorKernels<T, TWide, TOps, TAccess>.Norm(shared, partial, chunks);
        if (Group.IdxX != 0) return;
        if (state[b] != ItemState.Again) return;
        double noise = noiseUnit * IntrinsicMath.Max(before[b], TOps.Double(reference[b]));
        bool nothing = twice < enough * once[b] | twice <= noise;
        norm[b] = TOps.Rounded(nothing ? 0 : twice);
        state[b] = nothing ? ItemState.InTheSpan : ItemState.Again;
    }

    /// <summary><c>coefficients += second</c> of those that took a second pass; grid <c>(items)</c>.</summary>
    public static void AddSecond(ArrayView<T> second, ArrayView<T> coefficients, ArrayView<int> state, int count)
    {
        if (state[Grid.IdxX] != ItemState.Again) return;
        for (int j = Group.IdxX; j < count; j += Group.DimX)
        {
            long at = (long)j * Grid.DimX + Grid.IdxX;
            coefficients[at] = TOps.Rounded(TOps.Double(coefficients[at]) + TOps.Double(second[at]));
        }
    }

    /// <summary>Clears the vectors that lay in the span; grid <c>(items, 1, chunks)</c>.</summary>
    public static void Clear(ArrayView<T> y, ArrayView<int> state, int length, int stride, int chunk)
    {
        if (state[Grid.IdxX] != ItemState.InTheSpan) return;
        Share share = Share.Of(length, chunk, TOps.Lanes());
        long item = (long)Grid.IdxX * stride, at = item + share.First;
        for (int i = 0; i < share.Loads; i++, at += share.Step) TAccess.Store(y, at, TOps.Zero());
        if (share.Beyond >= 0) Alone<T, TWide, TOps>.Store(y, item + share.Beyond, TOps.Zero());
    }

    /// <summary>
    /// <c>result[r, b, i] = sum_j coefficients[j, r, b] v_j[b, from + i]</c> for a stretch of the positions; grid <c>(items, results, chunks)</c>.
    /// </summary>
    /// <param name="panel">The vectors, from the stretch's first position on.</param>
    /// <param name="coefficients"><c>[count, results, items]</c>.</param>
    /// <param name="result"><c>[results, items, stretch]</c>.</param>
    /// <param name="count">Vectors combined.</param>
    /// <param name="stretch">Positions.</param>
    /// <param name="stride">From one vector to the next.</param>
    /// <param name="resultStride">From one result to the next.</param>
    /// <param name="chunk">Positions a chunk.</param>
    public static void Combine(
        ArrayView<T> panel, ArrayView<T> coefficients, ArrayView<T> result, int count, int stretch, int stride, int resultStride, int chunk)
    {
        Share share = Share.Of(stretch, chunk, TOps.Lanes());
        int at = share.First;
        for (int i = 0; i < share.Loads; i++, at += share.Step) Combine<TAccess>(panel, coefficients, result, count, stride, resultStride, at);
        if (share.Beyond >= 0) Combine<Alone<T, TWide, TOps>>(panel, coefficients, result, count, stride, resultStride, share.Beyond);
    }

    private static void Combine<TBy>(
        ArrayView<T> panel, ArrayView<T> coefficients, ArrayView<T> result, int count, int stride, int resultStride, int at)
        where TBy : struct, IAccess<T, TWide>
    {
        long row = (long)Grid.IdxY * Grid.DimX + Grid.IdxX, v = (long)Grid.IdxX * stride + at, c = row;
        long between = (long)Grid.DimX * stride, perVector = (long)Grid.DimY * Grid.DimX;
        TWide sum = TOps.Zero();
        // Minus the sum, since there is one operation for both, and its sign at the end.
        for (int j = 0; j < count; j++)
        {
            sum = TOps.MinusScaled(sum, coefficients[c], TBy.Load(panel, v));
            v += between;
            c += perVector;
        }

        TBy.Store(result, row * resultStride + at, TOps.Times(sum, -1));
    }

    /// <summary>Brings a stretch of results that waited elsewhere to its place; grid <c>(items, results, chunks)</c>.</summary>
    public static void Place(ArrayView<T> waiting, ArrayView<T> result, int stretch, int waitingStride, int resultStride, int chunk)
    {
        Share share = Share.Of(stretch, chunk, TOps.Lanes());
        long row = (long)Grid.IdxY * Grid.DimX + Grid.IdxX, from = row * waitingStride, to = row * resultStride;
        int at = share.First;
        for (int i = 0; i < share.Loads; i++, at += share.Step) TAccess.Store(result, to + at, TAccess.Load(waiting, from + at));
        if (share.Beyond >= 0) result[to + share.Beyond] = waiting[from + share.Beyond];
    }
}
