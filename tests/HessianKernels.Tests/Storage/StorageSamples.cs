using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace HessianKernels.Tests.Storage;

/// <summary>Files to test with: numpy's fixtures, hand-made headers, and values that float32 holds exactly.</summary>
internal static class StorageSamples
{
    public static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "npy", name);

    /// <summary>Element i of every fixture, in C order.</summary>
    public static double Value(long i) => (i * 0.75) - 2.5;

    public static T[] Values<T>(long count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. Enumerable.Range(0, (int)count).Select(i => T.CreateChecked(Value(i)))];

    /// <summary>A .npy file with that header text, rightly framed, and that many bytes of data.</summary>
    public static byte[] Framed(string header, int dataBytes = 0, byte version = 1) =>
        Framed(Encoding.Latin1.GetBytes(header), dataBytes, version);

    public static byte[] Framed(byte[] header, int dataBytes = 0, byte version = 1)
    {
        int lengthBytes = version == 1 ? 2 : 4;
        var bytes = new byte[8 + lengthBytes + header.Length + dataBytes];
        byte[] start = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', version, 0];
        start.CopyTo(bytes, 0);
        if (version == 1)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)header.Length);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), (uint)header.Length);
        header.CopyTo(bytes, 8 + lengthBytes);
        return bytes;
    }

    public static string Dict(string shape, string descr = "'<f8'", string order = "False") =>
        $"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n";
}

/// <summary>A folder of its own for a test, removed after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("npy-tests-").FullName;

    public string this[string name] => Path.Combine(_path, name);

    public string[] Files => [.. Directory.GetFileSystemEntries(_path).Select(path => Path.GetFileName(path)!).Order()];

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}

/// <summary>A stream without length or position that gives a few bytes a read, as a pipe does.</summary>
internal sealed class PipeStream(byte[] bytes, int most = 7) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int got = Math.Min(Math.Min(most, count), bytes.Length - _at);
        Array.Copy(bytes, _at, buffer, offset, got);
        _at += got;
        return got;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
