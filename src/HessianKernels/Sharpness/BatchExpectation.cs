namespace HessianKernels.Sharpness;

/// <summary>An expectation over batches, and how far it may be off.</summary>
/// <param name="Value">The mean over batches.</param>
/// <param name="StandardError">
/// <c>sqrt( sum_t (x_t - mean)^2 / (N (N - 1)) )</c> of N random batches. They are drawn independently of each other, so that the same one
/// may come twice and no correction for a finite population is due. 0 where all batches were enumerated, NaN from one batch.
/// </param>
/// <param name="Batches">N, the number of batches evaluated.</param>
/// <param name="Status">Exact, or how the sampling ended.</param>
public readonly record struct BatchExpectation(double Value, double StandardError, long Batches, BatchExpectationStatus Status)
{
    /// <summary>Whether all batches were enumerated.</summary>
    public bool IsExact => Status == BatchExpectationStatus.Exact;

    /// <summary><c>StandardError / |Value|</c>; 0 where the standard error is 0.</summary>
    public double RelativeStandardError => StandardError == 0 ? 0 : StandardError / Math.Abs(Value);
}
