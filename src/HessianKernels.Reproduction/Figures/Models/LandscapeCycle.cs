namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>What figures 3 and 11 of paper 004 look at: the largest instability of a path.</summary>
internal static class LandscapeCycle
{
    /// <summary>Which.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Instability Of(DescentPath path)
        => path.Instabilities.MaxBy(one => path.Oscillation[one.Peak])
            ?? throw new InvalidOperationException("The run has no instability to look at: another seed, or a larger effort.");

    /// <summary>The cuts, place after place.</summary>
    public static Table Table(LandscapeCut[] cuts) => Reproduction.Table.Of(
        "cuts", ("step", [.. cuts.SelectMany(cut => cut.Distances.Select(_ => (double)cut.Step))]),
        ("distance", [.. cuts.SelectMany(cut => cut.Distances)]), ("loss", [.. cuts.SelectMany(cut => cut.Loss)]),
        ("sharpness", [.. cuts.SelectMany(cut => cut.Sharpness)]));
}
