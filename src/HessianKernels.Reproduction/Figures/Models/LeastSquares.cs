namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>A line through points, the sum of whose squared distances in y is least.</summary>
/// <param name="Slope">Its slope; NaN where fewer than two x differ.</param>
/// <param name="Intercept">Its y at x = 0.</param>
internal readonly record struct LeastSquares(double Slope, double Intercept)
{
    /// <summary>Where it meets the x axis.</summary>
    public double Zero => -Intercept / Slope;

    public static LeastSquares Of(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (x.Count == 0) return new(double.NaN, double.NaN);
        double meanX = x.Average(), meanY = y.Average(), square = x.Sum(at => (at - meanX) * (at - meanX));
        double slope = x.Zip(y, (at, value) => (at - meanX) * (value - meanY)).Sum() / square;
        return new(slope, meanY - slope * meanX);
    }
}
