using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HessianKernels.Storage;

/// <summary>
/// Writes arrays to a .npz file that <c>numpy.load</c> reads: a zip archive of .npy members.
/// </summary>
/// <remarks>
/// <see cref="Complete"/> puts the file in its place; disposed without it, the writer leaves neither the file nor its temporary.
/// Members carry the date 1980-01-01, as numpy's do: the same arrays give the same bytes. One thread at a time.
/// </remarks>
public sealed class NpzWriter : IDisposable
{
    private readonly AtomicFile _file;
    private readonly ZipArchive _archive;
    private readonly CompressionLevel _level;
    private readonly HashSet<string> _names = [];
    private string? _unfinished;
    private bool _complete;

    private NpzWriter(AtomicFile file, CompressionLevel level)
    {
        (_file, _level) = (file, level);
        _archive = new ZipArchive(file.Stream, ZipArchiveMode.Create, leaveOpen: true);
    }

    /// <summary>Starts an archive that appears at <paramref name="path"/> when it is complete.</summary>
    /// <param name="path">The file; until <see cref="Complete"/> a temporary in the same folder.</param>
    /// <param name="overwrite">True to replace a file that stands at <paramref name="path"/>.</param>
    /// <param name="compressed">True to deflate the members: slower to write and to read, and most floats hardly shrink.</param>
    /// <exception cref="IOException">The file exists and is not to be replaced, or cannot be written; the message names the
    /// path.</exception>
    public static NpzWriter Create(string path, bool overwrite = false, bool compressed = false) =>
        new(new AtomicFile(path, overwrite), compressed ? CompressionLevel.Optimal : CompressionLevel.NoCompression);

    /// <summary>Adds an array.</summary>
    /// <param name="name">Its name, without <c>.npy</c>.</param>
    /// <param name="values">The elements in C order.</param>
    /// <param name="shape">Length of each axis, with the product of <paramref name="values"/>' length; empty for a scalar.</param>
    /// <exception cref="ArgumentException">The name is empty or taken, or the shape invalid or its product not the number of
    /// values.</exception>
    /// <exception cref="InvalidOperationException">The archive is complete, or the array before is not.</exception>
    public void Write<T>(string name, ReadOnlySpan<T> values, ReadOnlySpan<long> shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NpyWriter<T>.RequireCount(values.Length, shape);
        using NpyWriter<T> writer = CreateRows<T>(name, shape);
        writer.Write(values);
        writer.Complete();
    }

    /// <summary>Adds an array of integers, numpy's <c>i8</c>.</summary>
    /// <inheritdoc cref="Write{T}"/>
    public void Write(string name, ReadOnlySpan<long> values, ReadOnlySpan<long> shape)
    {
        NpyHeader header = new(NpyElementType.Int64, shape, fortranOrder: false, BitConverter.IsLittleEndian);
        if (header.Count != values.Length)
            throw new ArgumentException(
                $"{values.Length} values given; shape {NpyHeader.ShapeText(shape)} has {header.Count}.", nameof(shape));
        using Stream member = CreateMember(name);
        member.Write(header.ToBytes());
        // The bytes of one call stay far below the 2^31 - 1 that a span can have.
        const int step = 1 << 24;
        for (; !values.IsEmpty; values = values[Math.Min(step, values.Length)..])
            member.Write(MemoryMarshal.AsBytes(values[..Math.Min(step, values.Length)]));
    }

    /// <summary>Starts an array to be written row by row. Complete it before the next, and before the archive.</summary>
    /// <param name="name">Its name, without <c>.npy</c>.</param>
    /// <param name="shape">Length of each axis; empty for a scalar.</param>
    /// <exception cref="ArgumentException">The name is empty or taken, or the shape is invalid.</exception>
    /// <exception cref="InvalidOperationException">The archive is complete, or the array before is not.</exception>
    public NpyWriter<T> CreateRows<T>(string name, ReadOnlySpan<long> shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NpyHeader header = NpyWriter<T>.HeaderOf(shape);
        Stream member = CreateMember(name);
        _unfinished = name;
        void Finish()
        {
            member.Dispose();
            _unfinished = null;
        }

        return new NpyWriter<T>(member, header, Finish, member);
    }

    /// <summary>Writes the archive's directory and puts the file in its place.</summary>
    /// <exception cref="InvalidOperationException">The archive is complete already, or its last array is not.</exception>
    /// <exception cref="IOException">The file cannot be put in its place.</exception>
    public void Complete()
    {
        RequireFinished();
        _archive.Dispose();
        _file.Commit();
        _complete = true;
    }

    /// <summary>Releases the file; without <see cref="Complete"/> before, nothing of it is left.</summary>
    public void Dispose()
    {
        // The archive is not closed where it is to be thrown away: that would write a directory, and could fail, for nothing.
        _file.Dispose();
    }

    private Stream CreateMember(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        RequireFinished();
        if (!_names.Add(name))
            throw new ArgumentException($"The archive has an array '{name}' already.", nameof(name));
        ZipArchiveEntry entry = _archive.CreateEntry(name + ".npy", _level);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return entry.Open();
    }

    private void RequireFinished()
    {
        if (_complete)
            throw new InvalidOperationException("The archive is complete.");
        if (_unfinished is not null)
            throw new InvalidOperationException($"The array '{_unfinished}' is not complete.");
    }
}
