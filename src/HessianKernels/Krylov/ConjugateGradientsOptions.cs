namespace HessianKernels.Krylov;

/// <summary>How a system is to be solved by conjugate gradients. Every default suits a first call.</summary>
public sealed record ConjugateGradientsOptions
{
    /// <summary>The defaults.</summary>
    public static ConjugateGradientsOptions Default { get; } = new();

    /// <summary>
    /// Converged is <c>||b - A x|| &lt;= max(RelativeTolerance ||b||, AbsoluteTolerance)</c>. By default the square root of the element type's epsilon: 1.5e-8 in
    /// double, 3.5e-4 in float.
    /// </summary>
    public double? RelativeTolerance { get; init; }

    /// <summary>See <see cref="RelativeTolerance"/>; 0 by default.</summary>
    public double AbsoluteTolerance { get; init; }

    /// <summary>Most iterations, at least 0; by default 10 n (n of them suffice but for rounding).</summary>
    public int? MaximumIterations { get; init; }

    /// <summary>Whether the solution holds a guess on entry; else it is taken as 0 and a product is saved.</summary>
    public bool StartFromSolution { get; init; }

    /// <summary>Most threads used; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    /// <summary>Names what is wrong, with what was found and what was expected.</summary>
    internal void Check()
    {
        if (RelativeTolerance is { } relative && !(relative >= 0 && relative < 1))
            throw new ArgumentOutOfRangeException(nameof(RelativeTolerance), relative, $"Found RelativeTolerance = {relative}; expected 0 <= RelativeTolerance < 1.");
        if (!(AbsoluteTolerance >= 0 && double.IsFinite(AbsoluteTolerance)))
            throw new ArgumentOutOfRangeException(nameof(AbsoluteTolerance), AbsoluteTolerance, $"Found AbsoluteTolerance = {AbsoluteTolerance}; expected a number of at least 0.");
        if (MaximumIterations is < 0)
            throw new ArgumentOutOfRangeException(nameof(MaximumIterations), MaximumIterations, $"Found MaximumIterations = {MaximumIterations}; expected 0 or more.");
        if (Threads < 0) throw new ArgumentOutOfRangeException(nameof(Threads), Threads, $"Found Threads = {Threads}; expected 0 or more.");
    }
}
