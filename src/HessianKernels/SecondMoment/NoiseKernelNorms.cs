namespace HessianKernels.SecondMoment;

/// <summary>The exact noise kernel norm and its four estimates at one learning rate and batch size.</summary>
/// <remarks>
/// <c>K_diag &lt;= K_exact</c> always, and <c>K_hd &lt;= K_diag</c> for r = 1 (MATHEMATICS 3): K_diag > 1 proves instability, K_diag &lt; 1
/// proves nothing. K_hd_asy and K_tr obey no such order.
/// </remarks>
public sealed record NoiseKernelNorms
{
    /// <summary>eta.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How batches are drawn.</summary>
    public required BatchSampling Sampling { get; init; }

    /// <summary>K_exact: SGD is stable in mean square exactly where it is below 1.</summary>
    public required TopEigenvalue Exact { get; init; }

    /// <summary>K_diag, paper 000 eq. 9: the compression to diagonal matrices.</summary>
    public required TopEigenvalue Diagonal { get; init; }

    /// <summary>K_hd, the high-dimensional estimate at finite size.</summary>
    public required double HighDimensional { get; init; }

    /// <summary>K_hd_asy, paper 000 eq. 10: the same for n without bound.</summary>
    public required double HighDimensionalAsymptotic { get; init; }

    /// <summary>K_tr, paper 000 eq. 11.</summary>
    public required double Trace { get; init; }

    /// <summary>Whether SGD is stable in mean square; null where the interval for K_exact holds 1, or the search was cut short.</summary>
    public bool? Stable => Exact.Lower > 1 ? false : Exact.Upper < 1 ? true : null;
}
