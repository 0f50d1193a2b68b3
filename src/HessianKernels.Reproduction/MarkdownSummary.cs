using System.Globalization;
using System.Text;

namespace HessianKernels.Reproduction;

/// <summary>The verdicts as a page of Markdown: a table of figures, and below it every claim.</summary>
internal static class MarkdownSummary
{
    /// <summary>By which a summary is known to be one.</summary>
    public const string Mark = "Five papers, computed again";

    public static string Of(IReadOnlyList<(Figure Figure, FigureRecord Record)> figures)
    {
        StringBuilder page = new();
        page.Append($"# {Mark}\n\n");
        page.Append("Every figure is computed by `hk reproduce`, through the library's public members alone. A verdict follows from the numbers; a claim that did not\n");
        page.Append("reproduce is shown as such, with the likely reason. *exact* claims are not the papers': they hold the runs against what the library computes exactly.\n\n");
        page.Append("| figure | what | paper's claims reproduced | exact claims hold | effort, seed | time | in the library |\n| :-- | :-- | --: | --: | :-- | --: | --: |\n");
        foreach ((Figure figure, FigureRecord record) in figures)
        {
            page.Append(CultureInfo.InvariantCulture,
                $"| [{record.Id}](#{Anchor(record.Id)}) | {Escape(record.Title)} | {Count(record, ClaimSource.Paper)} | {Count(record, ClaimSource.Exact)} | ");
            page.Append(CultureInfo.InvariantCulture,
                $"{record.Effort.ToString().ToLowerInvariant()}, {record.Seed} | {Seconds(record)} | {100 * record.LibraryShare:0} % |\n");
        }

        foreach ((Figure figure, FigureRecord record) in figures)
        {
            page.Append($"\n<a id=\"{Anchor(record.Id)}\"></a>\n## {record.Id}: {Escape(record.Title)}\n\n{Escape(record.Summary)}\n\n");
            page.Append(string.Join("; ", record.Parameters.Select(p => $"{p.Name}: {p.Value}"))).Append("\n\n");
            page.Append("| by | claim | expected | measured | verdict |\n| :-- | :-- | --: | --: | :-- |\n");
            foreach (Claim claim in record.Claims)
            {
                string verdict = claim.Verdict == Verdict.Reproduced ? "yes" : "**no**";
                page.Append($"| {claim.Source.ToString().ToLowerInvariant()} | {Escape(claim.Statement)} | {Escape(claim.Expected)} | {Escape(claim.Measured)} | {verdict} |\n");
            }

            foreach (Claim claim in record.Claims.Where(claim => claim.Reason is not null)) page.Append(
                $"\n* {Escape(claim.Statement)}: {Escape(claim.Reason!)}\n");
            page.Append('\n').AppendJoin(' ', record.Pictures.Select(name => $"![{name}]({figure.Folder}/{name}.svg)"));
            page.Append("\n\nNumbers: ").AppendJoin(", ", record.Tables.Select(name => $"[{name}.csv]({figure.Folder}/{name}.csv)"))
                .Append('\n');
        }

        return page.ToString();
    }

    public static string Count(FigureRecord record, ClaimSource source)
    {
        Claim[] claims = [.. record.Claims.Where(claim => claim.Source == source)];
        return claims.Length == 0 ? "–" : $"{claims.Count(claim => claim.Verdict == Verdict.Reproduced)} of {claims.Length}";
    }

    /// <summary>Three digits; what took no time is told to the millisecond.</summary>
    public static string Seconds(FigureRecord record)
        => record.Seconds.ToString(record.Seconds < 1 ? "0.000" : record.Seconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " s";

    private static string Anchor(string id) => "f-" + id.Replace('/', '-').Replace('.', '-').ToLowerInvariant();

    private static string Escape(string text)
        => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
