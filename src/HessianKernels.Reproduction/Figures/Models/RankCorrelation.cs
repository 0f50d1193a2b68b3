namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Whether numbers go up or down together, whatever their curve.</summary>
internal static class RankCorrelation
{
    /// <summary>Spearman's: 1 where y rises with x throughout, -1 where it falls; NaN for fewer than three.</summary>
    public static double Of(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (x.Count < 3) return double.NaN;
        double[] a = Ranks(x), b = Ranks(y);
        double mean = (x.Count + 1) / 2.0, across = 0, ofA = 0, ofB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            across += (a[i] - mean) * (b[i] - mean);
            ofA += (a[i] - mean) * (a[i] - mean);
            ofB += (b[i] - mean) * (b[i] - mean);
        }

        return across / Math.Sqrt(ofA * ofB);
    }

    // Equal numbers share the mean of their places.
    private static double[] Ranks(IReadOnlyList<double> values)
        => [.. values.Select(v => values.Count(other => other < v) + (values.Count(other => other == v) + 1) / 2.0)];
}
