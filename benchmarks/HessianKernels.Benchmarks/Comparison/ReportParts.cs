namespace HessianKernels.Benchmarks.Comparison;

/// <summary>A report's parts: what stands before the first heading, where it was measured, then each heading with what follows it.</summary>
internal static class ReportParts
{
    private const string Mark = "### ";

    /// <summary>
    /// An old report with the parts of a new one in the place of its own of the same headings, or at its end. A part that was measured elsewhere
    /// than the old report says begins with where.
    /// </summary>
    public static string Merge(string old, string fresh)
    {
        List<string> parts = Split(old), replacing = Split(fresh);
        string where = replacing[0].Trim();
        if (parts[0].Trim().Length == 0) parts[0] = replacing[0];
        foreach (string part in replacing.Skip(1))
        {
            string heading = Heading(part), told = parts[0].Trim() == where ? part : $"{heading}\n\n{where}\n{part[heading.Length..]}";
            int at = parts.FindIndex(1, other => Heading(other) == heading);
            if (at < 0) parts.Add(told);
            else parts[at] = told;
        }

        return string.Join("\n\n", parts.Select(part => part.Trim('\n'))) + "\n";
    }

    private static string Heading(string part) => part.Split('\n', 2)[0];

    private static List<string> Split(string report)
    {
        List<string> parts = [""];
        foreach (string line in report.Split('\n'))
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal)) parts.Add(line + "\n");
            else parts[^1] += line + "\n";
        }

        return parts;
    }
}
