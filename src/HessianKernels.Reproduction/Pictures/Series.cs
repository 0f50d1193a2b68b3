namespace HessianKernels.Reproduction.Pictures;

/// <summary>What a chart draws, one name in its legend.</summary>
/// <param name="Name">In the legend; empty for none.</param>
public abstract record Series(string Name)
{
    /// <summary>The lowest and highest x, without regard to what the axis shows.</summary>
    internal abstract IEnumerable<double> Xs { get; }

    /// <summary>The same for y.</summary>
    internal abstract IEnumerable<double> Ys { get; }
}

/// <summary>How a line is drawn.</summary>
public enum Stroke
{
    /// <summary>In one piece.</summary>
    Solid,

    /// <summary>Long pieces.</summary>
    Dashed,

    /// <summary>Short pieces.</summary>
    Dotted,
}

/// <summary>Points joined by straight lines; a number that has no place on its axis leaves a gap.</summary>
/// <param name="Name">In the legend; empty for none.</param>
/// <param name="X">Where, as many as y.</param>
/// <param name="Y">How much.</param>
public sealed record LineSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Series(Name)
{
    /// <summary>Whole or in pieces.</summary>
    public Stroke Stroke { get; init; }

    /// <summary>In the colour of the text, for lines over a map of colours.</summary>
    public bool Ink { get; init; }

    /// <summary>The colour, by its place in the palette; that of the series' own place where null.</summary>
    public int? Color { get; init; }

    /// <summary>Whether every point has a mark too.</summary>
    public bool Marked { get; init; }

    internal override IEnumerable<double> Xs => X;

    internal override IEnumerable<double> Ys => Y;
}

/// <summary>Points, each a mark.</summary>
/// <param name="Name">In the legend; empty for none.</param>
/// <param name="X">Where, as many as y.</param>
/// <param name="Y">How much.</param>
public sealed record ScatterSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Series(Name)
{
    /// <summary>The colour, by its place in the palette; that of the series' own place where null.</summary>
    public int? Color { get; init; }

    /// <summary>Half the width of a mark, in pixels.</summary>
    public double Size { get; init; } = 3;

    internal override IEnumerable<double> Xs => X;

    internal override IEnumerable<double> Ys => Y;
}

/// <summary>A colour a cell; the cells lie between edges.</summary>
/// <param name="Name">Beside the scale of colours.</param>
/// <param name="XEdges">One more than there are columns, rising.</param>
/// <param name="YEdges">One more than there are rows, rising.</param>
/// <param name="Values"><c>[rows, columns]</c>, row by row; a NaN is left empty.</param>
/// <param name="Low">What has the first colour.</param>
/// <param name="High">What has the last colour.</param>
public sealed record HeatMap(
    string Name, IReadOnlyList<double> XEdges, IReadOnlyList<double> YEdges, IReadOnlyList<double> Values, double Low, double High)
        : Series(Name)
{
    internal override IEnumerable<double> Xs => XEdges;

    internal override IEnumerable<double> Ys => YEdges;

    /// <summary>Edges halfway between neighbours, and as far beyond the ends.</summary>
    /// <param name="centres">Rising, at least two.</param>
    /// <param name="scale">What halfway means.</param>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    public static double[] Edges(IReadOnlyList<double> centres, AxisScale scale = AxisScale.Linear)
    {
        ArgumentNullException.ThrowIfNull(centres);
        if (centres.Count < 2) throw new ArgumentException($"Found {centres.Count} centres; expected at least 2.", nameof(centres));
        double[] at = [.. centres.Select(c => scale == AxisScale.Log ? Math.Log(c) : c)], edges = new double[at.Length + 1];
        for (int i = 1; i < at.Length; i++) edges[i] = (at[i - 1] + at[i]) / 2;
        (edges[0], edges[^1]) = (at[0] - (edges[1] - at[0]), at[^1] + (at[^1] - edges[^2]));
        return scale == AxisScale.Log ? Array.ConvertAll(edges, Math.Exp) : edges;
    }
}

/// <summary>How many of some numbers lie in each of some equal bins.</summary>
/// <param name="Name">In the legend; empty for none.</param>
/// <param name="Edges">One more than there are bins, rising.</param>
/// <param name="Counts">One a bin.</param>
public sealed record Histogram(string Name, IReadOnlyList<double> Edges, IReadOnlyList<double> Counts) : Series(Name)
{
    internal override IEnumerable<double> Xs => Edges;

    // A bar stands on zero.
    internal override IEnumerable<double> Ys => Counts.Prepend(0);

    /// <summary>Counts finite numbers into bins between the lowest and the highest.</summary>
    /// <param name="name">In the legend.</param>
    /// <param name="values">At least one of them finite.</param>
    /// <param name="bins">At least 1.</param>
    /// <exception cref="ArgumentException">No number is finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no bin.</exception>
    public static Histogram Of(string name, IReadOnlyList<double> values, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0) throw new ArgumentException($"Found {values.Count} numbers, none of them finite; expected one.",
            nameof(values));
        double low = finite.Min(), high = finite.Max();
        if (low == high) (low, high) = (low - 0.5, high + 0.5);
        double[] edges = new double[bins + 1], counts = new double[bins];
        for (int i = 0; i <= bins; i++) edges[i] = low + (high - low) * i / bins;
        foreach (double value in finite) counts[Math.Min(bins - 1, (int)((value - low) / (high - low) * bins))]++;
        return new(name, edges, counts);
    }
}
