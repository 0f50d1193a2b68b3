using HessianKernels.SecondMoment;

namespace HessianKernels.Sharpness;

/// <summary>
/// The Linear and Saturation Scaling Rule (paper 001, section 5): the learning rate goes with the batch size b as the concentration
/// <c>rho_b = 1 / ( kappa_b / rho_1 + alpha_b )</c> does, which is linear in b while b is small and saturates at 1.
/// </summary>
/// <remarks>
/// kappa and alpha are those of <see cref="BatchSampling"/>; without replacement kappa = gamma/b and alpha = 1 - gamma/b, the paper's eq.
/// 17.
/// </remarks>
public sealed record LinearSaturationScaling
{
    /// <summary>The rule of a known rho_1.</summary>
    /// <param name="concentration">rho_1 = ||g||^2 / ( (1/n) sum_i ||g_i||^2 ), from 0 to 1.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="scheme">How batches are drawn; not custom.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or the scheme is custom.</exception>
    public LinearSaturationScaling(double concentration, int examples, BatchScheme scheme = BatchScheme.WithoutReplacement)
    {
        if (!(concentration >= 0 && concentration <= 1))
            throw new ArgumentOutOfRangeException(nameof(concentration), concentration, $"Found rho_1 = {concentration}; expected 0 to 1.");
        (SingleConcentration, Examples, Scheme) = (concentration, examples, scheme);
        _ = BatchSampling.Of(scheme, examples, 1);
    }

    /// <summary>The rule of given examples.</summary>
    /// <param name="moments">Of the examples.</param>
    /// <param name="scheme">How batches are drawn; not custom.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scheme is custom.</exception>
    public static LinearSaturationScaling Of(GradientMoments moments, BatchScheme scheme = BatchScheme.WithoutReplacement)
    {
        ArgumentNullException.ThrowIfNull(moments);
        // Rounding may take the mean of equal gradients above any of them.
        double concentration = moments.Concentration(BatchSampling.WithoutReplacement(moments.Examples, 1));
        return new(Math.Min(1, concentration), moments.Examples, scheme);
    }

    /// <summary>rho_1, the concentration of single examples' gradients without replacement.</summary>
    public double SingleConcentration { get; }

    /// <summary>n.</summary>
    public int Examples { get; }

    /// <summary>How batches are drawn.</summary>
    public BatchScheme Scheme { get; }

    /// <summary>
    /// Where saturation begins: the b, a real number, at which the two terms of 1 / rho_b are equal, kappa_b = alpha_b rho_1:
    /// <code>
    /// without replacement  n / (1 + (n - 1) rho_1 / (1 + rho_1))      with replacement  1 + 1 / rho_1      Bernoulli  1 / (rho_1 + 1 / n)
    /// </code>
    /// With replacement it may be above n, or infinite: then no batch saturates.
    /// </summary>
    public double SaturationBatchSize => Scheme switch
    {
        BatchScheme.WithoutReplacement => Examples / (1 + (Examples - 1) * SingleConcentration / (1 + SingleConcentration)),
        BatchScheme.WithReplacement => 1 + 1 / SingleConcentration,
        _ => 1 / (SingleConcentration + 1.0 / Examples),
    };

    /// <summary>rho_b.</summary>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">b is out of its range.</exception>
    public double Concentration(int batchSize) => GradientMoments.Quotient(SingleConcentration, Relative(batchSize));

    /// <summary>rho_b for each of some batch sizes.</summary>
    /// <param name="batchSizes">Each b, from 1 to n.</param>
    /// <param name="destination">As many rho_b.</param>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A b is out of its range.</exception>
    public void Curve(ReadOnlySpan<int> batchSizes, Span<double> destination)
    {
        if (destination.Length < batchSizes.Length)
        {
            throw new ArgumentException(
                $"Found room for {destination.Length} numbers; expected at least {batchSizes.Length}.", nameof(destination));
        }

        for (int i = 0; i < batchSizes.Length; i++) destination[i] = Concentration(batchSizes[i]);
    }

    /// <summary>
    /// The eta of a batch size that keeps <c>rho_b / eta</c> as it is at a reference. Infinite at rho_b = 1 from a reference where it is 0.
    /// </summary>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <param name="referenceBatchSize">b_0, from 1 to n.</param>
    /// <param name="referenceLearningRate">eta_0, above 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public double LearningRate(int batchSize, int referenceBatchSize, double referenceLearningRate)
    {
        if (!(referenceLearningRate > 0 && double.IsFinite(referenceLearningRate)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(referenceLearningRate), referenceLearningRate,
                $"Found eta_0 = {referenceLearningRate}; expected a finite number above 0.");
        }

        // The quotient of two rho, in which rho_1 need not be divided by.
        double reference = Relative(referenceBatchSize), wanted = Relative(batchSize);
        return reference == wanted ? referenceLearningRate : referenceLearningRate * (reference / wanted);
    }

    /// <summary>rho_1 / rho_b.</summary>
    private double Relative(int batchSize)
    {
        BatchSampling sampling = BatchSampling.Of(Scheme, Examples, batchSize);
        return sampling.Kappa + sampling.Alpha * SingleConcentration;
    }
}
