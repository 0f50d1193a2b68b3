using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// Products of symmetric matrices <c>[items, n, n]</c> with vectors, of which only the lower triangle is read: a tile of it serves the rows
/// it stands in and, transposed, the columns. Rows, vectors and slots lie a leading dimension apart, a whole number of loads of 16 bytes.
/// <code>
///  x_J  x_I                       sums [item, slot, n]: tile (I, J) fills rows I of slot J
///  +---+                          and, transposed, rows J of slot I; each place once
///  | J |
///  +---+---+
///  | IJ| I |   y_I += A_IJ x_J,  y_J += A_IJ^T x_I
///  +---+---+
/// </code>
/// </summary>
internal static class SymmetricKernels<T, TOps, TWide, TWideOps>
    where T : unmanaged
    where TOps : struct, IWide<T, T>
    where TWide : unmanaged
    where TWideOps : struct, IWide<T, TWide>
{
    /// <summary>Rows and columns of a tile, in shared memory with a column more, so that rows and columns are read without conflict.</summary>
    public const int Tile = 64;

    private const int Stride = Tile + 1, MostParts = Reduction.MostThreads / Tile;

    /// <summary>The products of every tile; grid <c>(items times tiles on and below the diagonal)</c>.</summary>
    /// <param name="matrices">The matrices.</param>
    /// <param name="x">The vectors.</param>
    /// <param name="sums">Where sums of tiles go; the result itself where there is one tile.</param>
    /// <param name="n">The order.</param>
    /// <param name="leading">Elements from one row, vector or slot to the next.</param>
    /// <param name="tiles">Tiles of a row.</param>
    public static void Multiply(ArrayView<T> matrices, ArrayView<T> x, ArrayView<T> sums, int n, int leading, int tiles)
    {
        ArrayView<T> tile = SharedMemory.Allocate<T>(Tile * Stride);
        ArrayView<T> above = SharedMemory.Allocate<T>(Tile);
        ArrayView<T> beside = SharedMemory.Allocate<T>(Tile);
        ArrayView<T> partial = SharedMemory.Allocate<T>(Tile * MostParts);
        int pairs = tiles * (tiles + 1) / 2, item = Grid.IdxX / pairs, pair = Grid.IdxX - item * pairs;
        int row = (int)((Math.Sqrt(8.0 * pair + 1) - 1) * 0.5);
        // The root may be out by one.
        if (row * (row + 1) / 2 > pair) row--;
        if ((row + 1) * (row + 2) / 2 <= pair) row++;
        int column = pair - row * (row + 1) / 2;
        int rows = IntrinsicMath.Min(Tile, n - row * Tile), columns = IntrinsicMath.Min(Tile, n - column * Tile);
        bool diagonal = row == column;
        long vector = (long)item * leading, at = ((long)item * n + row * Tile) * leading + column * Tile;
        int lanes = TWideOps.Lanes(), loads = Tile / lanes;
        for (int e = Group.IdxX; e < rows * loads; e += Group.DimX)
        {
            int i = e / loads, j = (e - i * loads) * lanes;
            // A tile below the diagonal has all its columns. On it a load that begins inside may end beyond: what it brings from there is not used.
            if (!diagonal | j <= i)
                TWideOps.Scatter(tile, i * Stride + j, AtOnce<T, TWide, TWideOps>.Load(matrices, at + (long)i * leading + j));
        }

        for (int e = Group.IdxX; e < Tile; e += Group.DimX)
        {
            above[e] = e < columns ? x[vector + column * Tile + e] : TOps.Zero();
            beside[e] = e < rows ? x[vector + row * Tile + e] : TOps.Zero();
        }

        Group.Barrier();
        int parts = IntrinsicMath.Max(1, Group.DimX / Tile), share = Tile / parts;
        for (int e = Group.IdxX; e < Tile * parts; e += Group.DimX)
        {
            int part = e / Tile, i = e - part * Tile;
            T sum = TOps.Zero();
            int last = IntrinsicMath.Min(diagonal ? IntrinsicMath.Min(columns, i + 1) : columns, (part + 1) * share);
            if (i < rows)
                for (int j = part * share; j < last; j++) sum = TOps.MinusScaled(sum, tile[i * Stride + j], above[j]);
            if (diagonal)
            {
                // The strict upper triangle is the lower one transposed.
                int end = IntrinsicMath.Min(rows, (part + 1) * share);
                for (int k = IntrinsicMath.Max(i + 1, part * share); k < end; k++) sum = TOps.MinusScaled(sum, tile[k * Stride + i], beside[k]);
            }

            partial[e] = sum;
        }

        Group.Barrier();
        long place = ((long)item * tiles + column) * leading + row * Tile;
        Finish(partial, sums, place, rows, parts);
        if (diagonal) return;
        for (int e = Group.IdxX; e < Tile * parts; e += Group.DimX)
        {
            int part = e / Tile, j = e - part * Tile;
            T sum = TOps.Zero();
            int last = IntrinsicMath.Min(rows, (part + 1) * share);
            for (int i = part * share; i < last; i++) sum = TOps.MinusScaled(sum, tile[i * Stride + j], beside[i]);
            partial[e] = sum;
        }

        Group.Barrier();
        Finish(partial, sums, ((long)item * tiles + row) * leading + column * Tile, columns, parts);
    }

    /// <summary><c>y[item, i] = sum_slots sums[item, slot, i]</c>; grid <c>(chunks, items)</c>.</summary>
    public static void FinishMultiply(ArrayView<T> sums, ArrayView<T> y, int n, int leading, int tiles)
    {
        for (int i = Grid.IdxX * Group.DimX + Group.IdxX; i < n; i += Grid.DimX * Group.DimX)
        {
            double sum = 0;
            long at = (long)Grid.IdxY * tiles * leading + i;
            for (int slot = 0; slot < tiles; slot++, at += leading) sum += TOps.Double(sums[at]);
            y[(long)Grid.IdxY * leading + i] = TOps.Rounded(sum);
        }
    }

    /// <summary>Minus the parts' sums: they were subtracted from zero.</summary>
    private static void Finish(ArrayView<T> partial, ArrayView<T> sums, long place, int count, int parts)
    {
        for (int i = Group.IdxX; i < count; i += Group.DimX)
        {
            double sum = 0;
            for (int part = 0; part < parts; part++) sum -= TOps.Double(partial[part * Tile + i]);
            sums[place + i] = TOps.Rounded(sum);
        }

        Group.Barrier();
    }
}
