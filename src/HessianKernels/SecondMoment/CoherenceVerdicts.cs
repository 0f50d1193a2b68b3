namespace HessianKernels.SecondMoment;

/// <summary>What a theorem has to say of a case.</summary>
public enum TheoremVerdict
{
    /// <summary>The theorem is not about this sampling: paper 003 proves both for Bernoulli sampling.</summary>
    NotApplicable,

    /// <summary>Its condition does not hold, from which nothing follows.</summary>
    Silent,

    /// <summary>Its condition holds, and so does what it claims.</summary>
    Holds,
}

/// <summary>
/// Theorem 1 of paper 003: SGD diverges, and <c>lambda_max(T) >= 1</c>, if
/// <c>lambda_1(H) > 2 / eta</c> (the mean) or <c>lambda_1(H) > (sigma / eta) (n/b - 1)^{-1/2}</c> (the noise).
/// </summary>
public readonly record struct CoherenceInstability
{
    private readonly bool _applicable;

    internal CoherenceInstability(bool applicable, double meanThreshold, double noiseThreshold, double largestEigenvalue)
    {
        (_applicable, MeanThreshold, NoiseThreshold) = (applicable, meanThreshold, noiseThreshold);
        (MeanRatio, NoiseRatio) = (largestEigenvalue / meanThreshold, largestEigenvalue / noiseThreshold);
    }

    /// <summary><c>2 / eta</c>; NaN where the theorem is not applicable.</summary>
    public double MeanThreshold { get; }

    /// <summary><c>(sigma / eta) (n/b - 1)^{-1/2}</c>, infinite where b = n; NaN where the theorem is not applicable.</summary>
    public double NoiseThreshold { get; }

    /// <summary>lambda_1(H) over the mean's threshold: above 1 it fires.</summary>
    public double MeanRatio { get; }

    /// <summary>lambda_1(H) over the noise's threshold: above 1 it fires.</summary>
    public double NoiseRatio { get; }

    /// <summary>Whether the full-batch condition fires.</summary>
    public bool MeanFires => MeanRatio > 1;

    /// <summary>Whether the condition on the noise fires.</summary>
    public bool NoiseFires => NoiseRatio > 1;

    /// <summary>Holds where either fires: SGD diverges in mean square.</summary>
    public TheoremVerdict Verdict => !_applicable ? TheoremVerdict.NotApplicable : MeanFires || NoiseFires ? TheoremVerdict.Holds : TheoremVerdict.Silent;
}

/// <summary>
/// Theorem 2 of paper 003: if <c>lambda_1(H) &lt; (2 sigma / eta) / (sigma + n/b - 1)</c>, then some set with this sigma and lambda_1 is stable
/// (<see cref="CurvatureSet.Coherent"/>). It says nothing of the set at hand.
/// </summary>
public readonly record struct CoherenceStability
{
    private readonly bool _applicable;

    internal CoherenceStability(bool applicable, double threshold, double largestEigenvalue)
        => (_applicable, Threshold, Ratio) = (applicable, threshold, largestEigenvalue / threshold);

    /// <summary><c>(2 sigma / eta) / (sigma + n/b - 1)</c>; NaN where the theorem is not applicable.</summary>
    public double Threshold { get; }

    /// <summary>lambda_1(H) over the threshold: below 1 it fires.</summary>
    public double Ratio { get; }

    /// <summary>Holds where some set with this sigma and lambda_1 is stable.</summary>
    public TheoremVerdict Verdict => !_applicable ? TheoremVerdict.NotApplicable : Ratio < 1 ? TheoremVerdict.Holds : TheoremVerdict.Silent;
}
