using System.Diagnostics;

namespace HessianKernels.Reproduction;

/// <summary>What is to be computed, and how.</summary>
public sealed record ReproductionOptions
{
    /// <summary>How much of each figure.</summary>
    public Effort Effort { get; init; } = Effort.Quick;

    /// <summary>Names the random numbers: same seed, same bits.</summary>
    public ulong Seed { get; init; }

    /// <summary>The folder of the papers' data sets; null where the figures are to make their own.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Most threads; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    /// <summary>Where figures' networks are trained and looked at; the CPU where null. All else is computed on the CPU.</summary>
    public ITensorPlace? Place { get; init; }
}

/// <summary>How far a reproduction is.</summary>
/// <param name="Figure">The figure at hand; empty at the end.</param>
/// <param name="Done">Figures finished.</param>
/// <param name="Count">Figures asked for.</param>
/// <param name="Share">The share of the work that is done, from 0 to 1.</param>
/// <param name="Kept">How much of that had been done before, by a run that was stopped.</param>
public readonly record struct ReproductionProgress(string Figure, int Done, int Count, double Share, double Kept = 0);

/// <summary>What a reproduction left behind.</summary>
/// <param name="Figures">The figures that were asked for and are finished.</param>
/// <param name="Kept">How many of them were finished before and kept.</param>
/// <param name="Cancelled">Whether it was ended before all were.</param>
/// <param name="Report">The path of the report.</param>
public sealed record ReproductionOutcome(IReadOnlyList<FigureRecord> Figures, int Kept, bool Cancelled, string Report);

/// <summary>Computes figures, keeps those that are finished, and reports on all that a folder holds.</summary>
/// <example><code>
/// ReproductionOutcome outcome = Reproducer.Run(FigureCatalog.Find("003/F1"), OutputFolder.Open("figures"));
/// foreach (FigureRecord figure in outcome.Figures)
///     foreach (Claim claim in figure.Claims) Console.WriteLine($"{figure.Id} {claim.Verdict}: {claim.Statement}");
/// </code></example>
public static class Reproducer
{
    /// <summary>Computes what is not there yet and writes the report.</summary>
    /// <param name="figures">Which, in this order.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="options">What is to be computed; the defaults where null.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it: finished figures stay, and of the one at hand the parts that are done; the report
    /// is written.</param>
    /// <exception cref="ArgumentException">There is no figure, or the data folder lacks a file; the message names each and its
    /// source.</exception>
    /// <exception cref="IOException">Something cannot be written.</exception>
    public static ReproductionOutcome Run(
        IReadOnlyList<Figure> figures, OutputFolder folder, ReproductionOptions? options = null,
            IProgress<ReproductionProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new();
        if (figures.Count == 0) throw new ArgumentException("Found no figure; expected at least one.", nameof(figures));
        CheckData(figures, options.DataFolder);
        (Figure Figure, string Key, FigureRecord? Kept)[] work =
        [
            .. figures.Select(figure => (figure, Key: FigureRecord.KeyOf(figure, options.Effort, options.Seed, options.DataFolder, options.Place?.Name),
                FigureRecord.Read(folder.Of(figure))))
                .Select(item => (item.figure, item.Key, item.Item3?.Key == item.Key ? item.Item3 : null)),
        ];
        double all = work.Where(item => item.Kept is null).Sum(item => item.Figure.Weight(options.Effort)), done = 0, kept = 0;
        List<FigureRecord> finished = [];
        bool cancelled = false;
        foreach ((Figure figure, string key, FigureRecord? keptRecord) in work)
        {
            FigureRecord? record = keptRecord;
            if (record is null)
            {
                double weight = figure.Weight(options.Effort), before = done;
                int index = finished.Count;
                FigureRun? run = null;
                Relay within = new(share => progress?.Report(new(figure.Id, index, figures.Count,
                    (before + weight * Math.Clamp(share, 0, 1)) / all, (kept + weight * run!.Kept) / all)));
                run = new(options.Effort, options.Seed, within, cancellation)
                {
                    DataFolder = options.DataFolder, Threads = options.Threads, Place = options.Place, PartsFolder = folder.PartsOf(figure, key),
                };
                within.Report(0);
                record = Compute(figure, key, folder, run);
                done += weight;
                kept += weight * run.Kept;
            }

            cancelled = record is null;
            if (cancelled) break;
            finished.Add(record!);
        }

        WriteReports(folder, figures);
        if (!cancelled) progress?.Report(new("", figures.Count, figures.Count, 1));
        return new(finished, work.Count(item => item.Kept is not null && finished.Contains(item.Kept)), cancelled,
            Path.Combine(folder.FullPath, OutputFolder.ReportName));
    }

    /// <summary>Writes the report and the summary of all that a folder holds.</summary>
    private static void WriteReports(OutputFolder folder, IReadOnlyList<Figure> asked)
    {
        IReadOnlyList<(Figure Figure, FigureRecord Record)> held = folder.Finished(FigureCatalog.All.Union(asked));
        folder.Write(OutputFolder.ReportName, HtmlReport.Of(held, folder));
        folder.Write(OutputFolder.SummaryName, MarkdownSummary.Of(held));
    }

    /// <summary>One figure; null where it was cancelled.</summary>
    private static FigureRecord? Compute(Figure figure, string key, OutputFolder folder, FigureRun run)
    {
        long start = Stopwatch.GetTimestamp();
        FigureResult result;
        try
        {
            run.Cancellation.ThrowIfCancellationRequested();
            result = figure.Compute(run);
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            return null;
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        FigureRecord record = new()
        {
            Key = key, Id = figure.Id, Title = figure.Title, Summary = figure.Summary, Effort = run.Effort, Seed = run.Seed,
            Parameters = [.. figure.Parameters(run.Effort).Select(p => new Parameter(p.Name, p.Value))], Claims = result.Claims,
            Pictures = [.. result.Pictures.Select(picture => picture.Name)], Tables = [.. result.Tables.Select(table => table.Name)],
            Seconds = Math.Round(seconds, 3), LibraryShare = Math.Round(Math.Min(1, run.InLibrary.TotalSeconds / seconds), 3),
            Processors = Environment.ProcessorCount, Device = run.Device,
        };
        folder.Write(figure, record, result);
        return record;
    }

    private static void CheckData(IReadOnlyList<Figure> figures, string? folder)
    {
        if (folder is null) return;
        if (!Directory.Exists(folder)) throw new ArgumentException($"Found no folder {folder}; expected that of the papers' data sets.",
            nameof(folder));
        string[] missing =
        [
            .. figures.SelectMany(figure => figure.Data).Distinct().Where(file => !File.Exists(Path.Combine(folder, file.Name)))
                .Select(file => $"{file.Name} ({file.Source})"),
        ];
        if (missing.Length > 0) throw new ArgumentException(
            $"Found no {string.Join(", no ", missing)} in {folder}; expected every file that the figures read.", nameof(folder));
    }

    /// <summary>Tells on the thread that tells, and never less than before.</summary>
    private sealed class Relay(Action<double> tell) : IProgress<double>
    {
        private readonly Lock _gate = new();
        private double _most = -1;

        public void Report(double value)
        {
            lock (_gate)
            {
                if (value <= _most) return;
                _most = value;
                tell(value);
            }
        }
    }
}
