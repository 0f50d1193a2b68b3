namespace HessianKernels.Krylov;

/// <summary>What a Lanczos run did and how far its answer can be trusted, for one batch item.</summary>
public readonly record struct LanczosEvidence
{
    /// <summary>How the run ended.</summary>
    public LanczosStatus Status { get; init; }

    /// <summary>Number of pairs found; the first of the k places. The others hold NaN and zero vectors.</summary>
    public int Found { get; init; }

    /// <summary>Number of those whose true residual is within the tolerance.</summary>
    public int Converged { get; init; }

    /// <summary>Products with the operator, all of them: the iteration's, the search for missed copies, and the residuals'.</summary>
    public int OperatorApplications { get; init; }

    /// <summary>How often the basis was compressed or begun again from a random vector.</summary>
    public int Restarts { get; init; }

    /// <summary>Steps whose new vector needed a second pass of orthogonalisation by the test of Kahan and Parlett.</summary>
    public int Reorthogonalizations { get; init; }

    /// <summary>||I - V^T V||_F of the returned vectors.</summary>
    public double Orthogonality { get; init; }

    /// <summary>The estimate of ||A|| that tolerances and rounding were measured with: the largest Ritz value in magnitude.</summary>
    public double OperatorNorm { get; init; }

    /// <summary>
    /// A bound on the probability, over the random start of the last look, that a further copy of a returned eigenvalue belongs among the k and was missed. With tau the least value a copy could displace and p_j the
    /// orthonormal polynomials of the look's T: <c>sqrt(2 n / (pi sum_j p_j(tau)^2))</c>, j from 0 to the number of its steps; summed over the ends. A copy's share c in the start has
    /// <c>c^2 sum_j p_j(tau)^2 &lt;= 1</c>, and a direction uniform on the sphere has |c| &lt; r with probability at most r sqrt(2 n / pi).
    /// 0 where the space was exhausted, NaN where no look was made or none was needed (k = 1).
    /// </summary>
    public double MissProbability { get; init; }

    /// <summary>True where residual norms were computed from products; false where the run was cancelled and they are the recurrence's estimates.</summary>
    public bool ResidualsMeasured { get; init; }
}
