using System.Numerics;

namespace HessianKernels.Storage;

/// <summary>Reads and writes whole arrays as .npy files. For arrays larger than memory: <see cref="NpyReader"/>,
/// <see cref="NpyWriter{T}"/>.</summary>
public static partial class Npy
{
    // Elements between two looks at the cancellation token.
    private const int StepElements = 1 << 20;

    /// <summary>Reads a .npy file of float32 or float64, in either byte order and either axis order, into C order.</summary>
    /// <typeparam name="T">float or double; a file of the other type is converted: float to double exactly, double to float by rounding
    /// to nearest (infinite beyond float's range).</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told the number of elements read so far.</param>
    /// <param name="cancellationToken">Looked at every 2^20 elements.</param>
    /// <returns>The array. Memory: its size once; twice for a moment where the file is in Fortran order.</returns>
    /// <exception cref="NpyFormatException">The file is not a readable .npy file, or is shorter or longer than its shape says.</exception>
    /// <exception cref="NotSupportedException">T is another type, or the array has more elements than a .NET array: stream it.</exception>
    /// <exception cref="IOException">The file cannot be opened; the message names the path.</exception>
    public static NpyArray<T> Read<T>(
        string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using NpyReader reader = NpyReader.Open(path);
        return ReadWhole<T>(reader, progress, cancellationToken);
    }

    /// <summary>
    /// Reads a .npy array from a stream that ends with it. The stream need not be seekable and is left open. Where its length is
    /// unknown, memory is taken as data arrives, not as the header promises.
    /// </summary>
    /// <inheritdoc cref="Read{T}(string, IProgress{long}?, CancellationToken)"/>
    public static NpyArray<T> Read<T>(
        Stream stream, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var reader = new NpyReader(stream, leaveOpen: true);
        return ReadWhole<T>(reader, progress, cancellationToken);
    }

    /// <summary>What a .npy file says of its array, checked against the file's length; its elements are not read.</summary>
    /// <exception cref="NpyFormatException">The file is not a readable .npy file, or is shorter or longer than its shape says.</exception>
    /// <exception cref="IOException">The file cannot be opened; the message names the path.</exception>
    public static NpyHeader ReadHeader(string path)
    {
        using NpyReader reader = NpyReader.Open(path);
        return reader.Header;
    }

    /// <summary>Reads all that a fresh reader holds.</summary>
    internal static NpyArray<T> ReadWhole<T>(NpyReader reader, IProgress<long>? progress, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NpyHeader header = reader.Header;
        _ = ElementEncoding.TypeOf<T>();
        if (header.Count > Array.MaxLength)
        {
            throw new NotSupportedException(
                $"{reader.File}: {header.Count} elements are more than the {Array.MaxLength} of one array: "
                + "stream it with NpyReader.ReadRows.");
        }

        int count = (int)header.Count;
        var values = GC.AllocateUninitializedArray<T>((int)Math.Min(count, Math.Max(StepElements / 8, reader.AllocatableCount)));
        for (int done = 0; done < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (done == values.Length)
                Array.Resize(ref values, (int)Math.Min(count, 2L * values.Length));
            done += reader.ReadElements(values.AsSpan(done, Math.Min(StepElements, values.Length - done)));
            progress?.Report(done);
        }

        if (!header.FortranOrder || header.OrderIsImmaterial)
            return new NpyArray<T>(values, header);
        var rows = GC.AllocateUninitializedArray<T>(count);
        FortranOrder.ToRowOrder<T>(values, rows, header.Shape.AsSpan());
        return new NpyArray<T>(rows, header);
    }
}
