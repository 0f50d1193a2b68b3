using System.Numerics;

namespace HessianKernels.Benchmarks;

/// <summary>A benchmark of a wrong answer is worth nothing: set-ups throw here, and the run fails.</summary>
internal static class Check
{
    public static void That(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException($"The result is wrong: {what}.");
    }

    /// <summary>|found - expected| is at most <paramref name="tolerance"/>; a NaN is not.</summary>
    public static void Near(double found, double expected, double tolerance, string what)
        => That(Math.Abs(found - expected) <= tolerance, $"{what} is {found:R}, expected {expected:R} to {tolerance:E1}");

    /// <summary>The units of rounding that a sum of <paramref name="terms"/> numbers of size 1 or so may be off by, with room.</summary>
    public static double Rounding<T>(double terms) => 8 * (typeof(T) == typeof(float) ? 6e-8 : 1.2e-16) * (Math.Sqrt(terms) + 8);

    /// <summary>Element for element.</summary>
    public static void Near<T>(ReadOnlySpan<T> found, ReadOnlySpan<double> expected, double tolerance, string what)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < expected.Length; i++) Near(double.CreateTruncating(found[i]), expected[i], tolerance, $"{what}[{i}]");
    }
}
