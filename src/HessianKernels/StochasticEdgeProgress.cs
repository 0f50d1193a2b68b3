namespace HessianKernels;

/// <summary>What an analysis is at, in this order.</summary>
public enum StochasticEdgeStage
{
    /// <summary>The function space of the set.</summary>
    Reduction,

    /// <summary>K_exact.</summary>
    NoiseKernel,

    /// <summary>K_diag.</summary>
    DiagonalNoiseKernel,

    /// <summary>eta*.</summary>
    CriticalLearningRate,

    /// <summary>The contraction of Wu et al.</summary>
    Contraction,

    /// <summary>The coherence.</summary>
    Coherence,

    /// <summary>lambda_max(T).</summary>
    SecondMomentEigenvalue,

    /// <summary>The Lyapunov exponent.</summary>
    LyapunovExponent,
}

/// <summary>Where an analysis stands.</summary>
/// <param name="Stage">What it is at.</param>
/// <param name="Done">Products of that stage so far; of the coherence examples done, of the Lyapunov exponent steps of each run, of the
/// reduction percents of the products.</param>
public readonly record struct StochasticEdgeProgress(StochasticEdgeStage Stage, int Done);
