namespace HessianKernels.Krylov;

/// <summary>How a Lanczos run ended.</summary>
public enum LanczosStatus
{
    /// <summary>Every wanted pair has a true residual within the tolerance.</summary>
    Converged,

    /// <summary>The limit of products was reached first, or a true residual did not bear out its estimate. What was found is returned.</summary>
    Partial,

    /// <summary>The caller cancelled. What was found is returned, with estimated residuals and no enclosures.</summary>
    Cancelled,

    /// <summary>The operator returned a NaN or an infinity. What was found before is returned.</summary>
    NotFinite,
}
