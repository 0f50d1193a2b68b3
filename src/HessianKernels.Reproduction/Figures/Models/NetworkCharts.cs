using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>How runs are drawn.</summary>
internal static class NetworkCharts
{
    /// <summary>Curvatures over the steps in units of 2 / eta, which is drawn at 1.</summary>
    /// <param name="title">Above.</param>
    /// <param name="series">In these units.</param>
    /// <param name="changes">More lines: steps at which something changed, say.</param>
    public static Chart Curvatures(string title, IReadOnlyList<Series> series, params IReadOnlyList<Threshold> changes) => new()
    {
        Title = title, X = new("step"), Y = new("curvature × η / 2", Min: 0), Series = series, Thresholds = [new("2/η", 1), .. changes],
    };

    /// <summary>A curvature of a run in those units.</summary>
    public static LineSeries Share(this NetworkRun run, string column, string name)
    {
        (double[] steps, double[] values) = run.InThresholds(column);
        return new(name, steps, values);
    }

    /// <summary>The loss over the steps.</summary>
    public static Chart Losses(string title, IReadOnlyList<Series> series, params IReadOnlyList<Threshold> changes)
        => new() { Title = title, X = new("step"), Y = Axis.Log("loss"), Series = series, Thresholds = changes };
}
