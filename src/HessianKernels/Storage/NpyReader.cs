namespace HessianKernels.Storage;

/// <summary>
/// Reads a .npy array piece by piece into the caller's memory, without holding the file: whole rows in C order, or elements in the
/// order of the file.
/// </summary>
/// <remarks>
/// A row is one index of the first axis: one vector of an (m, n) array, one matrix of a (batch, n, n) array, the single element
/// of a scalar. Where the stream's length is known, it is checked against the shape when the file is opened; where it is not, when the
/// last element has been read. One thread at a time.
/// </remarks>
/// <example>
/// <code>
/// using var reader = NpyReader.Open("hessian.npy");
/// var rows = new double[64 * reader.RowLength];
/// for (int count; (count = reader.ReadRows&lt;double&gt;(rows)) > 0;)
///     Use(rows.AsSpan(0, count * (int)reader.RowLength));
/// </code>
/// </example>
public sealed partial class NpyReader : IDisposable
{
    private readonly Stream _stream;
    private readonly IDisposable? _owned;
    private readonly string _file;
    private readonly long _dataStart;
    private byte[]? _buffer;
    private bool _interrupted;

    // Rows without elements still count, once each, so that a loop over rows sees them and ends.
    private long _emptyRowsSkipped;

    /// <summary>Reads the header of a stream that stands at its start and ends with the array.</summary>
    /// <param name="stream">Seekable or not; read from where it stands to its end.</param>
    /// <param name="leaveOpen">True to leave the stream open when the reader is disposed.</param>
    /// <param name="name">What messages call the stream; its path where it is a file.</param>
    /// <exception cref="NpyFormatException">The stream does not hold a readable array, or not the number of bytes its shape
    /// needs.</exception>
    public NpyReader(Stream stream, bool leaveOpen = false, string? name = null)
        : this(stream, name ?? NameOf(stream), stream.CanSeek ? stream.Length - stream.Position : null, null, leaveOpen ? null : stream)
    {
    }

    /// <param name="stream">Stands at the magic.</param>
    /// <param name="file">The name for messages.</param>
    /// <param name="length">Bytes of the stream that are said to be there.</param>
    /// <param name="evidence">Bytes that may be allocated on that word; null for all of <paramref name="length"/>.</param>
    /// <param name="owned">Disposed with the reader, and at once where this constructor throws.</param>
    /// <param name="integers">Whether an array of integers is read too.</param>
    internal NpyReader(Stream stream, string file, long? length, long? evidence, IDisposable? owned, bool integers = false)
    {
        (_stream, _file, _owned) = (stream, file, owned);
        try
        {
            Header = NpyHeader.Parse(stream, file, length, out long headerBytes, integers);
            RowLength = Header.RowLength;
            if (length is { } known && known - headerBytes != Header.DataBytes)
                throw WrongSize($"{known - headerBytes}");
            _dataStart = stream.CanSeek ? stream.Position : 0;
            AllocatableCount = Math.Min(evidence ?? length ?? 0, Header.DataBytes) / Header.ElementSize;
            if (Header.Count == 0)
                RequireEnd();
        }
        catch
        {
            owned?.Dispose();
            throw;
        }
    }

    /// <summary>What the file says of the array.</summary>
    public NpyHeader Header { get; }

    /// <summary>Number of rows: the length of the first axis, 1 for a scalar.</summary>
    public long RowCount => Header.RowCount;

    /// <summary>Elements in a row: the product of the other axes.</summary>
    public long RowLength { get; }

    /// <summary>Elements read so far, or skipped by <see cref="SeekRow"/>; the next read starts at this one.</summary>
    public long Position { get; private set; }

    /// <summary>True where <see cref="SeekRow"/> works: a file, but not a member of a .npz.</summary>
    public bool CanSeek => _stream.CanSeek;

    /// <summary>Elements that are surely there, so that memory may be taken for them before they are read.</summary>
    internal long AllocatableCount { get; }

    /// <summary>The file's name as messages show it.</summary>
    internal string File => _file;

    /// <summary>Opens a .npy file and reads its header.</summary>
    /// <exception cref="NpyFormatException">The file is not a readable .npy file, or is shorter or longer than its shape says.</exception>
    /// <exception cref="IOException">The file cannot be opened; the message names the path.</exception>
    public static NpyReader Open(string path) => new(OpenFile(path));

    /// <summary>The same for an array of any real numbers: integers of 8 to 64 bits and bool are read too, and converted to the type
    /// asked for by rounding to nearest.</summary>
    /// <inheritdoc cref="Open"/>
    public static NpyReader OpenNumbers(string path)
    {
        FileStream stream = OpenFile(path);
        return new(stream, path, stream.CanSeek ? stream.Length : null, null, stream, integers: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _owned?.Dispose();

    /// <summary>A file opened for one pass. No buffer of its own: reads go straight into the caller's span.</summary>
    internal static FileStream OpenFile(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    internal static string NameOf(Stream stream) => stream is FileStream file ? file.Name : "stream";

    private NpyFormatException WrongSize(string found) => new(
        _file,
        "data",
        $"{found} bytes",
        $"{Header.DataBytes} bytes for shape {NpyHeader.ShapeText(Header.Shape.AsSpan())} at {Header.ElementSize} bytes an element");
}
