namespace HessianKernels.Krylov;

/// <summary>How a conjugate gradient iteration ended.</summary>
public enum ConjugateGradientsStatus
{
    /// <summary>The true residual, computed by a product of its own at the end, is within the tolerance.</summary>
    Converged,

    /// <summary>The recurrence's residual came within the tolerance, the true one is above it: the tolerance is finer than rounding lets this matrix be solved.</summary>
    RoundingLimit,

    /// <summary>The limit of iterations was reached first. The last iterate is returned.</summary>
    IterationLimit,

    /// <summary>
    /// A direction with <c>p^T A p &lt;= 0</c> was met: the matrix is not positive definite. The iterate before it is returned, and the direction's curvature.
    /// </summary>
    NotPositiveDefinite,

    /// <summary>A residual with <c>r^T M r &lt;= 0</c> was met: the preconditioner is not positive definite. The last iterate is returned.</summary>
    PreconditionerNotPositiveDefinite,

    /// <summary>The right-hand side, the operator or the preconditioner gave a NaN or an infinity. The last finite iterate is returned.</summary>
    NotFinite,

    /// <summary>The caller cancelled. The last iterate is returned.</summary>
    Cancelled,
}
