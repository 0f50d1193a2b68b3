using System.Numerics;

namespace HessianKernels.Storage;

public sealed partial class NpyReader
{
    /// <summary>
    /// Reads a block of columns: the elements from <paramref name="firstColumn"/> on of the last axis, for every index of the axes before
    /// it.
    /// <code>
    ///            firstColumn
    ///                |
    ///  line 0   . . . 0 0 0 0 . . .        destination: 0 0 0 0 1 1 1 1 2 2 2 2
    ///  line 1   . . . 1 1 1 1 . . .
    ///  line 2   . . . 2 2 2 2 . . .
    /// </code>
    /// </summary>
    /// <remarks>One read a line: blocks of 64 KiB or more a line are read at about the speed of the whole. Afterwards the position is that
    /// of row 0.</remarks>
    /// <typeparam name="T">float or double, converted as by <see cref="ReadRows"/>.</typeparam>
    /// <param name="firstColumn">From 0, below the length of the last axis.</param>
    /// <param name="columns">How many, at least 1.</param>
    /// <param name="destination"><c>[lines, columns]</c>: its length is their product.</param>
    /// <exception cref="ArgumentException">The columns are not all there, or <paramref name="destination"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">An earlier read failed.</exception>
    /// <exception cref="NotSupportedException">The stream cannot seek, the file is in Fortran order, or T is another type.</exception>
    /// <exception cref="NpyFormatException">The file ends early.</exception>
    public void ReadColumns<T>(long firstColumn, int columns, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireRows();
        RequireUninterrupted();
        long length = Header.Rank == 0 ? 1 : Header.Shape[^1];
        ArgumentOutOfRangeException.ThrowIfNegative(firstColumn);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (firstColumn > length - columns)
            throw new ArgumentOutOfRangeException(
                nameof(firstColumn), firstColumn, $"Columns {firstColumn} to {firstColumn + columns - 1} of {length} were asked for.");
        long lines = Header.Count / length;
        if (destination.Length != lines * columns)
            throw new ArgumentException($"Room for {destination.Length} elements; {lines} lines of {columns} columns are {lines * columns}.", nameof(destination));
        for (int line = 0; line < lines; line++)
        {
            SeekElement(line * length + firstColumn);
            ReadExactly(destination.Slice(line * columns, columns));
        }

        SeekRow(0);
    }

    private void SeekElement(long element)
    {
        if (!CanSeek)
            throw new NotSupportedException($"{_file} cannot be read out of order: open it again, or keep it as a plain .npy file.");
        Position = element;
        _stream.Position = _dataStart + (Position * Header.ElementSize);
    }
}
