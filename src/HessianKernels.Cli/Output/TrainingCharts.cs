using System.Globalization;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Cli.Output;

/// <summary>A tracker's record as pictures: what is of one kind together, and what it is held against.</summary>
internal sealed class TrainingCharts(TrainingOptions options, TrainingRecord record, IReadOnlyList<Catapult> catapults)
{
    // How far above the least 2 / eta the picture of sharpness reaches for the sake of GNI and the threshold itself.
    private const double Headroom = 3;

    private readonly double[] _steps = record.Column("step");

    /// <summary>Those of which something was recorded.</summary>
    public IReadOnlyList<Chart> All
        => [.. ((IEnumerable<Chart?>)[Loss(), Sharpness(), NoiseKernels(), Trace(), Shares(), Distance()]).OfType<Chart>()];

    private Chart? Loss()
    {
        Chart? chart = Of("Loss", Axis.Log("loss"), "loss", "test_loss", "step_loss");
        if (chart is null || catapults.Count == 0) return chart;
        ScatterSeries peaks = new("peak of a catapult", [.. catapults.Select(c => (double)c.Peak)], [.. catapults.Select(c => c.PeakLoss)])
        {
            Size = 4,
        };
        return chart with { Series = [.. chart.Series, peaks] };
    }

    private Chart? Sharpness()
    {
        string[] eigenvalues = [.. Numbered("lambda_")];
        Chart? chart = Of(
            "Sharpness", new("curvature of the loss"),
            ["batch_sharpness", "step_sharpness", "ias", "gni", "lambda_max_batch", .. eigenvalues]);
        if (chart is null) return chart;
        double[] thresholds = [.. record.Column("learning_rate").Select(options.Momentum.SharpnessThreshold)];
        // Neither GNI where the gradient all but vanishes nor the beginning of a warm-up is to press all else to the floor.
        double least = thresholds.Min(), others = Highest(chart.Series.Where(series => series.Name != "gni")),
            most = 1.1 * Math.Max(Headroom * least, others);
        if (Math.Max(Highest(chart.Series), thresholds.Max()) > most) chart = chart with { Y = chart.Y with { Max = most } };
        string name = options.Momentum == default ? "2/η" : "2/η (1 + β₁)/(1 + 2β₂)";
        return thresholds.All(value => value == least)
            ? chart with { Thresholds = [new($"{name} = {least.ToString("G4", CultureInfo.InvariantCulture)}", least)] }
            : chart with { Series = [.. chart.Series, new LineSeries(name, _steps, thresholds) { Stroke = Stroke.Dashed, Ink = true }] };
    }

    private Chart? NoiseKernels()
    {
        Chart? chart = Of("Noise kernels", new("norm of the noise kernel"), "k_exact", "k_tr");
        return chart is null ? null : chart with { Thresholds = [new("edge: K = 1", 1)] };
    }

    private Chart? Trace() => Of("Trace of the Hessian", new("tr H"), "trace");

    private Chart? Shares() => Of(
        "Accuracy, concentration, rotation", new("share, or |cosine|", Min: 0, Max: 1.02),
        ["accuracy", "test_accuracy", "rho", .. Numbered("similarity_"), .. Numbered("cosine_")]);

    private Chart? Distance() => Of("Rotation of the top subspace", new("distance to the first one"), "subspace_distance");

    private IEnumerable<string> Numbered(string name)
        => record.Columns.Where(column => column.StartsWith(name, StringComparison.Ordinal) && char.IsAsciiDigit(column[name.Length]));

    /// <summary>Null where none of the columns has a number that the axis shows.</summary>
    private Chart? Of(string title, Axis y, params IReadOnlyList<string> columns)
    {
        LineSeries[] series = [.. columns.Where(record.Columns.Contains).Select(Line).Where(line => line.Y.Any(y.Shows))];
        if (series.Length == 0) return null;
        // One curve needs no legend: its axis says what it is.
        bool alone = series.Length == 1;
        return new()
        {
            Title = title, X = new("step"), Y = alone ? y with { Label = series[0].Name } : y,
            Series = [.. series.Select(line => alone ? line with { Name = "" } : line)],
        };
    }

    /// <summary>Joined over the steps at which it was not looked at: each quantity has its own.</summary>
    private LineSeries Line(string column)
    {
        double[] values = record.Column(column);
        int[] seen = [.. Enumerable.Range(0, values.Length).Where(i => double.IsFinite(values[i]))];
        return new(column.Replace('_', ' '), [.. seen.Select(i => _steps[i])], [.. seen.Select(i => values[i])]);
    }

    private static double Highest(IEnumerable<Series> series)
        => series.OfType<LineSeries>().SelectMany(line => line.Y).DefaultIfEmpty(double.NegativeInfinity).Max();
}
