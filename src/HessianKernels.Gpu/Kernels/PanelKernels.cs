using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// A panel of vectors <c>[count, items, length]</c> against one vector an item, and the decisions of Gram-Schmidt, taken on the device for
/// each item alone. Groups of items whose <c>state</c> asks for nothing leave at once.
/// </summary>
internal static class PanelKernels<T, TWide, TOps>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
{
    /// <summary>Vectors that share one reading of y.</summary>
    public const int Tile = 4;

    /// <summary>States of an item; from 1 on, since ILGPU takes <c>c ? 2 : d ? 1 : 0</c> for a bool.</summary>
    public const int Accepted = 1, Again = 2, InTheSpan = 3;

    /// <summary><c>partial[b, j, chunk] = sum v_j y</c>, j from 0 in this slab; grid <c>(items, tiles, chunks)</c>.</summary>
    /// <param name="panel">From the slab's first vector on.</param>
    /// <param name="y">The vectors.</param>
    /// <param name="partial">Room for <c>[items, 4 tiles, chunks]</c>.</param>
    /// <param name="state">Only items in state <paramref name="wanted"/> are worked on.</param>
    /// <param name="wanted">The state, or -1 for all.</param>
    /// <param name="count">Vectors in the slab.</param>
    /// <param name="length">Of a vector.</param>
    /// <param name="chunk">Elements a chunk.</param>
    public static void Project(
        ArrayView<TWide> panel, ArrayView<TWide> y, ArrayView<double> partial, ArrayView<int> state, int wanted, int count, int length, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        if (wanted >= 0 && state[Grid.IdxX] != wanted) return;
        long item = (long)Grid.IdxX * length, stride = (long)Grid.DimX * length;
        int first = Grid.IdxY * Tile, start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, length);
        // The last tile's missing vectors are its last one once more.
        int last = count - 1;
        long v0 = first * stride + item;
        long v1 = IntrinsicMath.Min(first + 1, last) * stride + item;
        long v2 = IntrinsicMath.Min(first + 2, last) * stride + item;
        long v3 = IntrinsicMath.Min(first + 3, last) * stride + item;
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (int i = start + Group.IdxX; i < end; i += Group.DimX)
        {
            TWide element = y[item + i];
            s0 += TOps.Dot(panel[v0 + i], element);
            s1 += TOps.Dot(panel[v1 + i], element);
            s2 += TOps.Dot(panel[v2 + i], element);
            s3 += TOps.Dot(panel[v3 + i], element);
        }

        s0 = Reduction.Sum(shared, s0);
        s1 = Reduction.Sum(shared, s1);
        s2 = Reduction.Sum(shared, s2);
        s3 = Reduction.Sum(shared, s3);
        if (Group.IdxX != 0) return;
        long at = ((long)Grid.IdxX * Grid.DimY * Tile + first) * Grid.DimZ + Grid.IdxZ;
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
        ArrayView<TWide> panel, ArrayView<T> coefficients, ArrayView<TWide> y, ArrayView<double> partial, ArrayView<int> state, int wanted,
        int count, int length, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        if (wanted >= 0 && state[Grid.IdxX] != wanted) return;
        int batch = Grid.DimX;
        long item = (long)Grid.IdxX * length, stride = (long)batch * length;
        int start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, length);
        SquareSum sum = new(0, 0, 0);
        for (int i = start + Group.IdxX; i < end; i += Group.DimX)
        {
            TWide element = y[item + i];
            long v = item + i, c = Grid.IdxX;
            int j = 0;
            for (; j + Tile <= count; j += Tile)
            {
                element = TOps.MinusScaled(element, coefficients[c], panel[v]);
                element = TOps.MinusScaled(element, coefficients[c + batch], panel[v + stride]);
                element = TOps.MinusScaled(element, coefficients[c + 2 * batch], panel[v + 2 * stride]);
                element = TOps.MinusScaled(element, coefficients[c + 3 * batch], panel[v + 3 * stride]);
                v += Tile * stride;
                c += Tile * batch;
            }

            for (; j < count; j++)
            {
                element = TOps.MinusScaled(element, coefficients[c], panel[v]);
                v += stride;
                c += batch;
            }

            y[item + i] = element;
            sum = TOps.Squares(sum, element);
        }

        sum = Reduction.Sum(shared, sum);
        if (Group.IdxX == 0) VectorKernels<T, TWide, TOps>.Store(partial, (long)Grid.IdxX * Grid.DimZ + Grid.IdxZ, sum);
    }

    /// <summary>Without a basis: y stays, or is noise of the numbers it was computed from; grid <c>(items)</c>.</summary>
    public static void DecideAlone(ArrayView<double> before, ArrayView<T> reference, double noiseUnit, ArrayView<T> norm, ArrayView<int> state)
    {
        if (Group.IdxX != 0) return;
        int b = Grid.IdxX;
        double size = before[b];
        bool noise = size <= noiseUnit * TOps.Double(reference[b]);
        state[b] = noise ? InTheSpan : Accepted;
        norm[b] = TOps.Rounded(noise ? 0 : size);
    }

    /// <summary>After the first pass: accept, give up, or ask for a second; grid <c>(items)</c>.</summary>
    public static void DecideOnce(
        ArrayView<double> partial, int chunks, ArrayView<double> before, ArrayView<T> reference, double noiseUnit, double enough,
        ArrayView<double> once, ArrayView<T> norm, ArrayView<T> secondPasses, ArrayView<int> state)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        double after = VectorKernels<T, TWide, TOps>.Norm(shared, partial, chunks);
        if (Group.IdxX != 0) return;
        int b = Grid.IdxX;
        double size = before[b], noise = noiseUnit * IntrinsicMath.Max(size, TOps.Double(reference[b]));
        // A NaN fails every comparison: it is handed on as it is.
        int next = after <= noise ? InTheSpan : after < enough * size ? Again : Accepted;
        state[b] = next;
        once[b] = after;
        norm[b] = TOps.Rounded(next == InTheSpan ? 0 : after);
        if (next == Again) secondPasses[b] = TOps.Rounded(TOps.Double(secondPasses[b]) + 1);
    }

    /// <summary>After the second pass of those that were asked for one; grid <c>(items)</c>.</summary>
    public static void DecideTwice(
        ArrayView<double> partial, int chunks, ArrayView<double> before, ArrayView<T> reference, double noiseUnit, double enough,
        ArrayView<double> once, ArrayView<T> norm, ArrayView<int> state)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        int b = Grid.IdxX;
        double twice = VectorKernels<T, TWide, TOps>.Norm(shared, partial, chunks);
        if (Group.IdxX != 0) return;
        if (state[b] != Again) return;
        double noise = noiseUnit * IntrinsicMath.Max(before[b], TOps.Double(reference[b]));
        bool nothing = twice < enough * once[b] | twice <= noise;
        norm[b] = TOps.Rounded(nothing ? 0 : twice);
        state[b] = nothing ? InTheSpan : Again;
    }

    /// <summary><c>coefficients += second</c> of those that took a second pass; grid <c>(items)</c>.</summary>
    public static void AddSecond(ArrayView<T> second, ArrayView<T> coefficients, ArrayView<int> state, int count)
    {
        if (state[Grid.IdxX] != Again) return;
        for (int j = Group.IdxX; j < count; j += Group.DimX)
        {
            long at = (long)j * Grid.DimX + Grid.IdxX;
            coefficients[at] = TOps.Rounded(TOps.Double(coefficients[at]) + TOps.Double(second[at]));
        }
    }

    /// <summary>Clears the vectors that lay in the span; grid <c>(items, 1, chunks)</c>.</summary>
    public static void Clear(ArrayView<TWide> y, ArrayView<int> state, int length, int chunk)
    {
        if (state[Grid.IdxX] != InTheSpan) return;
        long item = (long)Grid.IdxX * length;
        int start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, length);
        for (int i = start + Group.IdxX; i < end; i += Group.DimX) y[item + i] = TOps.Zero();
    }

    /// <summary>
    /// <c>result[r, b, i] = sum_j coefficients[j, r, b] v_j[b, from + i]</c> for a stretch of the positions; grid <c>(items, results, chunks)</c>.
    /// </summary>
    /// <param name="panel">The vectors.</param>
    /// <param name="coefficients"><c>[count, results, items]</c>.</param>
    /// <param name="result"><c>[results, items, resultLength]</c>.</param>
    /// <param name="count">Vectors combined.</param>
    /// <param name="length">Of a vector.</param>
    /// <param name="from">The stretch's first position.</param>
    /// <param name="stretch">Its positions.</param>
    /// <param name="resultLength">Of a result's vector: the length, or where results wait elsewhere the longest stretch.</param>
    /// <param name="resultFrom">Where the stretch begins in it.</param>
    /// <param name="chunk">Positions a chunk.</param>
    public static void Combine(
        ArrayView<TWide> panel, ArrayView<T> coefficients, ArrayView<TWide> result, int count, int length, int from, int stretch,
        int resultLength, int resultFrom, int chunk)
    {
        int batch = Grid.DimX, results = Grid.DimY;
        long item = (long)Grid.IdxX * length + from, stride = (long)batch * length, between = (long)results * batch;
        long made = ((long)Grid.IdxY * batch + Grid.IdxX) * resultLength + resultFrom;
        int start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, stretch);
        for (int i = start + Group.IdxX; i < end; i += Group.DimX)
        {
            TWide sum = TOps.Zero();
            long v = item + i, c = (long)Grid.IdxY * batch + Grid.IdxX;
            // Minus the sum, since there is one operation for both, and its sign at the end.
            for (int j = 0; j < count; j++)
            {
                sum = TOps.MinusScaled(sum, coefficients[c], panel[v]);
                v += stride;
                c += between;
            }

            result[made + i] = TOps.Times(sum, -1);
        }
    }

    /// <summary>Brings a stretch of results that waited elsewhere to its place; grid <c>(items, results, chunks)</c>.</summary>
    public static void Place(ArrayView<TWide> waiting, ArrayView<TWide> result, int length, int from, int stretch, int longest, int chunk)
    {
        long row = (long)Grid.IdxY * Grid.DimX + Grid.IdxX;
        int start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, stretch);
        for (int i = start + Group.IdxX; i < end; i += Group.DimX) result[row * length + from + i] = waiting[row * longest + i];
    }
}
