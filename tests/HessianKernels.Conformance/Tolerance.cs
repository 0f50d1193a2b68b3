using System.Globalization;
using System.Numerics;
using Xunit;

namespace HessianKernels.Conformance;

/// <summary>The one comparison of computed with expected numbers: it names the index that is furthest out, and both values.</summary>
public static class Tolerance
{
    /// <summary>Fails unless <c>|actual[i] - expected[i]| &lt;= bound[i]</c> for all i. NaN equals NaN, an infinity itself, and nothing else.</summary>
    public static void Equal<T>(ReadOnlySpan<double> expected, ReadOnlySpan<T> actual, ReadOnlySpan<double> bound, string what = "vector")
        where T : unmanaged, INumberBase<T>
    {
        if (actual.Length != expected.Length) Assert.Fail($"{what}: {actual.Length} elements where {expected.Length} are expected.");
        int worst = -1, failures = 0;
        double excess = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double share = Share(expected[i], double.CreateTruncating(actual[i]), bound[i]);
            if (share <= 1) continue;
            failures++;
            if (share > excess || worst < 0) (worst, excess) = (i, share);
        }

        if (worst < 0) return;
        double e = expected[worst], a = double.CreateTruncating(actual[worst]);
        Assert.Fail(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {failures} of {expected.Length} elements are out; the worst is [{worst}]: expected {e:G17}, found {a:G17}, " +
            $"{Math.Abs(a - e):G3} apart where {bound[worst]:G3} is allowed."));
    }

    /// <summary>The same with one bound for all elements.</summary>
    public static void Equal<T>(ReadOnlySpan<double> expected, ReadOnlySpan<T> actual, double bound, string what = "vector")
        where T : unmanaged, INumberBase<T>
    {
        double[] bounds = new double[expected.Length];
        Array.Fill(bounds, bound);
        Equal(expected, actual, bounds, what);
    }

    /// <summary>The same for one number.</summary>
    public static void Equal(double expected, double actual, double bound, string what = "number")
        => Equal<double>([expected], [actual], bound, what);

    /// <summary>Fails unless all bits agree.</summary>
    public static void SameBits<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string what = "vector")
        where T : unmanaged, INumberBase<T>
    {
        if (actual.Length != expected.Length) Assert.Fail($"{what}: {actual.Length} elements where {expected.Length} are expected.");
        for (int i = 0; i < expected.Length; i++)
        {
            // Comparing as doubles keeps every bit but a NaN's.
            (double e, double a) = (double.CreateTruncating(expected[i]), double.CreateTruncating(actual[i]));
            if (BitConverter.DoubleToInt64Bits(e) != BitConverter.DoubleToInt64Bits(a) && !(double.IsNaN(e) && double.IsNaN(a)))
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{what}: other bits at [{i}]: expected {e:G17}, found {a:G17}."));
        }
    }

    /// <summary>The error as a share of the bound: above 1 is a failure.</summary>
    private static double Share(double expected, double actual, double bound)
    {
        if (double.IsNaN(expected) || double.IsNaN(actual)) return double.IsNaN(expected) == double.IsNaN(actual) ? 0 : double.PositiveInfinity;
        if (expected == actual) return 0;
        double error = Math.Abs(actual - expected);
        return error <= bound ? 0 : double.IsFinite(error) && bound > 0 ? Math.Max(error / bound, 1 + 1e-15) : double.PositiveInfinity;
    }
}
