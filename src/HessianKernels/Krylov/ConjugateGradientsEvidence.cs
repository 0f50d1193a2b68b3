namespace HessianKernels.Krylov;

/// <summary>What a conjugate gradient iteration did and how good its solution is, for one batch item.</summary>
public readonly record struct ConjugateGradientsEvidence
{
    /// <summary>How the iteration ended.</summary>
    public ConjugateGradientsStatus Status { get; init; }

    /// <summary>Steps taken.</summary>
    public int Iterations { get; init; }

    /// <summary><c>||b - A x||</c> of the x returned, from a product with it and not from the recurrence.</summary>
    public double ResidualNorm { get; init; }

    /// <summary><c>||b||</c>.</summary>
    public double RightHandSideNorm { get; init; }

    /// <summary><c>||b - A x|| / ||b||</c>; 0 for b = 0, whose solution is 0.</summary>
    public double RelativeResidual => RightHandSideNorm == 0 ? 0 : ResidualNorm / RightHandSideNorm;

    /// <summary>
    /// <c>p^T A p / p^T p</c> of the direction that showed the matrix not to be positive definite: its smallest eigenvalue is at most this. NaN with every other status.
    /// </summary>
    public double Curvature { get; init; }

    /// <summary>Products with the matrix: one for a guess, one an iteration, one for the residual at the end.</summary>
    public int OperatorApplications { get; init; }

    /// <summary>Products with the preconditioner.</summary>
    public int PreconditionerApplications { get; init; }
}
