namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>The middle of some numbers.</summary>
internal static class Median
{
    /// <summary>The middle one, or the mean of the two in the middle; NaN where there is none. NaNs are left out.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Where(value => !double.IsNaN(value)).Order()];
        return ordered.Length == 0 ? double.NaN : (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
