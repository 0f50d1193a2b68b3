using System.Collections.Immutable;
using System.Numerics;

namespace HessianKernels.Storage;

/// <summary>An array read whole: its elements in C order, its shape, and what its file said.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class NpyArray<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal NpyArray(T[] values, NpyHeader header)
    {
        (Values, Header) = (values, header);
    }

    /// <summary>The elements in C order, whatever the order of the file; as many as the product of <see cref="Shape"/>.</summary>
    public T[] Values { get; }

    /// <summary>Length of each axis; empty for a scalar.</summary>
    public ImmutableArray<long> Shape => Header.Shape;

    /// <summary>What the file said: its element type, byte order and axis order may differ from those of <see cref="Values"/>.</summary>
    public NpyHeader Header { get; }
}
