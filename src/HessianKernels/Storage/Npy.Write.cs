using System.Numerics;

namespace HessianKernels.Storage;

public static partial class Npy
{
    /// <summary>
    /// Writes an array as a .npy file of its own element type, in C order and the machine's byte order. The file appears whole or not
    /// at all: it is written beside its place under another name, flushed to the disk, and moved.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="values">The elements in C order.</param>
    /// <param name="shape">Length of each axis, with the product of <paramref name="values"/>' length; empty for a scalar.</param>
    /// <param name="overwrite">True to replace what stands at <paramref name="path"/>; a symbolic link is replaced, not followed.</param>
    /// <exception cref="ArgumentException">The shape is invalid or its product is not the number of values.</exception>
    /// <exception cref="IOException">The file exists and is not to be replaced, or cannot be written; the message names the
    /// path.</exception>
    public static void Write<T>(string path, ReadOnlySpan<T> values, ReadOnlySpan<long> shape, bool overwrite = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NpyWriter<T>.RequireCount(values.Length, shape);
        using var writer = NpyWriter<T>.Create(path, shape, overwrite);
        writer.Write(values);
        writer.Complete();
    }

    /// <summary>Writes an array, header first, to a stream, which is left open. What stands there after an exception is
    /// undefined.</summary>
    /// <param name="stream">Written from where it stands; need not be seekable.</param>
    /// <param name="values">The elements in C order.</param>
    /// <param name="shape">Length of each axis, with the product of <paramref name="values"/>' length; empty for a scalar.</param>
    /// <exception cref="ArgumentException">The shape is invalid or its product is not the number of values.</exception>
    public static void Write<T>(Stream stream, ReadOnlySpan<T> values, ReadOnlySpan<long> shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NpyWriter<T>.RequireCount(values.Length, shape);
        using var writer = new NpyWriter<T>(stream, shape, leaveOpen: true);
        writer.Write(values);
        writer.Complete();
    }
}
