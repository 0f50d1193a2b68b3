namespace HessianKernels.Storage;

/// <summary>What a .npy file holds: the two element types this library computes with.</summary>
public enum NpyElementType
{
    /// <summary>IEEE binary32, numpy's <c>f4</c>: 4 bytes an element.</summary>
    Float32,

    /// <summary>IEEE binary64, numpy's <c>f8</c>: 8 bytes an element.</summary>
    Float64,
}
