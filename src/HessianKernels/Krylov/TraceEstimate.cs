namespace HessianKernels.Krylov;

/// <summary>An estimate of the trace of a matrix known by its products, and the evidence for it.</summary>
public readonly record struct TraceEstimate
{
    /// <summary>How the estimation ended.</summary>
    public TraceStatus Status { get; init; }

    /// <summary>The estimate of tr A.</summary>
    public double Value { get; init; }

    /// <summary>
    /// Its standard error, each method's own: Hutchinson's over its samples; that of Hutch++ over the samples of the remainder; XTrace's
    /// <c>sqrt( sum_i (t_i - mean)^2 / (m (m - 1)) )</c> over its m leave-one-out estimates, which are exchangeable but not independent (Epperly, Tropp and Webber 2024).
    /// That correlation is not in the formula: measured over seeds, the true error was 1.05 to 1.35 times it, and up to 1.6 times at m = n / 3.
    /// 0 where the range found is the whole space, so that nothing is estimated; NaN from a single sample.
    /// </summary>
    public double StandardError { get; init; }

    /// <summary>Number of samples that the standard error is over.</summary>
    public int Samples { get; init; }

    /// <summary>Dimension of the range on which the trace is exact: 0 for Hutchinson. Below the number of vectors asked for where A has no more rank.</summary>
    public int RangeDimension { get; init; }

    /// <summary>Products made for this item, all of them.</summary>
    public int OperatorApplications { get; init; }

    /// <summary><c>StandardError / |Value|</c>; 0 where the standard error is 0.</summary>
    public double RelativeStandardError => StandardError == 0 ? 0 : StandardError / Math.Abs(Value);
}
