using System.Buffers.Binary;
using System.IO.Compression;
using HessianKernels.Storage;

namespace HessianKernels.Networks.Data;

/// <summary>The bytes of a file, plain or compressed by gzip, which its first two bytes tell; read once, from start to end.</summary>
internal sealed class ByteFile : IDisposable
{
    private readonly FileStream _file;
    private readonly Stream _stream;
    private readonly bool _compressed;
    private readonly byte[] _trailer = new byte[8];
    private Crc32 _crc;
    private long _position;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public ByteFile(string path)
    {
        Path = path;
        _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        Span<byte> first = stackalloc byte[2];
        _compressed = _file.ReadAtLeast(first, 2, throwOnEndOfStream: false) == 2 && first is [0x1F, 0x8B];
        if (_compressed && _file.Length >= _trailer.Length)
        {
            _file.Position = _file.Length - _trailer.Length;
            _file.ReadExactly(_trailer);
        }

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
            if (!_compressed) return got;
            _crc.Append(bytes[..got]);
            if (got < bytes.Length) RequireTrailer();
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
        // Reading to the end is also what compares the checksum.
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

    /// <summary>The decompressor takes a stream that ends before its checksum for whole.</summary>
    private void RequireTrailer()
    {
        uint sum = BinaryPrimitives.ReadUInt32LittleEndian(_trailer), length = BinaryPrimitives.ReadUInt32LittleEndian(_trailer.AsSpan(4));
        if (sum == _crc.Value && length == (uint)_position) return;
        throw new DataFormatException(
            Path, "gzip", $"{_position} unpacked bytes with the checksum {_crc.Value:X8}",
            $"{length} bytes and {sum:X8}, as the file's last 8 bytes say, which may be missing");
    }

    private string Unpacked => _compressed ? " once unpacked" : "";
}
