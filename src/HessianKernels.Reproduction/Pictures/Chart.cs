namespace HessianKernels.Reproduction.Pictures;

/// <summary>A picture of numbers: series between two axes, with a legend and named thresholds.</summary>
/// <remarks>
/// <see cref="ToSvg"/> draws it. Everything that is written has room that is reckoned from its length, so that nothing is cut off; colours
/// follow the reader's choice of light or dark.
/// </remarks>
/// <example><code>
/// Chart chart = new() { Title = "Loss", X = new("step"), Y = Axis.Log("loss"), Series = [new LineSeries("eta = 0.1", steps, losses)] };
/// File.WriteAllText("loss.svg", chart.ToSvg());
/// </code></example>
public sealed partial record Chart
{
    /// <summary>Above the picture.</summary>
    public required string Title { get; init; }

    /// <summary>The horizontal axis.</summary>
    public required Axis X { get; init; }

    /// <summary>The vertical axis.</summary>
    public required Axis Y { get; init; }

    /// <summary>What is drawn, the first lowest.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>Lines across.</summary>
    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    /// <summary>Of the picture, in pixels, at least 240; more where the labels would leave too little for the plot.</summary>
    public int Width { get; init; } = 560;

    /// <summary>Of the picture without its legend, in pixels, at least 160; more where the labels would leave too little for the
    /// plot.</summary>
    public int Height { get; init; } = 380;

    /// <summary>The ends of an axis: what is asked for, else what the data take and a little more.</summary>
    internal static (double Min, double Max) Range(Axis axis, IEnumerable<double> values, bool tight)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity;
        foreach (double value in values)
            if (axis.Shows(value)) (min, max) = (Math.Min(min, value), Math.Max(max, value));
        bool log = axis.Scale == AxisScale.Log;
        if (!(min <= max)) (min, max) = log ? (0.1, 10) : (0, 1);
        if (log)
        {
            double pad = tight ? 1 : Math.Pow(max / min, 0.04);
            (min, max) = min == max ? (min / 2, max * 2) : (min / pad, max * pad);
        }
        else
        {
            double pad = tight ? 0 : 0.04 * (max - min);
            (min, max) = min == max ? (min - Math.Max(0.5, Math.Abs(min) / 2), max + Math.Max(0.5, Math.Abs(max) / 2))
                : (min - pad, max + pad);
        }

        (min, max) = (axis.Min ?? min, axis.Max ?? max);
        // An end that was asked for may lie beyond all data.
        if (!(min < max)) (min, max) = axis.Min is null ? (log ? max / 10 : max - 1, max) : (min, log ? min * 10 : min + 1);
        return (min, max);
    }
}
