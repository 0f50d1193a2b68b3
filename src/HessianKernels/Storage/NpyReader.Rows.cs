using System.Numerics;
using System.Runtime.InteropServices;

namespace HessianKernels.Storage;

public sealed partial class NpyReader
{
    // A conversion's buffer and the part of the destination it fills stay in a second-level cache.
    private const int BlockBytes = 1 << 17;

    // Bytes of one read call, below the 2^31 - 1 that a span of bytes can have.
    private const int MaxReadBytes = 1 << 30;

    /// <summary>Reads the next whole rows, in C order.</summary>
    /// <typeparam name="T">float or double; a file of the other type is converted: float to double exactly, double to float by rounding
    /// to nearest (infinite beyond float's range).</typeparam>
    /// <param name="destination">Room for at least one row, <c>[rows, RowLength]</c>; what does not hold a whole row is left alone.</param>
    /// <returns>Rows read: as many as fit and are left; 0 only at the end.</returns>
    /// <exception cref="ArgumentException">A row is left and <paramref name="destination"/> is shorter than one.</exception>
    /// <exception cref="InvalidOperationException">The position is within a row, or an earlier read failed.</exception>
    /// <exception cref="NotSupportedException">The file is in Fortran order: its rows are not contiguous. Or T is another type.</exception>
    /// <exception cref="NpyFormatException">The file ends early, is damaged, or goes on after its last element.</exception>
    public int ReadRows<T>(Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireRows();
        RequireUninterrupted();
        if (RowLength == 0 || Position == Header.Count)
            return SkipEmptyRows();
        if (Position % RowLength != 0)
            throw new InvalidOperationException($"Element {Position} is within a row of {RowLength}: read the rest of the row first.");
        if (destination.Length < RowLength)
            throw new ArgumentException($"Room for {destination.Length} elements; a row of {_file} has {RowLength}.", nameof(destination));

        int rows = (int)Math.Min(destination.Length / RowLength, (Header.Count - Position) / RowLength);
        ReadExactly(destination[..(rows * (int)RowLength)]);
        return rows;
    }

    /// <summary>
    /// Reads the next elements in the order of the file, whatever their rows: for rows longer than a span, and for files in
    /// Fortran order, whose order of reading is the C order of the transpose (all axes reversed).
    /// </summary>
    /// <typeparam name="T">float or double, converted as by <see cref="ReadRows"/>.</typeparam>
    /// <param name="destination">Filled from its start.</param>
    /// <returns>Elements read: the length of <paramref name="destination"/>, less only at the end of the array.</returns>
    /// <exception cref="InvalidOperationException">An earlier read failed.</exception>
    /// <exception cref="NotSupportedException">T is another type.</exception>
    /// <exception cref="NpyFormatException">The file ends early, is damaged, or goes on after its last element.</exception>
    public int ReadElements<T>(Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int count = (int)Math.Min(destination.Length, Header.Count - Position);
        ReadExactly(destination[..count]);
        return count;
    }

    /// <summary>Goes to the start of a row, so that a file can be read again or from its middle.</summary>
    /// <param name="row">0 to <see cref="RowCount"/>; the last is the end.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="row"/> is outside that range.</exception>
    /// <exception cref="NotSupportedException">The stream cannot seek, or the file is in Fortran order.</exception>
    public void SeekRow(long row)
    {
        RequireRows();
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(row, RowCount);
        SeekElement(row * RowLength);
        _emptyRowsSkipped = row;
        _interrupted = false;
    }

    private int SkipEmptyRows()
    {
        if (RowLength > 0)
            return 0;
        int rows = (int)Math.Min(RowCount - _emptyRowsSkipped, int.MaxValue);
        _emptyRowsSkipped += rows;
        return rows;
    }

    private void RequireRows()
    {
        if (RunsByColumns)
        {
            throw new NotSupportedException(
                $"{_file} is in Fortran order, so its rows are not contiguous: read it whole (Npy.Read puts it in C order), "
                + "or read its elements in file order, which is the C order of the transpose.");
        }
    }

    private void RequireUninterrupted()
    {
        if (_interrupted)
            throw new InvalidOperationException($"{_file}: an earlier read failed near element {Position}; the array cannot be read on.");
    }

    private void ReadExactly<T>(Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool sameType = ElementEncoding.TypeOf<T>() == Header.ElementType;
        RequireUninterrupted();
        if (destination.IsEmpty)
            return;

        bool swap = Header.LittleEndian != BitConverter.IsLittleEndian;
        int step = (sameType && !swap ? MaxReadBytes : BlockBytes) / Header.ElementSize;
        _interrupted = true;
        while (!destination.IsEmpty)
        {
            Span<T> block = destination[..Math.Min(step, destination.Length)];
            Span<byte> bytes = sameType
                ? MemoryMarshal.AsBytes(block)
                : (_buffer ??= new byte[BlockBytes]).AsSpan(0, block.Length * Header.ElementSize);
            Fill(bytes);
            if (swap)
                ElementEncoding.ReverseEndianness(bytes, Header.ElementType);
            if (!sameType)
                ElementEncoding.Convert(bytes, Header.ElementType, block);
            Position += block.Length;
            destination = destination[block.Length..];
        }

        if (Position == Header.Count)
            RequireEnd();
        _interrupted = false;
    }

    private void Fill(Span<byte> bytes)
    {
        int got = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (got < bytes.Length)
            throw WrongSize($"{(Position * Header.ElementSize) + got}");
    }

    /// <summary>
    /// Throws where the stream goes on. A seekable one was checked when it was opened; of another one, at most 64 KiB more are counted.
    /// Reading to the end is also what makes an archive compare a member's checksum.
    /// </summary>
    private void RequireEnd()
    {
        if (CanSeek)
            return;
        Span<byte> beyond = stackalloc byte[1];
        if (_stream.Read(beyond) == 0)
            return;
        var more = new byte[1 << 16];
        int count = 1 + _stream.ReadAtLeast(more, more.Length, throwOnEndOfStream: false);
        throw WrongSize($"{(count > more.Length ? "at least " : "")}{Header.DataBytes + count}");
    }
}
