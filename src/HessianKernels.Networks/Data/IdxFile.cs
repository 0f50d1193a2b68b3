using System.Buffers.Binary;

namespace HessianKernels.Networks.Data;

/// <summary>
/// A file of bytes in the IDX format, plain or gzip, opened and its header read:
/// <code>
///  00 00 08 rank | length of each axis, big-endian uint32 | the bytes, the last axis fastest
/// </code>
/// </summary>
/// <remarks>The format also knows other element types; the files of digits and clothes hold bytes (08).</remarks>
internal sealed class IdxFile : IDisposable
{
    private readonly ByteFile _file;
    private readonly string _whole;

    /// <param name="path">The file.</param>
    /// <param name="rank">Axes it must have: 3 for images, 1 for labels.</param>
    /// <exception cref="DataFormatException">The header is not that of such a file, or the file's length not what it says.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public IdxFile(string path, int rank)
    {
        _file = new(path);
        try
        {
            int headerBytes = 4 + 4 * rank;
            string least = $"an IDX header of {headerBytes} bytes";
            Span<byte> header = stackalloc byte[headerBytes];
            _file.Read(header[..4], "magic", least);
            string expected = $"0000080{rank} (bytes in {rank} {(rank == 1 ? "axis" : "axes")})";
            if (header[0] != 0 || header[1] != 0 || header[2] != 8 || header[3] != rank)
                throw new DataFormatException(path, "magic", Convert.ToHexString(header[..4]), expected);
            _file.Read(header[4..], "header", least);
            Int128 total = 1;
            Shape = new int[rank];
            for (int axis = 0; axis < rank; axis++)
            {
                uint length = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + 4 * axis)..]);
                if (length is 0 or > int.MaxValue)
                    throw new DataFormatException(path, $"axis {axis}", $"length {length}", $"1 to {int.MaxValue}");
                Shape[axis] = (int)length;
                total *= length;
            }

            _whole = $"{headerBytes + total} bytes for shape {string.Join(" x ", Shape)}";
            if (_file.Length is { } found && found != headerBytes + total)
                throw new DataFormatException(path, "data", $"{found} bytes", _whole);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Length of each axis.</summary>
    public int[] Shape { get; }

    public string Path => _file.Path;

    /// <summary>The next bytes.</summary>
    public void Read(Span<byte> bytes) => _file.Read(bytes, "data", _whole);

    /// <summary>Throws where more follows than the header says.</summary>
    public void RequireEnd() => _file.RequireEnd("data", _whole);

    public void Dispose() => _file.Dispose();
}
