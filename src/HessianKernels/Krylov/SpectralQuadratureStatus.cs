namespace HessianKernels.Krylov;

/// <summary>How a stochastic Lanczos quadrature ended.</summary>
public enum SpectralQuadratureStatus
{
    /// <summary>Every probe was run.</summary>
    Complete,

    /// <summary>The caller cancelled. The probes finished before are returned.</summary>
    Cancelled,

    /// <summary>The operator returned a NaN or an infinity. The probes finished before are returned, if any.</summary>
    NotFinite,
}
