namespace HessianKernels.Sharpness;

/// <summary>A weighted mean and the squares about it, taken up one number at a time in a given order (Welford; West).</summary>
internal struct RunningMean
{
    private double _weight, _mean, _squares;
    private long _count;

    public void Add(double value, double weight)
    {
        _count++;
        if (weight == 0) return;
        _weight += weight;
        double off = value - _mean;
        _mean += off * (weight / _weight);
        _squares += weight * off * (value - _mean);
    }

    public readonly double Mean => _mean;

    /// <summary>Of independent samples of weight 1; NaN of fewer than two.</summary>
    public readonly double StandardError => _count < 2 ? double.NaN : Math.Sqrt(_squares / _count / (_count - 1));

    public readonly BatchExpectation As(BatchExpectationStatus status, bool enumerated)
        => new(_mean, status == BatchExpectationStatus.Exact ? 0 : enumerated ? double.NaN : StandardError, _count, status);
}
