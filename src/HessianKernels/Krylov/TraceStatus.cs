namespace HessianKernels.Krylov;

/// <summary>How a trace estimation ended.</summary>
public enum TraceStatus
{
    /// <summary>No standard error was asked for, and the products asked for were made.</summary>
    Complete,

    /// <summary>The standard error asked for was reached.</summary>
    Converged,

    /// <summary>The limit of products was reached before the standard error asked for. The estimate stands, with its own standard error.</summary>
    ApplicationLimit,

    /// <summary>The caller cancelled. The estimate is of the samples finished before, the standard error NaN if that was one.</summary>
    Cancelled,

    /// <summary>The operator returned a NaN or an infinity: so is the estimate.</summary>
    NotFinite,
}
