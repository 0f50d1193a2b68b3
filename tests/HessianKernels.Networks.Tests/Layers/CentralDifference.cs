using Xunit;

namespace HessianKernels.Networks.Tests.Layers;

/// <summary>
/// A derivative against central differences at two steps: close, and with an error that falls fourfold where it is not rounding.
/// </summary>
internal static class CentralDifference
{
    private const double Step = 1.0 / 16384;

    public static void Check(Func<double, double[]> function, double[] derivative, string what)
    {
        double wide = Error(function, derivative, Step), narrow = Error(function, derivative, Step / 2);
        double scale = derivative.Concat(function(0)).Max(Math.Abs), rounding = 4e-11 * scale;
        Assert.True(narrow <= 1e-3 * scale, $"{what}: the difference is {narrow:G3} off where numbers are of the size {scale:G3}.");
        if (wide > 20 * rounding)
            Assert.True(
                wide / narrow is > 3.5 and < 4.5, $"{what}: the error falls from {wide:G3} to {narrow:G3} at half the step, not fourfold.");
        else Assert.True(narrow <= 20 * rounding, $"{what}: the error grows from {wide:G3} to {narrow:G3} at half the step.");
    }

    /// <summary>
    /// Close alone: for numbers nobody has seen, whose leading error may by chance be none, so that it does not fall fourfold, or large. It is
    /// taken out (Richardson): what is left is of fourth order.
    /// </summary>
    public static void CheckNear(Func<double, double[]> function, double[] derivative, string what)
    {
        double[] wide = Difference(function, Step), narrow = Difference(function, Step / 2);
        double error = derivative.Select((d, i) => Math.Abs((4 * narrow[i] - wide[i]) / 3 - d)).Max();
        double scale = derivative.Concat(function(0)).Max(Math.Abs);
        Assert.True(error <= 1e-6 * scale, $"{what}: the difference is {error:G3} off where numbers are of the size {scale:G3}.");
    }

    public static double[] Along(double[] at, double[] v, double s) => [.. at.Select((x, i) => x + s * v[i])];

    private static double Error(Func<double, double[]> function, double[] derivative, double step)
        => derivative.Zip(Difference(function, step), (d, difference) => Math.Abs(difference - d)).Max();

    private static double[] Difference(Func<double, double[]> function, double step)
        => [.. function(step).Zip(function(-step), (plus, minus) => (plus - minus) / (2 * step))];
}
