using System.Numerics;
using System.Runtime.InteropServices;

namespace HessianKernels.Storage;

/// <summary>
/// Writes a .npy array piece by piece: the header first, from a shape known in advance, then its elements in C order.
/// </summary>
/// <remarks>
/// <see cref="Complete"/> puts the file in its place. Disposed without it (an exception, a cancellation), a writer made by
/// <see cref="Create"/> leaves neither the file nor its temporary. Elements are written in the machine's byte order. One thread at a time.
/// </remarks>
/// <example>
/// <code>
/// using var writer = NpyWriter&lt;double&gt;.Create("curve.npy", [rows, n]);
/// for (int i = 0; i &lt; rows; i++)
///     writer.Write(Row(i));
/// writer.Complete();
/// </code>
/// </example>
/// <typeparam name="T">float or double.</typeparam>
public sealed class NpyWriter<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Elements of one write call: their bytes stay far below the 2^31 - 1 that a span can have.
    private const int StepElements = 1 << 24;

    private readonly Stream _stream;
    private readonly IDisposable? _owned;
    private readonly Action? _commit;

    /// <summary>Writes the header to a stream. What stands there without <see cref="Complete"/> is undefined.</summary>
    /// <param name="stream">Written from where it stands; need not be seekable.</param>
    /// <param name="shape">Length of each axis; empty for a scalar.</param>
    /// <param name="leaveOpen">True to leave the stream open when the writer is disposed.</param>
    /// <exception cref="ArgumentException">The shape is invalid.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public NpyWriter(Stream stream, ReadOnlySpan<long> shape, bool leaveOpen = false)
        : this(stream, HeaderOf(shape), commit: null, leaveOpen ? null : stream)
    {
    }

    internal NpyWriter(Stream stream, NpyHeader header, Action? commit, IDisposable? owned)
    {
        (_stream, Header, _commit, _owned) = (stream, header, commit, owned);
        try
        {
            stream.Write(header.ToBytes());
        }
        catch
        {
            owned?.Dispose();
            throw;
        }
    }

    /// <summary>What stands at the file's start.</summary>
    public NpyHeader Header { get; }

    /// <summary>Elements written so far, of the <see cref="NpyHeader.Count"/> promised.</summary>
    public long Position { get; private set; }

    /// <summary>True after <see cref="Complete"/>.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Starts a file that appears at <paramref name="path"/> when it is complete.</summary>
    /// <param name="path">The file; until <see cref="Complete"/> a temporary in the same folder.</param>
    /// <param name="shape">Length of each axis; empty for a scalar.</param>
    /// <param name="overwrite">True to replace a file that stands at <paramref name="path"/>.</param>
    /// <exception cref="ArgumentException">The shape is invalid.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    /// <exception cref="IOException">The file exists and is not to be replaced, or cannot be written; the message names the
    /// path.</exception>
    public static NpyWriter<T> Create(string path, ReadOnlySpan<long> shape, bool overwrite = false)
    {
        NpyHeader header = HeaderOf(shape);
        var file = new AtomicFile(path, overwrite);
        return new NpyWriter<T>(file.Stream, header, file.Commit, file);
    }

    /// <summary>Writes the next elements in C order, any number of them: a row, several, or part of one.</summary>
    /// <exception cref="ArgumentException">More elements than the shape promised; none of these is written.</exception>
    /// <exception cref="InvalidOperationException">The array is complete.</exception>
    public void Write(ReadOnlySpan<T> values)
    {
        RequireIncomplete();
        if (values.Length > Header.Count - Position)
        {
            throw new ArgumentException(
                $"{Position} elements are written and {values.Length} more given; shape {NpyHeader.ShapeText(Header.Shape.AsSpan())} "
                + $"promised {Header.Count}.",
                nameof(values));
        }

        while (!values.IsEmpty)
        {
            ReadOnlySpan<T> step = values[..Math.Min(StepElements, values.Length)];
            _stream.Write(MemoryMarshal.AsBytes(step));
            Position += step.Length;
            values = values[step.Length..];
        }
    }

    /// <summary>Checks that every promised element was written, and puts the file in its place.</summary>
    /// <exception cref="InvalidOperationException">Elements are missing, or the array is complete already.</exception>
    /// <exception cref="IOException">The file cannot be put in its place.</exception>
    public void Complete()
    {
        RequireIncomplete();
        if (Position != Header.Count)
        {
            throw new InvalidOperationException(
                $"{Position} elements are written; shape {NpyHeader.ShapeText(Header.Shape.AsSpan())} promised {Header.Count}.");
        }

        _stream.Flush();
        _commit?.Invoke();
        IsComplete = true;
    }

    /// <summary>Releases the file; without <see cref="Complete"/> before, nothing of it is left.</summary>
    public void Dispose() => _owned?.Dispose();

    internal static NpyHeader HeaderOf(ReadOnlySpan<long> shape) =>
        new(ElementEncoding.TypeOf<T>(), shape, fortranOrder: false, BitConverter.IsLittleEndian);

    /// <summary>Throws, before anything is opened, where the shape does not hold that many values.</summary>
    internal static void RequireCount(int count, ReadOnlySpan<long> shape)
    {
        long promised = HeaderOf(shape).Count;
        if (promised != count)
            throw new ArgumentException($"{count} values given; shape {NpyHeader.ShapeText(shape)} has {promised}.", nameof(shape));
    }

    private void RequireIncomplete()
    {
        if (IsComplete)
            throw new InvalidOperationException("The array is complete.");
    }
}
