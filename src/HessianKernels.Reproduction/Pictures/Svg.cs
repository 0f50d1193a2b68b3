using System.Globalization;
using System.Text;
using System.Xml;

namespace HessianKernels.Reproduction.Pictures;

/// <summary>Writes the elements of an SVG document, which is well formed whatever the texts hold.</summary>
internal sealed class Svg : IDisposable
{
    private const string Namespace = "http://www.w3.org/2000/svg";
    private readonly StringBuilder _text = new();
    private readonly XmlWriter _xml;

    public Svg(double width, double height, string title)
    {
        _xml = XmlWriter.Create(_text, new() { OmitXmlDeclaration = true, NewLineChars = "\n", Indent = true, IndentChars = "" });
        Open("svg", ("viewBox", $"0 0 {Of(width)} {Of(height)}"), ("width", Of(width)), ("height", Of(height)), ("class", "chart"),
            ("role", "img"));
        _xml.WriteElementString("title", Namespace, Clean(title));
        _xml.WriteElementString("style", Namespace, Theme.Css);
        Element("rect", ("class", "paper"), ("width", Of(width)), ("height", Of(height)));
    }

    /// <summary>Two decimals are finer than a screen.</summary>
    public static string Of(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    public void Open(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        _xml.WriteStartElement(name, Namespace);
        foreach ((string key, string value) in attributes) _xml.WriteAttributeString(key, value);
    }

    public void Close() => _xml.WriteEndElement();

    public void Element(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Open(name, attributes);
        Close();
    }

    public void Line(string style, double x1, double y1, double x2, double y2)
        => Element("line", ("class", style), ("x1", Of(x1)), ("y1", Of(y1)), ("x2", Of(x2)), ("y2", Of(y2)));

    /// <param name="style">Its classes.</param>
    /// <param name="x">Of the anchor.</param>
    /// <param name="y">Of the base line.</param>
    /// <param name="anchor">start, middle or end.</param>
    /// <param name="text">What is written.</param>
    /// <param name="upwards">Whether it runs from below to above.</param>
    public void Text(string style, double x, double y, string anchor, string text, bool upwards = false)
    {
        Open("text", ("class", style), ("x", Of(x)), ("y", Of(y)), ("text-anchor", anchor));
        if (upwards) _xml.WriteAttributeString("transform", $"rotate(-90 {Of(x)} {Of(y)})");
        _xml.WriteString(Clean(text));
        Close();
    }

    /// <summary>The whole document.</summary>
    public string Finish()
    {
        Close();
        _xml.Flush();
        return _text.Append('\n').ToString();
    }

    public void Dispose() => _xml.Dispose();

    /// <summary>Without the characters that XML cannot hold.</summary>
    private static string Clean(string text) => string.Concat(text.Where(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)));
}
