using HessianKernels.SecondMoment;

namespace HessianKernels;

/// <summary>On which side of the edge of stability SGD is, in mean square.</summary>
public enum EdgeVerdict
{
    /// <summary>The interval of K_exact holds 1, or its search was cut short.</summary>
    Undecided,

    /// <summary>The mean contracts and <c>K_exact &lt; 1</c>: <c>E||w||^2</c> decays on the range.</summary>
    Stable,

    /// <summary>The mean itself does not contract, whatever the noise does: full-batch descent is not stable either.</summary>
    MeanUnstable,

    /// <summary>The mean contracts, and <c>K_exact > 1</c>: the noise of the batches makes <c>E||w||^2</c> grow.</summary>
    NoiseUnstable,
}

/// <summary>How an analysis ended.</summary>
public enum StochasticEdgeStatus
{
    /// <summary>All that was asked for was found.</summary>
    Complete,

    /// <summary>A search reached its limit of products first; its evidence tells which.</summary>
    Partial,

    /// <summary>The caller cancelled; what was not reached is null.</summary>
    Cancelled,
}

/// <summary>
/// The exact noise kernel norm and its estimates; null where an estimate is not defined, or was not reached before cancellation.
/// </summary>
public sealed record EdgeNoiseKernel
{
    /// <summary>
    /// K_exact. With momentum or weight decay the norm of <see cref="NoiseKernel.ExactWithMomentum"/>; stable exactly below 1 either way.
    /// </summary>
    public required TopEigenvalue Exact { get; init; }

    /// <summary>K_diag; null with momentum or weight decay.</summary>
    public TopEigenvalue? Diagonal { get; init; }

    /// <summary>K_hd at finite size.</summary>
    public required double HighDimensional { get; init; }

    /// <summary>K_hd_asy; null with momentum or weight decay.</summary>
    public double? HighDimensionalAsymptotic { get; init; }

    /// <summary>K_tr; null with weight decay.</summary>
    public double? Trace { get; init; }
}

/// <summary>Everything that is known of SGD's stability on a set at one learning rate and batch size.</summary>
/// <remarks>
/// All is on the range of H. With momentum or weight decay there is no eta*, contraction, theorem, lambda_max(T) or Lyapunov exponent, and
/// those are null. Where an example is
/// indefinite K_exact, K_diag, eta*, the contraction, lambda_max(T) and the Lyapunov exponent hold as they are; the coherence is not
/// defined, and K_hd bounds nothing.
/// </remarks>
public sealed record StochasticEdgeReport
{
    /// <summary>eta.</summary>
    public required double LearningRate { get; init; }

    /// <summary>How batches are drawn.</summary>
    public required BatchSampling Sampling { get; init; }

    /// <summary>mu.</summary>
    public required double Momentum { get; init; }

    /// <summary>rho.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>n.</summary>
    public int Examples => Sampling.Examples;

    /// <summary>r, the rows of each example's factor.</summary>
    public required int Rows { get; init; }

    /// <summary>m, the dimension of the range.</summary>
    public required int Rank { get; init; }

    /// <summary>lambda_max of H, the sharpness; 0 for a set of zeros.</summary>
    public required double LambdaMax { get; init; }

    /// <summary>tr H.</summary>
    public required double Trace { get; init; }

    /// <summary>The first example that is indefinite; null where all are positive semidefinite.</summary>
    public IndefiniteExample? Indefinite { get; init; }

    /// <summary>The sharpness above which the mean diverges: <c>2 (1 + mu) / eta - rho</c>.</summary>
    public double MeanThreshold => 2 * (1 + Momentum) / LearningRate - WeightDecay;

    /// <summary>
    /// Whether the mean contracts on the range: all eigenvalues of H + rho above 0, the largest below <c>2 (1 + mu) / eta</c>.
    /// </summary>
    public required bool MeanStable { get; init; }

    /// <summary>The verdict of K_exact.</summary>
    public required EdgeVerdict Verdict { get; init; }

    /// <summary>The verdict in one bit; null where it is Undecided.</summary>
    public bool? Stable => Verdict == EdgeVerdict.Undecided ? null : Verdict == EdgeVerdict.Stable;

    /// <summary>The distance to the edge, <c>eta* / eta</c>: stable exactly above 1. Null where there is no eta*.</summary>
    public double? Margin => CriticalLearningRate?.Value / LearningRate;

    /// <summary>K_exact, also a distance to the edge, and its estimates.</summary>
    public required EdgeNoiseKernel NoiseKernel { get; init; }

    /// <summary>eta* and its interval.</summary>
    public CriticalLearningRate? CriticalLearningRate { get; init; }

    /// <summary>The contraction of Wu et al.; null for a set of zeros.</summary>
    public Contraction? Contraction { get; init; }

    /// <summary>sigma and the matrix it is from; the same for every learning rate.</summary>
    public Coherence? Coherence { get; init; }

    /// <summary>lambda_max(T), where asked for.</summary>
    public TopEigenvalue? SecondMomentEigenvalue { get; init; }

    /// <summary>The top Lyapunov exponent, where asked for.</summary>
    public LyapunovEstimate? Lyapunov { get; init; }

    /// <summary>What each known criterion says, one entry each in their order, and whether it agrees.</summary>
    public required IReadOnlyList<EdgeBound> Bounds { get; init; }

    /// <summary>Products with the operators of second moments, over all searches of this point; 0 for what a sweep had already.</summary>
    public required int OperatorApplications { get; init; }

    /// <summary>Bytes that were known to be needed at most, beyond the arguments, before any was taken.</summary>
    public required long RequiredBytes { get; init; }

    /// <summary>How the analysis ended.</summary>
    public required StochasticEdgeStatus Status { get; init; }
}
