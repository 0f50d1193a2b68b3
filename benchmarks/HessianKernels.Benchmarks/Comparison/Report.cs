using System.Text;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>Markdown, printed as it is made.</summary>
internal sealed class Report
{
    private const string Begin = "<!-- comparison -->", End = "<!-- /comparison -->";
    private readonly StringBuilder _text = new();

    public void Line(string line = "")
    {
        Console.WriteLine(line);
        _text.Append(line).Append('\n');
    }

    public void Heading(string heading)
    {
        Line();
        Line($"### {heading}");
        Line();
    }

    /// <summary>A table's head; its rows are to follow.</summary>
    public void Head(params string[] cells)
    {
        Row(cells);
        Line($"|{string.Concat(cells.Select((_, i) => i == 0 ? " :-- |" : " --: |"))}");
    }

    public void Row(params string[] cells) => Line($"| {string.Join(" | ", cells)} |");

    public void RatioHead() => Head("ours", "median", "theirs", "median", "ratio of medians", "paired ratios", "aim");

    public void RatioRow(Paired paired, int ours, int theirs, string aim)
    {
        (double ratio, double least, double largest) = paired.Ratio(ours, theirs);
        Row(
            paired.Name(ours), Milliseconds(paired.Seconds(ours)), paired.Name(theirs), Milliseconds(paired.Seconds(theirs)), $"{ratio:0.00}",
            $"{least:0.00} – {largest:0.00}", aim);
    }

    public static string Milliseconds(double seconds) => seconds < 0.1 ? $"{1e3 * seconds:0.00} ms" : seconds < 10 ? $"{1e3 * seconds:0} ms" : $"{seconds:0.0} s";

    /// <summary>Puts the report between the markers of a file that has them; else the file becomes the report.</summary>
    /// <param name="path">The file.</param>
    /// <param name="part">Whether parts that were not run stay as they are.</param>
    public void Save(string path, bool part = false)
    {
        string old = File.Exists(path) ? File.ReadAllText(path) : "", text = _text.ToString();
        int begin = old.IndexOf(Begin, StringComparison.Ordinal), end = old.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            File.WriteAllText(path, text);
            return;
        }

        begin += Begin.Length;
        if (part) text = ReportParts.Merge(old[begin..end].TrimStart('\n'), text);
        File.WriteAllText(path, $"{old[..begin]}\n{text}{old[end..]}");
    }
}
