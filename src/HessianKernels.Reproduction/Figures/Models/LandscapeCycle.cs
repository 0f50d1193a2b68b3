namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>What figures 3 and 11 of paper 004 look at: the largest instability of a path.</summary>
internal static class LandscapeCycle
{
    private const int Around = 8;

    /// <summary>Which; the steps about the largest oscillation where there is no instability.</summary>
    public static Instability Of(DescentPath path)
    {
        if (path.Instabilities.MaxBy(one => path.Oscillation[one.Peak]) is { } largest) return largest;
        int last = path.Points.Count - 2, peak = Enumerable.Range(1, last).MaxBy(step => path.Oscillation[step]);
        return new(Math.Max(1, peak - Around), peak, Math.Min(last, peak + Around));
    }

    /// <summary>The whole run: loss and sharpness.</summary>
    public static IEnumerable<Picture> Run(DescentPath path)
        => DescentPictures.Of(path).Select(picture => picture with { Name = $"run-{picture.Name}" });

    /// <summary>Where each cut's neighbours and floor lie.</summary>
    /// <param name="name">Of the table.</param>
    /// <param name="cuts">A row each.</param>
    /// <param name="more">Columns after the step.</param>
    public static Table Places(string name, LandscapeCut[] cuts, params ReadOnlySpan<(string Name, IReadOnlyList<double> Values)> more)
        => Reproduction.Table.Of(
            name,
            [
                ("step", [.. cuts.Select(cut => (double)cut.Step)]), .. more, ("place_next", [.. cuts.Select(cut => cut.Next)]),
                ("place_before", [.. cuts.Select(cut => cut.Before)]), ("floor", [.. cuts.Select(cut => cut.Floor)]),
                ("sharpness_curvature", [.. cuts.Select(cut => cut.SharpnessCurvature)]),
            ]);

    /// <summary>The cuts, place after place.</summary>
    public static Table Table(LandscapeCut[] cuts) => Reproduction.Table.Of(
        "cuts", ("step", [.. cuts.SelectMany(cut => cut.Distances.Select(_ => (double)cut.Step))]),
        ("distance", [.. cuts.SelectMany(cut => cut.Distances)]), ("loss", [.. cuts.SelectMany(cut => cut.Loss)]),
        ("sharpness", [.. cuts.SelectMany(cut => cut.Sharpness)]));
}
