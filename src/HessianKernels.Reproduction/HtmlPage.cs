using System.Net;

namespace HessianKernels.Reproduction;

/// <summary>A page of text, tables and pictures that needs no network, prints, and follows the reader's choice of light or dark.</summary>
public static class HtmlPage
{
    private const string Style =
        """
        :root{color-scheme:light dark}
        body{font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;max-width:1180px;margin:0 auto;padding:1rem;background:#fff;color:#1f2328}
        h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem;border-top:1px solid #8886;padding-top:1rem}
        table{border-collapse:collapse;width:100%;margin:.6rem 0}th,td{border-bottom:1px solid #8886;padding:.25rem .5rem;text-align:left;vertical-align:top}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.overview td.n{white-space:nowrap}.wide{overflow-x:auto}
        .yes{color:#116329}.no{color:#b42318;font-weight:600}.small{font-size:.86rem;opacity:.85}
        .pictures{display:flex;flex-wrap:wrap;align-items:flex-start;gap:.8rem}.pictures svg.chart{max-width:100%;height:auto;border:1px solid #8884;border-radius:6px}
        a{color:#0a58ca}pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8884;border-radius:6px;padding:.5rem}
        @media screen and (prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}.yes{color:#56d364}.no{color:#ff7b72}a{color:#79b8ff}}
        @media print{body{max-width:none;padding:0}section,svg,tr{break-inside:avoid}a{color:inherit}}
        """;

    /// <summary>The whole page.</summary>
    /// <param name="title">Above it, and the name of its window.</param>
    /// <param name="body">What stands below the title, as HTML.</param>
    /// <param name="mark">A comment in the first line, by which a program knows its own pages.</param>
    public static string Of(string title, string body, string mark = "")
    {
        string head = Text(title);
        return $"<!DOCTYPE html>{mark}\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
            + $"<title>{head}</title>\n<style>\n{Style}\n</style></head>\n<body>\n<h1>{head}</h1>\n{body}</body></html>\n";
    }

    /// <summary>Pictures side by side, as many as the page is wide.</summary>
    /// <param name="pictures">Each a whole SVG document, as <see cref="HessianKernels.Reproduction.Pictures.Chart.ToSvg"/> draws it.</param>
    public static string Pictures(IEnumerable<string> pictures) => $"<div class=\"pictures\">\n{string.Concat(pictures)}</div>\n";

    /// <summary>Any text as HTML.</summary>
    /// <param name="text">Plain.</param>
    public static string Text(string text) => WebUtility.HtmlEncode(text);
}
