using System.Globalization;
using HessianKernels.Reproduction.Pictures;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

public class TicksTests
{
    [Theory]
    [InlineData(0, 1, 6, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 1.6, 9, "0.0 0.2 0.4 0.6 0.8 1.0 1.2 1.4 1.6")]
    [InlineData(-4, 4, 7, "−4 −2 0 2 4")]
    [InlineData(0, 100, 5, "0 25 50 75 100")]
    [InlineData(1.2, 1.4, 5, "1.20 1.25 1.30 1.35 1.40")]
    [InlineData(0, 300_000, 4, "0 10⁵ 2×10⁵ 3×10⁵")]
    [InlineData(0, 0.0004, 5, "0 10⁻⁴ 2×10⁻⁴ 3×10⁻⁴ 4×10⁻⁴")]
    public void LinearMarksAreRound(double min, double max, int most, string expected)
        => Assert.Equal(expected, string.Join(' ', Ticks.Linear(min, max, most).Select(tick => tick.Label)));

    [Theory]
    [InlineData(0.01, 1000, "0.01 0.1 1 10 100 1000")]
    [InlineData(1e-6, 1, "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰")]
    [InlineData(1e-12, 1e6, "10⁻¹² 10⁻⁹ 10⁻⁶ 10⁻³ 10⁰ 10³ 10⁶")]
    [InlineData(0.05, 1, "0.05 0.1 0.2 0.5 1")]
    [InlineData(3, 4, "3.0 3.2 3.4 3.6 3.8 4.0")]
    public void LogarithmicMarksArePowers(double min, double max, string expected)
        => Assert.Equal(expected, string.Join(' ', Ticks.Log(min, max).Select(tick => tick.Label)));

    [Fact]
    public void AnyRangeHasAFewMarksInOrderWithinItsEnds()
    {
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            double width = Math.Pow(10, 24 * random.NextDouble() - 12),
                min = (random.NextDouble() - 0.5) * width * Math.Pow(10, 3 * random.NextDouble());
            int most = 3 + random.Next(7);
            Check(Ticks.Linear(min, min + width, most), min, min + width, most);
            double low = Math.Pow(10, 20 * random.NextDouble() - 10), high = low * Math.Pow(10, 0.05 + 14 * random.NextDouble());
            Check(Ticks.Log(low, high, most), low, high, Math.Max(most, 9));
        }

        static void Check(Tick[] ticks, double min, double max, int most)
        {
            string at = string.Create(CultureInfo.InvariantCulture,
                $"{min} to {max}, at most {most}: {string.Join(' ', ticks.Select(tick => tick.Value))}");
            Assert.True(ticks.Length >= 1 && ticks.Length <= most, at);
            double slack = 1e-8 * (max - min);
            Assert.True(ticks.All(tick => tick.Value >= min - slack - 1e-8 * Math.Abs(min) && tick.Value <= max + slack
                + 1e-8 * Math.Abs(max)), at);
            Assert.True(ticks.Zip(ticks.Skip(1)).All(pair => pair.First.Value < pair.Second.Value), at);
            Assert.True(ticks.Select(tick => tick.Label).Distinct().Count() == ticks.Length, at + " "
                + string.Join(' ', ticks.Select(tick => tick.Label)));
        }
    }

    [Theory]
    [InlineData(1, 1, 5)]
    [InlineData(2, 1, 5)]
    [InlineData(double.NaN, 1, 5)]
    [InlineData(0, double.PositiveInfinity, 5)]
    [InlineData(0, 1, 1)]
    public void BadEndsAreRefused(double min, double max, int most)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Ticks.Linear(min, max, most));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ticks.Log(Math.Min(min, 0), max, most));
    }
}
