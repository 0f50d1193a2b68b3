namespace HessianKernels.Spaces;

/// <summary>What the elements of a random vector are drawn from; each has mean 0 and variance 1.</summary>
public enum RandomDistribution
{
    /// <summary>Standard normal.</summary>
    Normal,

    /// <summary>+1 or -1 with equal probability.</summary>
    Rademacher,
}
