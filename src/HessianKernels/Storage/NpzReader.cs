using System.Collections.Immutable;
using System.IO.Compression;
using System.Numerics;

namespace HessianKernels.Storage;

/// <summary>Reads the arrays of a .npz file: a zip archive of .npy members, stored or deflated.</summary>
/// <remarks>Members are read from the one open file: one thread at a time.</remarks>
public sealed class NpzReader : IDisposable
{
    private const string Extension = ".npy";

    private readonly ZipArchive _archive;
    private readonly string _file;
    private readonly long _archiveBytes;

    /// <summary>Reads the directory of an archive.</summary>
    /// <param name="stream">Seekable; the whole archive.</param>
    /// <param name="leaveOpen">True to leave the stream open when the reader is disposed.</param>
    /// <param name="name">What messages call the stream; its path where it is a file.</param>
    /// <exception cref="NpyFormatException">It is not a zip archive, or two members have one name.</exception>
    /// <exception cref="ArgumentException">The stream is not seekable: the directory stands at the end.</exception>
    public NpzReader(Stream stream, bool leaveOpen = false, string? name = null)
    {
        _file = name ?? NpyReader.NameOf(stream);
        if (!stream.CanSeek)
            throw new ArgumentException($"{_file} is not seekable, and an archive's directory stands at its end.", nameof(stream));
        _archiveBytes = stream.Length;
        try
        {
            _archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen);
            Names = [.. _archive.Entries.Where(IsArray).Select(entry => entry.FullName[..^Extension.Length])];
        }
        catch (Exception e)
        {
            _archive?.Dispose();
            if (!leaveOpen)
                stream.Dispose();
            if (e is InvalidDataException)
                throw new NpyFormatException(_file, "archive", NpyFormatException.Quote(e.Message), "a zip archive", e);
            throw;
        }

        if (_archive.Entries.GroupBy(entry => entry.FullName).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            _archive.Dispose();
            throw new NpyFormatException(
                _file, "archive", $"{twice.Count()} members {NpyFormatException.Quote(twice.Key)}", "each name once");
        }
    }

    /// <summary>Names of the arrays, without <c>.npy</c>, in the order of the archive.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Opens a .npz file and reads its directory.</summary>
    /// <exception cref="NpyFormatException">It is not a zip archive, or two members have one name.</exception>
    /// <exception cref="IOException">The file cannot be opened; the message names the path.</exception>
    public static NpzReader Open(string path) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16));

    /// <summary>Reads one array whole, converted as by <see cref="Npy.Read{T}(string, IProgress{long}?, CancellationToken)"/>.</summary>
    /// <param name="name">Its name, with or without <c>.npy</c>.</param>
    /// <param name="progress">Told the number of elements read so far.</param>
    /// <param name="cancellationToken">Looked at every 2^20 elements.</param>
    /// <exception cref="NpyFormatException">There is no such member (the message lists those there are), or it is damaged, or not a
    /// readable array, or of another size than its shape says.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double, or the array has more elements than a .NET array.</exception>
    public NpyArray<T> Read<T>(string name, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using NpyReader reader = OpenRows(name);
        return Npy.ReadWhole<T>(reader, progress, cancellationToken);
    }

    /// <summary>Opens one array to be read row by row, once. It reads from this archive, which must stay open meanwhile.</summary>
    /// <param name="name">Its name, with or without <c>.npy</c>.</param>
    /// <exception cref="NpyFormatException">As for <see cref="Read{T}"/>.</exception>
    public NpyReader OpenRows(string name) => OpenRows(name, archive: null);

    /// <summary>The same for an array of any real numbers: integers of 8 to 64 bits and bool are read too, and converted to the type
    /// asked for by rounding to nearest.</summary>
    /// <inheritdoc cref="OpenRows(string)"/>
    public NpyReader OpenNumbers(string name) => OpenRows(name, archive: null, integers: true);

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    /// <param name="name">The member.</param>
    /// <param name="archive">Disposed with the returned reader, or at once where this throws.</param>
    /// <param name="integers">Whether an array of integers is read too.</param>
    internal NpyReader OpenRows(string name, IDisposable? archive, bool integers = false)
    {
        NpzMemberStream stream;
        long length;
        string file = $"{_file}[{name}]";
        try
        {
            ZipArchiveEntry entry = _archive.GetEntry(name) ?? _archive.GetEntry(name + Extension) ?? throw new NpyFormatException(
                _file, "archive", Listed(Names), $"a member {NpyFormatException.Quote(name)}");
            length = entry.Length;
            stream = new NpzMemberStream(entry, file, archive);
        }
        catch
        {
            archive?.Dispose();
            throw;
        }

        // The directory's word for a length is as good as a header's: checked against the shape, but memory is taken on no more
        // evidence than the bytes the archive really has, and grows from there as data arrive.
        return new NpyReader(stream, file, length, Math.Min(length, _archiveBytes), stream, integers);
    }

    /// <summary>A list of members for a message.</summary>
    internal static string Listed(ImmutableArray<string> names) => names.IsEmpty
        ? "no members"
        : $"the members {string.Join(", ", names.Take(20).Select(name => NpyFormatException.Quote(name)))}"
            + (names.Length > 20 ? $" and {names.Length - 20} more" : "");

    private static bool IsArray(ZipArchiveEntry entry) => entry.FullName.EndsWith(Extension, StringComparison.Ordinal);
}
