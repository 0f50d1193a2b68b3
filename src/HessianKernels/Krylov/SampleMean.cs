namespace HessianKernels.Krylov;

/// <summary>The mean of independent samples, and how far it may be off.</summary>
/// <param name="Value">The mean.</param>
/// <param name="StandardError">
/// <c>sqrt( sum_i (x_i - mean)^2 / (N (N - 1)) )</c>: the mean lies within two of these of its expectation about 95 times in 100, where N is some tens. NaN for one sample.
/// </param>
/// <param name="Samples">N.</param>
public readonly record struct SampleMean(double Value, double StandardError, int Samples)
{
    /// <summary>The mean and the standard error of some samples; NaN where there are none.</summary>
    public static SampleMean Of(ReadOnlySpan<double> samples)
    {
        double sum = 0;
        foreach (double x in samples) sum += x;
        double mean = sum / samples.Length, square = 0;
        foreach (double x in samples) square += (x - mean) * (x - mean);
        double error = samples.Length < 2 ? double.NaN : Math.Sqrt(square / samples.Length / (samples.Length - 1));
        return new(mean, error, samples.Length);
    }

    /// <summary>The mean of <paramref name="factor"/> times the samples.</summary>
    public SampleMean Times(double factor) => new(Value * factor, StandardError * Math.Abs(factor), Samples);
}
