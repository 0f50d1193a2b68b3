using HessianKernels.SecondMoment;

namespace HessianKernels;

/// <summary>What <see cref="StochasticEdge"/> is to compute, and how. Every default suits a first call.</summary>
public sealed record StochasticEdgeOptions
{
    /// <summary>The defaults.</summary>
    public static StochasticEdgeOptions Default { get; } = new();

    /// <summary>mu of heavy-ball momentum, <c>w' = w - eta (H_B + rho) w + mu (w - w_before)</c>; in [0, 1).</summary>
    public double Momentum { get; init; }

    /// <summary>rho, finite and not negative.</summary>
    public double WeightDecay { get; init; }

    /// <summary>
    /// What <see cref="CurvatureSet.Reduce"/> takes an eigenvalue for zero below; the set's own default where null. Not read where a
    /// function space is given.
    /// </summary>
    public double? RankTolerance { get; init; }

    /// <summary>Whether lambda_max(T) is computed: a diagnostic that may take hundreds of products.</summary>
    public bool SecondMomentEigenvalue { get; init; }

    /// <summary>How the Lyapunov exponent of the typical path is estimated; it is not where null.</summary>
    public LyapunovOptions? Lyapunov { get; init; }

    /// <summary>Whether the coherence and its theorems are computed: n^2 r^2 m flops and 8 n^2 bytes, once a set.</summary>
    public bool Coherence { get; init; } = true;

    /// <summary>Whether the contraction of Wu et al. is computed: the eigenvalues of an m x m matrix a learning rate.</summary>
    public bool Contraction { get; init; } = true;

    /// <summary>
    /// Tolerance of the searches, threads and the memory limit, which is of everything that is live at once beyond the arguments.
    /// </summary>
    public SecondMomentOptions Numerics { get; init; } = SecondMomentOptions.Default;

    /// <summary>
    /// Who searches for K_exact and eta*, as a GPU may; the CPU where null. All else is the CPU's.
    /// </summary>
    public IEdgeSearch? Searches { get; init; }

    /// <summary>Whether the plain recursion of SGD is asked of, without momentum and weight decay.</summary>
    internal bool IsPlain => Momentum == 0 && WeightDecay == 0;

    internal StochasticEdgeOptions Check()
    {
        HeavyBall.Check(Momentum, WeightDecay);
        if (RankTolerance is { } tolerance && !(tolerance >= 0 && tolerance < 1))
            throw new ArgumentOutOfRangeException(
                nameof(RankTolerance), tolerance, $"Found RankTolerance = {tolerance}; expected 0 <= RankTolerance < 1.");
        ArgumentNullException.ThrowIfNull(Numerics);
        Numerics.Check();
        Lyapunov?.Check();
        return this;
    }
}
