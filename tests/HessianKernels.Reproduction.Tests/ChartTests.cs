using HessianKernels.Reproduction.Pictures;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

public class ChartTests
{
    private static readonly double[] s_x = [1, 2, 3, 4, 5], s_y = [1, 10, 100, 1000, 10_000];

    private static Chart Of(params Series[] series) => new() { Title = "A picture", X = new("step"), Y = new("loss [1]"), Series = series };

    public static TheoryData<Chart> Every() => new(
        Of(),
        Of(new LineSeries("line", s_x, s_y), new ScatterSeries("points", s_x, s_y)),
        Of(new LineSeries("line", s_x, s_y)) with { Y = Axis.Log("loss"), X = Axis.Log("step"),
            Thresholds = [new("a threshold", 100), new("another", 2, Vertical: true)] },
        Of(new HeatMap("share", [0, 1, 2], [0, 1, 2, 3], [0, 0.2, 0.4, 0.6, double.NaN, 1], 0, 1),
            new LineSeries("over it", s_x, s_x) { Ink = true, Stroke = Stroke.Dashed }),
        Of(Histogram.Of("how many", [1, 2, 2, 3, 3, 3, double.NaN], 3)),
        Of(new LineSeries("constant", [1, 2], [5, 5])), Of(new ScatterSeries("one point", [1], [-3])),
            Of(new LineSeries("nothing", [double.NaN], [1])),
        Of([.. Enumerable.Range(0, 20).Select(k
            => new LineSeries($"a series with a rather long name, number {k}", s_x, s_y) { Marked = true })]),
        Of(new LineSeries("far", [1, 2], [-1e300, 1e300])), Of(new LineSeries("near", [1, 1 + 1e-12], [1e-300, 2e-300])),
        Of(new LineSeries("x", s_x, s_y)) with { Title = string.Join(' ', Enumerable.Repeat("a very long title", 12)),
            Y = new("a label longer than the axis is high, which has to be broken into lines somewhere"), Width = 240, Height = 200 });

    [Theory]
    [MemberData(nameof(Every))]
    public void APictureIsWellFormedAndNothingIsCutOff(Chart chart)
    {
        SvgPage page = new(chart);
        page.AssertNothingIsCutOff();
        Assert.Equal(chart.ToSvg(), chart.ToSvg());
        foreach (Series series in chart.Series.Where(series => series is not HeatMap)) Assert.Contains(series.Name, page.Texts);
        foreach (Threshold threshold in chart.Thresholds) Assert.Contains(threshold.Name, page.Texts);
    }

    [Fact]
    public void TextsMayHoldWhatXmlMayNot()
    {
        SvgPage page = new(Of(new LineSeries("<a> & \"b\" \u0001", s_x, s_y)) with { Title = "1 < 2 && 'x' ]]>" });
        Assert.Contains("<a> & \"b\" ", page.Texts);
        Assert.Contains("1 < 2 && 'x' ]]>", page.Texts);
    }

    [Fact]
    public void ANumberWithoutAPlaceLeavesAGap()
    {
        SvgPage linear = new(Of(new LineSeries("y", s_x, [1, 2, double.NaN, 4, 5]))),
            log = new(Of(new LineSeries("y", s_x, [1, 2, 0, -4, 5])) with { Y = Axis.Log("y") });
        Assert.Equal(2, linear.Paths.Single().Data.Count(c => c == 'M'));
        Assert.Equal(2, log.Paths.Single().Data.Count(c => c == 'M'));
        Assert.Equal(3, new SvgPage(Of(new ScatterSeries("", s_x, [1, 2, double.NaN, double.PositiveInfinity, 5])))
            .Count("circle", "mark"));
    }

    [Fact]
    public void MillionsOfPointsStayAsManyAsThereArePixels()
    {
        double[] x = [.. Enumerable.Range(0, 1_000_000).Select(i => (double)i)],
            y = Array.ConvertAll(x, i => i == 500_000 ? 9 : Math.Sin(i));
        string path = new SvgPage(Of(new LineSeries("", x, y)) with { Y = new("y", Min: -10, Max: 10) }).Paths.Single().Data;
        Assert.InRange(path.Length, 1000, 60_000);
        // The one high point is still there: near the top of some 300 pixels.
        double highest = path.Split('L', 'M').Skip(1).Min(point
            => double.Parse(point.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(highest, 5, 30);
    }

    [Fact]
    public void EveryCellOfAMapHasItsColour()
    {
        SvgPage page = new(Of(new HeatMap("m", [0, 1, 2], [0, 1, 2], [0, 1, double.NaN, 0.5], 0, 1)));
        Assert.Equal(["h0", "h10", "h5"], page.Paths.Select(path => path.Style).Order(StringComparer.Ordinal));
        // Neighbours of one colour are one rectangle.
        Assert.Single(new SvgPage(Of(new HeatMap("m", [0, 1, 2, 3], [0, 1], [1, 1, 1], 0, 1))).Paths.Single().Data, c => c == 'M');
    }

    [Fact]
    public void AHistogramCountsEveryFiniteNumberOnce()
    {
        Histogram histogram = Histogram.Of("", [0, 0.1, 0.5, 0.9, 1, double.NaN, double.NegativeInfinity], 2);
        Assert.Equal([0, 0.5, 1], histogram.Edges);
        Assert.Equal([2, 3], histogram.Counts);
        Assert.Throws<ArgumentException>(() => Histogram.Of("", [double.NaN], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Histogram.Of("", [1], 0));
    }

    [Fact]
    public void NamesOfThresholdsDoNotCover()
    {
        Chart chart = Of(new LineSeries("", [0, 1], [0, 100])) with { Thresholds = [new("first", 50), new("second", 51),
            new("third", 0.5, true), new("fourth", 0.51, true)] };
        string[] at = [.. System.Xml.Linq.XDocument.Parse(chart.ToSvg()).Descendants().Where(e => (string?)e.Attribute("class") == "name")
            .Select(e => $"{e.Attribute("x")} {e.Attribute("y")}")];
        Assert.Equal(4, at.Distinct().Count());
    }

    [Fact]
    public void ColoursFollowTheReader()
    {
        string svg = Of(new LineSeries("", s_x, s_y)).ToSvg();
        Assert.Contains("prefers-color-scheme:dark", svg);
        Assert.Contains("currentColor", svg);
        // No font, picture or style from elsewhere: the only address is the name of the language.
        Assert.Equal(svg.Split("http").Length - 1, svg.Split("http://www.w3.org/2000/svg").Length - 1);
    }

    [Fact]
    public void WhatCannotBeDrawnIsRefused()
    {
        Assert.Contains("has 2 values; expected 5",
            Assert.Throws<ArgumentException>(() => Of(new LineSeries("l", s_x, [1, 2])).ToSvg()).Message);
        Assert.Contains("has 1 values; expected 4",
            Assert.Throws<ArgumentException>(() => Of(new HeatMap("m", [0, 1, 2], [0, 1, 2], [1], 0, 1)).ToSvg()).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => (Of() with { Width = 100 }).ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Of() with { Height = 100 }).ToSvg());
        Assert.Throws<ArgumentException>(() => HeatMap.Edges([1]));
    }
}
