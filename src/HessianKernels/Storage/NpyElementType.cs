namespace HessianKernels.Storage;

/// <summary>
/// What a .npy file holds: the two element types this library computes with, and those of labels and images, which are read where a door
/// says so (<see cref="NpzReader.OpenNumbers"/>) and converted.
/// </summary>
public enum NpyElementType
{
    /// <summary>IEEE binary32, numpy's <c>f4</c>: 4 bytes an element.</summary>
    Float32,

    /// <summary>IEEE binary64, numpy's <c>f8</c>: 8 bytes an element.</summary>
    Float64,

    /// <summary>numpy's <c>b1</c>: a byte, 0 or 1.</summary>
    Bool,

    /// <summary>numpy's <c>i1</c>.</summary>
    Int8,

    /// <summary>numpy's <c>u1</c>.</summary>
    UInt8,

    /// <summary>numpy's <c>i2</c>.</summary>
    Int16,

    /// <summary>numpy's <c>u2</c>.</summary>
    UInt16,

    /// <summary>numpy's <c>i4</c>.</summary>
    Int32,

    /// <summary>numpy's <c>u4</c>.</summary>
    UInt32,

    /// <summary>numpy's <c>i8</c>.</summary>
    Int64,

    /// <summary>numpy's <c>u8</c>.</summary>
    UInt64,
}
