using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HessianKernels.Storage;

/// <summary>A .npy file of lines (all axes but the last) by columns (the last axis), block of columns by block of columns.</summary>
/// <remarks>
/// Numbers that lie as the processor has them are used where they lie, in the system's pages of the file: nothing is copied, and the
/// system is asked for the next block's pages while this one is used. Others are read into a buffer and converted. To go on reading what
/// another program has meanwhile cut off would end the process, as with every mapped file: the length is looked at before every block.
/// </remarks>
internal sealed unsafe class NpyColumnBlocks<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Pages that were touched count as the program's memory until the view goes; a new view for each block would cost a tenth of a
    // product's time.
    private const long BytesOfView = 128L << 20;

    private readonly NpyReader _reader;
    private readonly MemoryMappedFile? _map;
    private readonly int _lines, _most;
    private readonly long _columns;
    private MemoryMappedViewAccessor? _view;
    private T* _elements;
    private long _touched;
    private T[]? _buffer;

    /// <param name="reader">Stands at the first element.</param>
    /// <param name="lines">The product of all axes but the last.</param>
    /// <param name="most">Columns of a block, 1 or more.</param>
    public NpyColumnBlocks(NpyReader reader, int lines, int most)
    {
        (_reader, _lines, _columns) = (reader, lines, reader.Header.Shape[^1]);
        _most = (int)Math.Min(most, _columns);
        Transposed = reader.RunsByColumns;
        _map = reader.TryMap<T>();
    }

    /// <summary>Whether a column is one piece, its lines in Fortran order: the first axis runs fastest.</summary>
    public bool Transposed { get; }

    /// <summary>The block's first column.</summary>
    public long First { get; private set; }

    /// <summary>The block's columns; 0 before the first block and after the last.</summary>
    public int Columns { get; private set; }

    /// <summary>The block's first element, good until the next block is asked for.</summary>
    public T* Start { get; private set; }

    /// <summary>Elements from a line to the next, or, where transposed, from a column to the next.</summary>
    public nint Stride { get; private set; }

    /// <summary>Goes on to the next block; false at the end.</summary>
    /// <exception cref="NpyFormatException">The file has become shorter, or could not be read on.</exception>
    public bool MoveNext()
    {
        First += Columns;
        Columns = (int)Math.Min(_most, _columns - First);
        if (Columns == 0) return false;
        if (_map is null) Read();
        else Map(_map);
        return true;
    }

    public void Dispose()
    {
        Release();
        _map?.Dispose();
    }

    private void Map(MemoryMappedFile map)
    {
        _reader.RequireWhole();
        if (_view is null || _touched > BytesOfView) Renew(map);
        _touched += (long)_lines * Columns * sizeof(T);
        Start = _elements + First * (Transposed ? _lines : 1);
        Stride = Transposed ? _lines : (nint)_columns;
        int next = (int)Math.Min(_most, _columns - First - Columns);
        if (next == 0) return;
        if (Transposed) FileAdvice.WillNeed(Start + (nint)Columns * _lines, (nint)next * _lines * sizeof(T));
        else for (int line = 0; line < _lines; line++) FileAdvice.WillNeed(Start + line * Stride + Columns, (nint)next * sizeof(T));
    }

    private void Renew(MemoryMappedFile map)
    {
        Release();
        _view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* file = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref file);
        _elements = (T*)(file + _view.PointerOffset + _reader.DataStart);
        _touched = 0;
    }

    private void Read()
    {
        _buffer ??= GC.AllocateUninitializedArray<T>(_lines * _most, pinned: true);
        Span<T> elements = _buffer.AsSpan(0, _lines * Columns);
        if (Transposed) _ = _reader.ReadElements(elements);
        else _reader.ReadColumns(First, Columns, elements);
        Start = (T*)Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0);
        Stride = Transposed ? _lines : Columns;
    }

    private void Release()
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _view = null;
    }
}
