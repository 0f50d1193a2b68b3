namespace HessianKernels;

/// <summary>What a Lanczos run will allocate, in bytes, known before it does.</summary>
/// <param name="Workspace">The basis, the stored products if any, and the small dense work.</param>
/// <param name="Result">Eigenvalues, vectors and evidence.</param>
public readonly record struct LanczosMemory(long Workspace, long Result)
{
    /// <summary>All of it.</summary>
    public long Total => Workspace + Result;
}
