using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>Numbers moved, none changed: one at a time, or, where rows are whole numbers of loads, as many as 16 bytes hold.</summary>
/// <typeparam name="T">What one load brings.</typeparam>
internal static class LayoutKernels<T>
    where T : unmanaged
{
    /// <summary>Side of a tile of a transposition.</summary>
    public const int Tile = 32;

    /// <summary>
    /// <c>destination[b, c, r] = source[b, r, c]</c>, a tile a group, by way of shared memory: both sides are read and written along
    /// their rows. Grid <c>(batch x tiles of rows x tiles of columns)</c>.
    /// </summary>
    public static void Transpose(ArrayView<T> source, ArrayView<T> destination, int rows, int columns, int rowTiles, int columnTiles)
    {
        // One column more: a column's elements lie in different banks.
        ArrayView<T> tile = SharedMemory.Allocate<T>(Tile * (Tile + 1));
        int place = Grid.IdxX / columnTiles, column = (Grid.IdxX - place * columnTiles) * Tile, batch = place / rowTiles,
            row = (place - batch * rowTiles) * Tile;
        long first = (long)batch * rows * columns;
        for (int e = Group.IdxX; e < Tile * Tile; e += Group.DimX)
        {
            int r = e / Tile, c = e & (Tile - 1);
            if (row + r < rows & column + c < columns) tile[r * (Tile + 1) + c] = source[first + (long)(row + r) * columns + column + c];
        }

        Group.Barrier();
        for (int e = Group.IdxX; e < Tile * Tile; e += Group.DimX)
        {
            int c = e / Tile, r = e & (Tile - 1);
            if (row + r < rows & column + c < columns) destination[first + (long)(column + c) * rows + row + r] = tile[r * (Tile + 1) + c];
        }
    }

    /// <summary><c>destination[r, :] = source[r, :]</c>, rows a stride apart; grid <c>(chunks)</c>.</summary>
    public static void CopyRows(ArrayView<T> source, ArrayView<T> destination, int columns, long length, long sourceStride,
        long destinationStride)
    {
        for (long e = Stride.First(); e < length; e += Stride.Step())
        {
            int row = Stride.Quotient(e, columns), column = (int)(e - (long)row * columns);
            destination[row * destinationStride + column] = source[row * sourceStride + column];
        }
    }

    /// <summary><c>destination[r, :] = source[rows[r], :]</c>; grid <c>(chunks)</c>.</summary>
    public static void GatherRows(ArrayView<int> rows, ArrayView<T> source, ArrayView<T> destination, int columns, long length)
    {
        for (long e = Stride.First(); e < length; e += Stride.Step())
        {
            int row = Stride.Quotient(e, columns), column = (int)(e - (long)row * columns);
            destination[e] = source[(long)rows[row] * columns + column];
        }
    }
}
