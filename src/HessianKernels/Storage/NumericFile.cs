using System.Collections.Immutable;
using System.Numerics;

namespace HessianKernels.Storage;

/// <summary>A path that may be a .npy or a .npz file; which, its first bytes say, not its name.</summary>
public static class NumericFile
{
    /// <summary>Opens an array to be read row by row.</summary>
    /// <param name="path">A .npy or .npz file.</param>
    /// <param name="member">Which array of a .npz; may be left out where it holds one. Not allowed for a .npy.</param>
    /// <exception cref="NpyFormatException">The file is neither, or not readable, or holds no such array, or several and
    /// <paramref name="member"/> does not say which.</exception>
    /// <exception cref="IOException">The file cannot be opened; the message names the path.</exception>
    public static NpyReader Open(string path, string? member = null)
    {
        if (!IsArchive(path))
        {
            return member is null ? NpyReader.Open(path) : throw new NpyFormatException(
                path, "member", $"{NpyFormatException.Quote(member)} asked of a single array", "a .npz file");
        }

        NpzReader archive = NpzReader.Open(path);
        if (member is null && archive.Names.Length != 1)
        {
            archive.Dispose();
            throw new NpyFormatException(path, "member", NpzReader.Listed(archive.Names), "a name that says which, or a single member");
        }

        return archive.OpenRows(member ?? archive.Names[0], archive);
    }

    /// <summary>Reads an array whole, converted as by <see cref="Npy.Read{T}(string, IProgress{long}?, CancellationToken)"/>.</summary>
    /// <inheritdoc cref="Open"/>
    public static NpyArray<T> Read<T>(
        string path, string? member = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using NpyReader reader = Open(path, member);
        return Npy.ReadWhole<T>(reader, progress, cancellationToken);
    }

    /// <summary>Names of the arrays of a .npz file; empty for a .npy file, whose one array has no name.</summary>
    /// <exception cref="NpyFormatException">The file is neither.</exception>
    /// <exception cref="IOException">The file cannot be opened; the message names the path.</exception>
    public static ImmutableArray<string> Names(string path)
    {
        if (!IsArchive(path))
            return [];
        using NpzReader archive = NpzReader.Open(path);
        return archive.Names;
    }

    private static bool IsArchive(string path)
    {
        using FileStream stream = NpyReader.OpenFile(path);
        if (!stream.CanSeek)
            return false;
        Span<byte> first = stackalloc byte[4];
        int got = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        if (first[..got] is [0x93, ..])
            return false;
        if (first is [(byte)'P', (byte)'K', 3, 4] or [(byte)'P', (byte)'K', 5, 6])
            return true;
        string found = got == 0 ? "0 bytes" : Convert.ToHexString(first[..got]);
        throw new NpyFormatException(path, "magic", found, "934E554D5059 (.npy) or 504B0304 (.npz, a zip archive)");
    }
}
