using System.Collections.Immutable;

namespace HessianKernels.Storage;

/// <summary>What a .npy file says of its array: element type, byte order, axis order and shape.</summary>
/// <remarks>Two headers are equal where all four are, axis for axis.</remarks>
public sealed partial record NpyHeader
{
    /// <summary>Most axes an array may have: what every release of numpy reads.</summary>
    public const int MaxRank = 32;

    /// <summary>A header that is consistent: every axis at least 0, and the array's size in bytes below 2^63.</summary>
    /// <param name="elementType">What one element is.</param>
    /// <param name="shape">Length of each axis, at most <see cref="MaxRank"/> of them; empty for a scalar.</param>
    /// <param name="fortranOrder">True where the first axis runs fastest in the file.</param>
    /// <param name="littleEndian">True where the lowest byte of an element comes first.</param>
    /// <exception cref="ArgumentException">An axis is negative, there are too many, or the array has 2^63 bytes or more.</exception>
    public NpyHeader(NpyElementType elementType, ReadOnlySpan<long> shape, bool fortranOrder = false, bool littleEndian = true)
    {
        ElementType = elementType;
        ElementSize = ElementEncoding.SizeOf(elementType);
        if (!TryCount(shape, ElementSize, out long count, out string requirement))
            throw new ArgumentException($"shape {ShapeText(shape)}: expected {requirement}.", nameof(shape));
        Shape = [.. shape];
        Count = count;
        FortranOrder = fortranOrder;
        LittleEndian = littleEndian;
    }

    /// <summary>What one element is.</summary>
    public NpyElementType ElementType { get; }

    /// <summary>True where the lowest byte of an element comes first (<c>'&lt;'</c>), false for <c>'&gt;'</c>.</summary>
    public bool LittleEndian { get; }

    /// <summary>True where the first axis runs fastest in the file, false where the last does (C order).</summary>
    public bool FortranOrder { get; }

    /// <summary>Length of each axis; empty for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Number of axes, 0 to <see cref="MaxRank"/>.</summary>
    public int Rank => Shape.Length;

    /// <summary>Number of elements: the product of the axes, 1 for a scalar.</summary>
    public long Count { get; }

    /// <summary>Bytes of one element, 1 to 8.</summary>
    public int ElementSize { get; }

    /// <summary>Bytes of all elements, without the header.</summary>
    public long DataBytes => Count * ElementSize;

    /// <summary>Length of the first axis, 1 for a scalar.</summary>
    public long RowCount => Rank == 0 ? 1 : Shape[0];

    /// <summary>Elements of one row, that is one index of the first axis: the product of the other axes.</summary>
    public long RowLength
    {
        get
        {
            long length = 1;
            for (int axis = 1; axis < Rank; axis++)
                length *= Shape[axis];
            return length;
        }
    }

    /// <summary>True where C and Fortran order are the same: at most one axis is longer than 1, or nothing is stored.</summary>
    internal bool OrderIsImmaterial => Count == 0 || Shape.Count(static length => length > 1) <= 1;

    /// <summary>Whether all four properties are equal.</summary>
    public bool Equals(NpyHeader? other) =>
        other is not null && ElementType == other.ElementType && LittleEndian == other.LittleEndian
        && FortranOrder == other.FortranOrder && Shape.AsSpan().SequenceEqual(other.Shape.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(ElementType);
        hash.Add(LittleEndian);
        hash.Add(FortranOrder);
        foreach (long length in Shape)
            hash.Add(length);
        return hash.ToHashCode();
    }

    /// <summary>
    /// The product of the axes, where it makes sense. The limit is on the product without zeros, as in numpy, so that the length of
    /// a row is representable even where there are no rows.
    /// </summary>
    internal static bool TryCount(ReadOnlySpan<long> shape, int elementSize, out long count, out string requirement)
    {
        count = 0;
        requirement = "";
        if (shape.Length > MaxRank)
        {
            requirement = $"at most {MaxRank} axes";
            return false;
        }

        UInt128 bytes = (UInt128)elementSize;
        bool empty = false;
        foreach (long length in shape)
        {
            if (length < 0)
            {
                requirement = "no axis below 0";
                return false;
            }

            empty |= length == 0;
            bytes *= (UInt128)Math.Max(length, 1);
            if (bytes > long.MaxValue)
            {
                requirement = $"a size of at most {long.MaxValue} bytes, with {elementSize} bytes an element";
                return false;
            }
        }

        count = empty ? 0 : (long)bytes / elementSize;
        return true;
    }

    /// <summary>A shape as Python writes a tuple: <c>()</c>, <c>(5,)</c>, <c>(3, 4)</c>.</summary>
    internal static string ShapeText(ReadOnlySpan<long> shape) =>
        shape.Length == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape.ToArray())})";
}
