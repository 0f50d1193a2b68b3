using System.Globalization;
using System.Text;

namespace HessianKernels.Reproduction;

/// <summary>
/// One page with everything: the papers' claims, the numbers and the verdicts side by side, and the pictures.
/// </summary>
internal static class HtmlReport
{
    /// <summary>By which a report is known to be one; in its first line.</summary>
    public const string Mark = "<!-- hk reproduce -->";

    public static string Of(IReadOnlyList<(Figure Figure, FigureRecord Record)> figures, OutputFolder folder)
    {
        StringBuilder page = new();
        page.Append("<p>What five papers on the edge of stability of SGD claim by their figures, what came out, and the verdict, which follows from the numbers. ");
        page.Append("<em>Exact</em> claims are not the papers': they hold the runs against what is computed exactly.</p>\n");
        Overview(page, figures);
        foreach ((Figure figure, FigureRecord record) in figures) Section(page, figure, record, folder);
        return HtmlPage.Of(MarkdownSummary.Mark, page.ToString(), Mark);
    }

    private static void Overview(StringBuilder page, IReadOnlyList<(Figure Figure, FigureRecord Record)> figures)
    {
        page.Append("<div class=\"wide overview\"><table><tr><th>figure</th><th>what</th><th class=\"n\">paper's claims reproduced</th><th class=\"n\">exact claims hold</th>");
        page.Append("<th class=\"n\">time</th><th class=\"n\">in the library</th></tr>\n");
        foreach ((Figure figure, FigureRecord record) in figures)
        {
            page.Append($"<tr><td><a href=\"#{figure.Folder}\">{Text(record.Id)}</a></td><td>{Text(record.Title)}</td>");
            page.Append($"<td class=\"n\">{MarkdownSummary.Count(record, ClaimSource.Paper)}</td><td class=\"n\">{MarkdownSummary.Count(record, ClaimSource.Exact)}</td>");
            page.Append(CultureInfo.InvariantCulture,
                $"<td class=\"n\">{MarkdownSummary.Seconds(record)}</td><td class=\"n\">{100 * record.LibraryShare:0} %</td></tr>\n");
        }

        double seconds = figures.Sum(figure => figure.Record.Seconds);
        page.Append(CultureInfo.InvariantCulture,
            $"</table></div>\n<p class=\"small\">{figures.Count} figures, {seconds:0} s of computation in all.");
        string[] others = [.. FigureCatalog.All.Where(figure => figures.All(held => held.Figure != figure)).Select(figure => figure.Id)];
        if (others.Length > 0) page.Append($" Not computed here: {Text(string.Join(", ", others))}.");
        page.Append("</p>\n");
    }

    private static void Section(StringBuilder page, Figure figure, FigureRecord record, OutputFolder folder)
    {
        page.Append($"<section id=\"{figure.Folder}\">\n<h2>Paper {Text(figure.Paper)}, {Text(figure.Name)}: {Text(record.Title)}</h2>\n<p>{Text(record.Summary)}</p>\n");
        page.Append("<div class=\"wide\"><table><tr><th>by</th><th>claim</th><th class=\"n\">expected</th><th class=\"n\">measured</th><th>verdict</th></tr>\n");
        foreach (Claim claim in record.Claims)
        {
            bool yes = claim.Verdict == Verdict.Reproduced;
            string reason = claim.Reason is null ? "" : $"<div class=\"small\">{Text(claim.Reason)}</div>";
            page.Append($"<tr><td>{(claim.Source == ClaimSource.Paper ? "paper" : "exact")}</td><td>{Text(claim.Statement)}{reason}</td><td class=\"n\">{Text(claim.Expected)}</td>");
            page.Append($"<td class=\"n\">{Text(claim.Measured)}</td><td class=\"{(yes ? "yes" : "no")}\">{(yes ? "reproduced" : "not reproduced")}</td></tr>\n");
        }

        page.Append("</table></div>\n");
        page.Append(HtmlPage.Pictures(record.Pictures.Select(name => File.ReadAllText(Path.Combine(folder.Of(figure), name + ".svg")))));
        page.Append("<p class=\"small\">").AppendJoin("; ", record.Parameters.Select(p => $"{Text(p.Name)}: {Text(p.Value)}"));
        page.Append(CultureInfo.InvariantCulture,
            $". Effort: {record.Effort.ToString().ToLowerInvariant()}; seed {record.Seed}; {MarkdownSummary.Seconds(record)} on {record.Processors} processors{(record.Device is null ? "" : $", networks on {Text(record.Device)}")}, ");
        page.Append(CultureInfo.InvariantCulture, $"{100 * record.LibraryShare:0} % in the library. Numbers: ");
        page.AppendJoin(", ", record.Tables.Select(name => $"<a href=\"{figure.Folder}/{name}.csv\">{Text(name)}.csv</a>"))
            .Append("</p>\n</section>\n");
    }

    private static string Text(string text) => HtmlPage.Text(text);
}
