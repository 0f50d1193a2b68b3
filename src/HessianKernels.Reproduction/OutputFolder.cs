namespace HessianKernels.Reproduction;

/// <summary>
/// The folder that figures are written to: a folder a figure, the report, the summary, and nothing else. What is not known to come from
/// here
/// is not written beside.
/// </summary>
/// <remarks>A figure is written beside its place and moved there whole: one that is there is finished. What is done of one that is not is
/// kept beside its place too.</remarks>
public sealed class OutputFolder
{
    /// <summary>The report's file name.</summary>
    public const string ReportName = "report.html";

    /// <summary>The summary's file name.</summary>
    public const string SummaryName = "README.md";

    private const string Partial = ".partial", Parts = ".parts";

    private OutputFolder(string path) => FullPath = path;

    /// <summary>Where it is.</summary>
    public string FullPath { get; }

    /// <summary>Opens a folder, made where there is none.</summary>
    /// <param name="path">Of the folder.</param>
    /// <exception cref="ArgumentException">It is a file, or holds something else; the message names what.</exception>
    /// <exception cref="IOException">It cannot be made or read.</exception>
    public static OutputFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.GetFullPath(path);
        if (File.Exists(full)) throw new ArgumentException($"Found a file at {path}; expected a folder, or a name for a new one.",
            nameof(path));
        if (Directory.Exists(full))
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(full).Order(StringComparer.Ordinal))
            {
                string name = Path.GetFileName(entry);
                if (IsOurs(entry, name)) continue;
                throw new ArgumentException(
                    $"Found {name} in {path}, which is not of a reproduction; expected an empty folder, a new one, or one of an earlier run.", nameof(path));
            }
        }

        Directory.CreateDirectory(full);
        foreach (string left in Directory.EnumerateDirectories(full, "*" + Partial)) Directory.Delete(left, recursive: true);
        return new(full);
    }

    /// <summary>The figure's folder.</summary>
    /// <param name="figure">Which.</param>
    public string Of(Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return Path.Combine(FullPath, figure.Folder);
    }

    /// <summary>Where the parts of an unfinished figure are kept: a folder for each of the keys that it was begun with.</summary>
    /// <param name="figure">Which.</param>
    /// <param name="key">Names what it is computed from.</param>
    internal string PartsOf(Figure figure, string key) => Path.Combine(Of(figure) + Parts, key);

    /// <summary>The finished figures among some, in their order.</summary>
    /// <param name="figures">Which are looked for.</param>
    public IReadOnlyList<(Figure Figure, FigureRecord Record)> Finished(IEnumerable<Figure> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        List<(Figure Figure, FigureRecord Record)> finished = [];
        foreach (Figure figure in figures)
            if (FigureRecord.Read(Of(figure)) is { } record) finished.Add((figure, record));
        return finished;
    }

    /// <summary>Writes a finished figure in place of an earlier one; its parts are needed no longer.</summary>
    internal void Write(Figure figure, FigureRecord record, FigureResult result)
    {
        string place = Of(figure), partial = place + Partial, parts = place + Parts;
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        foreach (Picture picture in result.Pictures) File.WriteAllText(Path.Combine(partial, picture.Name + ".svg"), picture.Chart.ToSvg());
        foreach (Table table in result.Tables) File.WriteAllText(Path.Combine(partial, table.Name + ".csv"), table.ToCsv());
        record.Write(partial);
        if (Directory.Exists(place)) Directory.Delete(place, recursive: true);
        Directory.Move(partial, place);
        if (Directory.Exists(parts)) Directory.Delete(parts, recursive: true);
    }

    /// <summary>Writes a file at the top, whole or not at all.</summary>
    internal void Write(string name, string text)
    {
        string place = Path.Combine(FullPath, name), partial = place + Partial;
        File.WriteAllText(partial, text);
        File.Move(partial, place, overwrite: true);
    }

    /// <summary>A folder is ours by the record in it or by its unfinished name; a file by its name and its first line.</summary>
    private static bool IsOurs(string entry, string name)
    {
        bool partial = name.EndsWith(Partial, StringComparison.Ordinal);
        if (Directory.Exists(entry))
            return partial || name.EndsWith(Parts, StringComparison.Ordinal) || File.Exists(Path.Combine(entry, FigureRecord.FileName));
        if (partial) name = name[..^Partial.Length];
        if (name == ReportName) return FirstLine(entry).Contains(HtmlReport.Mark, StringComparison.Ordinal);
        return name == SummaryName && FirstLine(entry).Contains(MarkdownSummary.Mark, StringComparison.Ordinal);
    }

    private static string FirstLine(string path)
    {
        using StreamReader reader = new(path);
        return reader.ReadLine() ?? "";
    }
}
