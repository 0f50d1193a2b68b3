using System.IO.Compression;

namespace HessianKernels.Networks.Data;

/// <summary>The bytes of a file, plain or compressed by gzip, which its first two bytes tell; read once, from start to end.</summary>
internal sealed class ByteFile : IDisposable
{
    private readonly FileStream _file;
    private readonly Stream _stream;
    private readonly bool _compressed;
    private long _position;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public ByteFile(string path)
    {
        Path = path;
        _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        Span<byte> first = stackalloc byte[2];
        _compressed = _file.ReadAtLeast(first, 2, throwOnEndOfStream: false) == 2 && first is [0x1F, 0x8B];
        _file.Position = 0;
        _stream = _compressed ? new GZipStream(_file, CompressionMode.Decompress) : _file;
    }

    public string Path { get; }

    /// <summary>Bytes there are, where that is known before they are read.</summary>
    public long? Length => _compressed ? null : _file.Length;

    /// <summary>Fills a span.</summary>
    /// <param name="bytes">As long as what is wanted.</param>
    /// <param name="field">What is read, for the message.</param>
    /// <param name="expected">How many bytes the file should have, and why.</param>
    /// <exception cref="DataFormatException">The file ends before, or its compressed form is damaged.</exception>
    public void Read(Span<byte> bytes, string field, string expected)
    {
        int got = ReadSome(bytes);
        if (got < bytes.Length) throw new DataFormatException(Path, field, $"{_position} bytes{Unpacked}", expected);
    }

    /// <summary>As many bytes as there are left, at most a span's.</summary>
    public int ReadSome(Span<byte> bytes)
    {
        try
        {
            int got = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _position += got;
            return got;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            string found = $"damage after {_position} unpacked bytes ({e.Message.TrimEnd('.')})";
            throw new DataFormatException(Path, "gzip", found, "a whole compressed file", e);
        }
    }

    /// <summary>Throws where the file goes on.</summary>
    public void RequireEnd(string field, string expected)
    {
        // Reading to the end is also what makes the decompressor compare the checksum.
        byte[] rest = new byte[1 << 16];
        int more = ReadSome(rest);
        if (more == 0) return;
        long found = Length ?? _position;
        string least = _compressed && more == rest.Length ? "at least " : "";
        throw new DataFormatException(Path, field, $"{least}{found} bytes{Unpacked}", expected);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    private string Unpacked => _compressed ? " once unpacked" : "";
}
