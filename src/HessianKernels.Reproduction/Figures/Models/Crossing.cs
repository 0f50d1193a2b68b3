namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Where a criterion reaches a level.</summary>
internal static class Crossing
{
    /// <summary>Where a rising criterion reaches a level, to a relative width; infinite where it is never reached, NaN where it always
    /// is.</summary>
    public static double Of(Func<double, double> criterion, double level, double low, double high, double width = 1e-4)
    {
        if (!(criterion(high) >= level)) return double.PositiveInfinity;
        if (criterion(low) >= level) return double.NaN;
        while (high > low * (1 + width))
        {
            double middle = 0.5 * (low + high);
            if (criterion(middle) >= level) high = middle;
            else low = middle;
        }

        return 0.5 * (low + high);
    }

    /// <summary>The place at which half of a rise from the first value to the largest is made, between two places by a straight
    /// line.</summary>
    public static double HalfWay(double[] values)
    {
        double half = 0.5 * (values[0] + values.Max());
        int t = Array.FindIndex(values, value => value >= half);
        return t == 0 ? 0 : t - 1 + (half - values[t - 1]) / (values[t] - values[t - 1]);
    }

    /// <summary>Equal steps from one number to another, both included.</summary>
    public static double[] Range(double from, double to, int count)
        => [.. Enumerable.Range(0, count).Select(i => from + (to - from) * i / Math.Max(1, count - 1))];

    /// <summary>Equal ratios.</summary>
    public static double[] LogRange(double from, double to, int count)
        => [.. Range(Math.Log(from), Math.Log(to), count).Select(Math.Exp)];
}
