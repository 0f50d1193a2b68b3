namespace HessianKernels.SecondMoment;

/// <summary>A learning rate and a sampling, checked.</summary>
internal static class Point
{
    /// <summary>Throws unless eta is finite and positive.</summary>
    public static void Check(double learningRate, BatchSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(sampling);
        if (!(learningRate > 0 && double.IsFinite(learningRate)))
            throw new ArgumentOutOfRangeException(
                nameof(learningRate), learningRate, $"Found a learning rate of {learningRate}; expected a finite number above 0.");
    }

    /// <summary>Throws unless the sampling draws from the set's examples.</summary>
    public static void Check(FunctionSpace space, BatchSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(sampling);
        if (sampling.Examples != space.Examples)
            throw new ArgumentException(
                $"The sampling draws from {sampling.Examples} examples; the set has {space.Examples}.", nameof(sampling));
    }

    /// <summary>Both.</summary>
    public static void Check(FunctionSpace space, double learningRate, BatchSampling sampling)
    {
        Check(space, sampling);
        Check(learningRate, sampling);
    }

    /// <summary>Whether <c>W > 0</c>: the mean contracts on the whole range.</summary>
    public static bool MeanContracts(FunctionSpace space, double learningRate, double alpha)
        => space.Eigenvalues[^1] > 0 && alpha * learningRate * space.Eigenvalues[0] < 2;
}
