namespace HessianKernels.Krylov;

/// <summary>How two subspaces are to be compared.</summary>
public sealed record SubspaceOptions
{
    /// <summary>The defaults.</summary>
    public static SubspaceOptions Default { get; } = new();

    /// <summary>
    /// Whether the vectors given are any that span the subspaces, to be orthonormalised first; those that depend on others to rounding are dropped, and the dimension is the
    /// rank that is left. False by default: the vectors are orthonormal, which is checked.
    /// </summary>
    public bool Orthonormalize { get; init; }

    /// <summary>
    /// Most that ||I - V^T V||_F of either basis may be; angles are about as accurate as that is small. By default the square root of the element type's epsilon: 1.5e-8 in
    /// double, 3.5e-4 in float.
    /// </summary>
    public double? OrthogonalityTolerance { get; init; }

    /// <summary>Most threads used; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    /// <summary>Names what is wrong, with what was found and what was expected.</summary>
    internal void Check()
    {
        if (OrthogonalityTolerance is { } tolerance && !(tolerance >= 0))
            throw new ArgumentOutOfRangeException(
                nameof(OrthogonalityTolerance), tolerance, $"Found OrthogonalityTolerance = {tolerance}; expected a number of at least 0.");
        if (Threads < 0) throw new ArgumentOutOfRangeException(nameof(Threads), Threads, $"Found Threads = {Threads}; expected 0 or more.");
    }
}
