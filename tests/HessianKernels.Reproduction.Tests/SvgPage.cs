using System.Globalization;
using System.Xml.Linq;
using HessianKernels.Reproduction.Pictures;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

/// <summary>A picture read back: well formed, with every number a number and every text within the picture.</summary>
internal sealed class SvgPage
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";
    private readonly XElement _root;

    public SvgPage(Chart chart)
    {
        _root = XDocument.Parse(chart.ToSvg()).Root!;
        Assert.Equal(s_svg + "svg", _root.Name);
        foreach (XAttribute attribute in _root.Descendants().Attributes())
        {
            Assert.DoesNotContain("NaN", attribute.Value);
            Assert.DoesNotContain("∞", attribute.Value);
            Assert.DoesNotContain("Infinity", attribute.Value);
        }
    }

    public double Width => Number(_root, "width");

    public double Height => Number(_root, "height");

    public IReadOnlyList<string> Texts => [.. _root.Descendants(s_svg + "text").Select(text => text.Value)];

    /// <summary>Paths, of lines and of maps.</summary>
    public IReadOnlyList<(string Style, string Data)> Paths
        => [.. _root.Descendants(s_svg + "path").Select(path => ((string)path.Attribute("class")!, (string)path.Attribute("d")!))];

    public int Count(string element, string style)
        => _root.Descendants(s_svg + element).Count(e => ((string?)e.Attribute("class") ?? "").Split(' ').Contains(style));

    public void AssertNothingIsCutOff()
    {
        foreach (XElement text in _root.Descendants(s_svg + "text"))
        {
            XElement parent = text.Parent!;
            (double left, double top) = parent == _root ? (0, 0) : (Number(parent, "x"), Number(parent, "y"));
            (double width, double height) = parent == _root ? (Width, Height) : (Number(parent, "width"), Number(parent, "height"));
            double size = ((string)text.Attribute("class")!) switch { "title" => 14, "" => 12, _ => 11 },
                length = TextSize.Width(text.Value, size, size == 14);
            double x = Number(text, "x"), y = Number(text, "y");
            double from = (string)text.Attribute("text-anchor")! switch { "start" => 0, "middle" => -length / 2, _ => -length };
            // Upwards: the text runs from larger to smaller y.
            (double low, double high, double across, double end, double room) = text.Attribute("transform") is null
                ? (x + from, x + from + length, y, width, height)
                : (y - from - length, y - from, x, height, width);
            string what = string.Create(CultureInfo.InvariantCulture,
                $"'{text.Value}' from {low} to {high} of {end}, at {across} of {room}; the plot begins at {left}, {top}");
            Assert.True(low >= -0.5 && high <= end + 0.5 && across >= 7 && across <= room, what);
        }
    }

    private static double Number(XElement element, string name)
        => double.Parse((string)element.Attribute(name)!, CultureInfo.InvariantCulture);
}
