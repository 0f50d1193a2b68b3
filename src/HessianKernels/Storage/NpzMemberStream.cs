using System.IO.Compression;

namespace HessianKernels.Storage;

/// <summary>
/// The uncompressed bytes of one member of an archive, read once from start to end. Damage is reported as
/// <see cref="NpyFormatException"/>; the checksum, which System.IO.Compression does not compare, is compared at the end.
/// </summary>
internal sealed class NpzMemberStream : Stream
{
    private readonly Stream _inner;
    private readonly string _file;
    private readonly uint _expected;
    private readonly IDisposable? _archive;
    private Crc32 _crc;
    private bool _atEnd;

    /// <param name="entry">The member.</param>
    /// <param name="file">The member's name for messages.</param>
    /// <param name="archive">Disposed with the stream.</param>
    public NpzMemberStream(ZipArchiveEntry entry, string file, IDisposable? archive)
    {
        (_file, _expected, _archive) = (file, entry.Crc32, archive);
        try
        {
            _inner = entry.Open();
        }
        catch (InvalidDataException e)
        {
            throw new NpyFormatException(file, "zip member", NpyFormatException.Quote(e.Message), "a stored or deflated member", e);
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int got;
        try
        {
            got = _inner.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new NpyFormatException(_file, "zip member", NpyFormatException.Quote(e.Message), "undamaged data", e);
        }

        _crc.Append(buffer[..got]);
        if (got == 0 && !buffer.IsEmpty && !_atEnd)
        {
            _atEnd = true;
            if (_crc.Value != _expected)
                throw new NpyFormatException(_file, "checksum", $"{_crc.Value:X8}", $"{_expected:X8}, which the archive states");
        }

        return got;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _archive?.Dispose();
        }

        base.Dispose(disposing);
    }
}
