namespace HessianKernels;

/// <summary>What has been proposed to tell stability in mean square from.</summary>
public enum EdgeCriterion
{
    /// <summary>K_tr, paper 000 eq. 11 (eq. 18 with momentum): an estimate, stable below 1.</summary>
    Trace,

    /// <summary>K_hd_asy, paper 000 eq. 10: an estimate, stable below 1.</summary>
    HighDimensionalAsymptotic,

    /// <summary>
    /// K_hd, its form at finite size: stable below 1. Above 1 it proves instability where r = 1, all examples are positive semidefinite and
    /// mu = rho = 0.
    /// </summary>
    HighDimensional,

    /// <summary>K_diag, paper 000 eq. 9: stable below 1. Above 1 it proves instability.</summary>
    Diagonal,

    /// <summary>The contraction of Wu et al., paper 002 eq. 37: below 1 it proves stability, above it is silent.</summary>
    Contraction,

    /// <summary>Its shifted form, which is below 0 where that is below 1.</summary>
    ShiftedContraction,

    /// <summary>Theorem 1 of paper 003 on the coherence: proves instability or is silent. Bernoulli sampling alone.</summary>
    Theorem1,

    /// <summary>
    /// Theorem 2 of paper 003: some set with this coherence and sharpness is stable, or silent. Bernoulli sampling alone.
    /// </summary>
    Theorem2,
}

/// <summary>What a criterion says of a set.</summary>
public enum EdgeBoundVerdict
{
    /// <summary>It is not about this case, or was not computed.</summary>
    NotApplicable,

    /// <summary>Its condition does not hold, from which nothing follows.</summary>
    Silent,

    /// <summary>Some set with the same numbers is stable; of this one it says nothing.</summary>
    Possible,

    /// <summary>Stable in mean square.</summary>
    Stable,

    /// <summary>Not stable in mean square.</summary>
    Unstable,
}

/// <summary>A criterion held against the exact answer.</summary>
/// <param name="Criterion">Which.</param>
/// <param name="Value">What it compares; NaN where it does not apply.</param>
/// <param name="Threshold">What it compares with; NaN where it does not apply.</param>
/// <param name="Verdict">What it says.</param>
/// <param name="IsProof">Whether that follows from a theorem, rather than from an estimate.</param>
/// <param name="Agrees">Whether it says what the exact noise kernel says; null where either says nothing.</param>
public readonly record struct EdgeBound(
    EdgeCriterion Criterion, double Value, double Threshold, EdgeBoundVerdict Verdict, bool IsProof, bool? Agrees);
