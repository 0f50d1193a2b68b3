namespace HessianKernels.SecondMoment;

public sealed partial class Coherence
{
    /// <summary>Theorem 1 of paper 003, sufficient for divergence under Bernoulli sampling; the equations stand at <see cref="CoherenceInstability"/>.</summary>
    /// <param name="sampling">How batches are drawn from these examples.</param>
    /// <param name="learningRate">eta, above 0.</param>
    /// <exception cref="ArgumentException">The sampling is of another number of examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not a finite number above 0.</exception>
    public CoherenceInstability Theorem1(BatchSampling sampling, double learningRate)
    {
        if (!Applies(sampling, learningRate)) return new(false, double.NaN, double.NaN, LargestMeanEigenvalue);
        return new(true, 2 / learningRate, Value / learningRate / Math.Sqrt(Surplus(sampling)), LargestMeanEigenvalue);
    }

    /// <summary>Theorem 2 of paper 003, which says where Theorem 1 cannot be bettered much; the equation stands at <see cref="CoherenceStability"/>.</summary>
    /// <param name="sampling">How batches are drawn from these examples.</param>
    /// <param name="learningRate">eta, above 0.</param>
    /// <exception cref="ArgumentException">The sampling is of another number of examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not a finite number above 0.</exception>
    public CoherenceStability Theorem2(BatchSampling sampling, double learningRate)
    {
        if (!Applies(sampling, learningRate)) return new(false, double.NaN, LargestMeanEigenvalue);
        return new(true, 2 * Value / learningRate / (Value + Surplus(sampling)), LargestMeanEigenvalue);
    }

    /// <summary>n / b - 1.</summary>
    private static double Surplus(BatchSampling sampling) => (double)(sampling.Examples - sampling.BatchSize) / sampling.BatchSize;

    private bool Applies(BatchSampling sampling, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(sampling);
        if (sampling.Examples != Examples)
            throw new ArgumentException($"The sampling is of {sampling.Examples} examples; the set has {Examples}.", nameof(sampling));
        if (!double.IsFinite(learningRate) || learningRate <= 0)
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, $"Found {learningRate}; expected a finite learning rate above 0.");
        return sampling.Scheme == BatchScheme.Bernoulli;
    }
}
