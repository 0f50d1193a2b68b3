using System.Globalization;
using HessianKernels.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>
/// The elementary functions, run on the device, against values computed with 400 digits and rounded once (Data/functions.csv): each within
/// its bound, in units in the last place of the value.
/// </summary>
public class FunctionTests
{
    /// <summary>The functions in the order of the file's columns.</summary>
    private const int Count = 7;

    private static readonly string[] Names = ["exp", "tanh", "erf", "erfc", "gelu", "gelu_prime", "gelu_second"];

    // gelu' is a sum that vanishes near -0.75, gelu'' a product with 2 - x^2 that vanishes at sqrt(2): their bounds are units of the larger term.
    private static readonly double[] Double = [2, 3, 2, 4, 4, 4, 4], Single = [2, 3, 2, 4, 4, 4, 4];

    private static void Evaluate(Index1D i, ArrayView<double> x, ArrayView<double> y)
    {
        double at = x[i];
        int to = i * 7;
        y[to] = DeviceMath.Exp(at);
        y[to + 1] = DeviceMath.Tanh(at);
        y[to + 2] = DeviceMath.Erf(at);
        y[to + 3] = DeviceMath.Erfc(at);
        y[to + 4] = DeviceMath.Gelu(at);
        y[to + 5] = DeviceMath.GeluPrime(at);
        y[to + 6] = DeviceMath.GeluSecond(at);
    }

    private static void EvaluateSingle(Index1D i, ArrayView<float> x, ArrayView<float> y)
    {
        float at = x[i];
        int to = i * 7;
        y[to] = DeviceMath.Exp(at);
        y[to + 1] = DeviceMath.Tanh(at);
        y[to + 2] = DeviceMath.Erf(at);
        y[to + 3] = DeviceMath.Erfc(at);
        y[to + 4] = DeviceMath.Gelu(at);
        y[to + 5] = DeviceMath.GeluPrime(at);
        y[to + 6] = DeviceMath.GeluSecond(at);
    }

    private static double[][] Table()
        => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "functions.csv")).Skip(1)
            .Select(line => Array.ConvertAll(line.Split(','), Parse))];

    private static double Parse(string text) => text == "inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public void InDoublePrecision()
    {
        double[][] table = Table();
        double[] x = Array.ConvertAll(table, row => row[0]);
        using MemoryBuffer1D<double, Stride1D.Dense> input = Gpu.Upload(x);
        using MemoryBuffer1D<double, Stride1D.Dense> output = Gpu.Context.Accelerator.Allocate1D<double>(Count * x.Length);
        Gpu.Context.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<double>, ArrayView<double>>(Evaluate)(
            Gpu.Context.Stream, x.Length, input.View, output.View);
        double[] found = Gpu.Download(output);
        Check(table, (i, f) => found[i * Count + f], Math.BitIncrement, 2.2250738585072014e-308, double.MaxValue, Double);
    }

    [Fact]
    public void InSinglePrecision()
    {
        // Exact as floats are the arguments of normal size.
        double[][] table = [.. Table().Where(row => (float)row[0] == row[0])];
        float[] x = Array.ConvertAll(table, row => (float)row[0]);
        Assert.True(x.Length > 100);
        using MemoryBuffer1D<float, Stride1D.Dense> input = Gpu.Upload(x), output = Gpu.Context.Accelerator.Allocate1D<float>(Count * x.Length);
        Gpu.Context.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<float>, ArrayView<float>>(EvaluateSingle)(
            Gpu.Context.Stream, x.Length, input.View, output.View);
        float[] found = Gpu.Download(output);
        Check(table, (i, f) => found[i * Count + f], y => MathF.BitIncrement((float)y), 1.17549435e-38, float.MaxValue, Single);
    }

    [Fact]
    public void NoNumberStaysNone()
    {
        using MemoryBuffer1D<double, Stride1D.Dense> input = Gpu.Upload(new[] { double.NaN });
        using MemoryBuffer1D<double, Stride1D.Dense> output = Gpu.Context.Accelerator.Allocate1D<double>(Count);
        Gpu.Context.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<double>, ArrayView<double>>(Evaluate)(Gpu.Context.Stream, 1, input.View, output.View);
        Assert.All(Gpu.Download(output), y => Assert.True(double.IsNaN(y)));
    }

    private static void Check(
        double[][] table, Func<int, int, double> found, Func<double, double> next, double leastNormal, double most, double[] bounds)
    {
        double[] worst = new double[Count];
        bool single = most < 1e100;
        List<string> faults = [];
        for (int i = 0; i < table.Length; i++)
            for (int f = 0; f < Count; f++)
            {
                double x = table[i][0], expected = table[i][1 + f], actual = found(i, f);
                if (Math.Abs(expected) > most)
                {
                    if (!double.IsInfinity(actual)) faults.Add($"{Names[f]}({x:G17}): {actual:G17} where infinity is expected");
                    continue;
                }

                double size = Math.Abs(expected);
                if (f == 5) size = Math.Max(size, Math.Abs(x) * 0.39894228040143268 * Math.Exp(-0.5 * x * x));
                if (f == 6) size = Math.Max(size, 0.39894228040143268 * Math.Max(2, x * x) * Math.Exp(-0.5 * x * x));
                // Below the normal numbers what is lost is lost in an argument or a factor: units of the least normal one.
                size = Math.Max(size, leastNormal * (f == 6 ? Math.Max(2, x * x) : 1));
                double unit = next(size) - (single ? (float)size : size);
                double units = Math.Abs(actual - expected) / unit;
                if (!(units <= bounds[f])) faults.Add($"{Names[f]}({x:G17}): {actual:G17}, expected {expected:G17}: {units:G3} units");
                worst[f] = Math.Max(worst[f], units);
            }

        Assert.True(faults.Count == 0, $"worst {string.Join(", ", Names.Zip(worst, (name, w) => $"{name} {w:G3}"))}\n{string.Join("\n", faults.Take(30))}");
    }
}
