using System.Text.Json;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using HessianKernels.Storage;
using Spectre.Console;

namespace HessianKernels.Cli.Commands;

/// <summary>What hk density found. A curve is null where no probe was finished.</summary>
internal sealed record DensityOutcome(
    SpectralQuadrature[] Spectra, SpectralDensityCurve?[] Curves, bool IsStack, ulong Seed, double Seconds, Place Place)
{
    // Width of the longest bar of the histogram.
    private const int LongestBar = 40;

    public int ExitCode
        => Spectra.Any(spectrum => spectrum.Status == SpectralQuadratureStatus.Cancelled) ? Cli.ExitCode.Cancelled
            : Spectra.All(spectrum => spectrum.Status == SpectralQuadratureStatus.Complete) ? Cli.ExitCode.Converged
            : Cli.ExitCode.NotConverged;

    /// <summary>Writes the curves; NaN where a matrix has none.</summary>
    public void Write(string path, bool force)
    {
        int points = Curves.Max(curve => curve?.Grid.Length ?? 0);
        using NpzWriter writer = NpzWriter.Create(path, force);
        Add("grid", curve => curve.Grid.ToArray());
        Add("density", curve => curve.Values.ToArray());
        Add("standardErrors", curve => curve.StandardErrors.ToArray());
        writer.Complete();

        void Add(string name, Func<SpectralDensityCurve, double[]> values)
        {
            using NpyWriter<double> rows = writer.CreateRows<double>(name, IsStack ? [Curves.Length, points] : [points]);
            foreach (SpectralDensityCurve? curve in Curves) rows.Write(curve is null ? [.. Enumerable.Repeat(double.NaN, points)] : values(curve));
            rows.Complete();
        }
    }

    public void PrintJson() => Json.PrintItems(IsStack, [.. Spectra.Zip(Curves)], Write, json =>
    {
        json.WriteNumber("n", Spectra[0].Length);
        json.WriteNumber("seed", Seed);
        json.Double("seconds", Seconds);
        Place.Write(json);
    });

    public void PrintTable()
    {
        if (Spectra.Length == 1) PrintHistogram(Spectra[0]);
        else PrintRanges();
        Place.Print();
        SpectralQuadrature first = Spectra[0];
        foreach (IGrouping<SpectralQuadratureStatus, SpectralQuadrature> status in Spectra.GroupBy(spectrum => spectrum.Status).OrderBy(group => group.Key))
            Report.Line($"{status.Key.ToString().ToLowerInvariant()}: {status.Count()} of {Spectra.Length} matri{(Spectra.Length == 1 ? "x" : "ces")}, {Report.Count(first.Probes, "probe")} of {Report.Count(first.Steps, "step")}, {Report.Count(Spectra.Sum(spectrum => (long)spectrum.OperatorApplications), "product")}, in {Seconds:G3} s");
        if (Curves[0] is { } curve) Report.Line($"density on {curve.Grid.Length} points with width {curve.Width:G3}: --json prints it, --out writes it");
    }

    /// <summary>The share of the eigenvalues in intervals of equal length, each with its standard error over the probes.</summary>
    private static void PrintHistogram(SpectralQuadrature spectrum)
    {
        if (spectrum.Probes == 0) return;
        double low = spectrum.Smallest, step = (spectrum.Largest - low) / Report.MostRows;
        Table table = Report.Table("from", "to", "share", "standard error");
        table.AddColumn(new TableColumn(""));
        for (int i = 0; i < Report.MostRows; i++)
        {
            double from = low + i * step, to = i == Report.MostRows - 1 ? spectrum.Largest : low + (i + 1) * step;
            bool last = i == Report.MostRows - 1;
            SampleMean share = spectrum.MeanOf(node => node >= from && (last || node < to) ? 1 : 0);
            string bar = new('#', (int)Math.Round(share.Value * LongestBar));
            table.AddRow(new Text(Report.Small(from)), new Text(Report.Small(to)), new Text(Report.Small(share.Value)), new Text(Report.Small(share.StandardError)), new Text(bar));
        }

        Report.Print(table);
    }

    private void PrintRanges()
    {
        Table table = Report.Table("matrix", "smallest node", "largest node", "mean eigenvalue", "standard error");
        foreach ((int item, SpectralQuadrature spectrum) in Spectra.Index().Take(Report.MostRows))
        {
            SampleMean mean = spectrum.Moment(1);
            table.AddRow(
                new Text(Report.Whole(item)), new Text(Report.Value(spectrum.Smallest)), new Text(Report.Value(spectrum.Largest)),
                new Text(Report.Value(mean.Value)), new Text(Report.Small(mean.StandardError)));
        }

        Report.Print(table);
        if (Spectra.Length > Report.MostRows) Report.Line($"and {Spectra.Length - Report.MostRows} more; --json prints all");
    }

    private static void Write(Utf8JsonWriter json, (SpectralQuadrature Spectrum, SpectralDensityCurve? Curve) item)
    {
        (SpectralQuadrature spectrum, SpectralDensityCurve? curve) = item;
        json.Name("status", spectrum.Status);
        json.Doubles("grid", curve is null ? [] : curve.Grid);
        json.Doubles("density", curve is null ? [] : curve.Values);
        json.Doubles("standardErrors", curve is null ? [] : curve.StandardErrors);
        json.Double("width", curve?.Width ?? double.NaN);
        json.Double("integral", curve?.Integral ?? double.NaN);
        json.Double("smallest", spectrum.Smallest);
        json.Double("largest", spectrum.Largest);
        json.WriteNumber("probes", spectrum.Probes);
        json.WriteNumber("exhaustedProbes", spectrum.ExhaustedProbes);
        json.WriteNumber("steps", spectrum.Steps);
        json.WriteNumber("operatorApplications", spectrum.OperatorApplications);
    }
}
