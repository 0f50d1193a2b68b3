using Paper000 = HessianKernels.Reproduction.Figures.Paper000;
using Paper001 = HessianKernels.Reproduction.Figures.Paper001;
using Paper002 = HessianKernels.Reproduction.Figures.Paper002;
using Paper003 = HessianKernels.Reproduction.Figures.Paper003;
using Paper004 = HessianKernels.Reproduction.Figures.Paper004;

namespace HessianKernels.Reproduction;

/// <summary>All figures, in the papers' order.</summary>
public static class FigureCatalog
{
    /// <summary>The word for all of them.</summary>
    public const string EveryFigure = "all";

    /// <summary>The figures.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        new Paper000.Figure1(), new Paper000.Figure2(), new Paper000.Figure3(), new Paper000.Figure4(), new Paper000.Figure5(),
        new Paper000.Figure7(), new Paper000.Figure8(), new Paper000.Figure9(), new Paper000.Figure10(),
        new Paper000.AppendixA5(), new Paper000.AppendixA6(),
        new Paper001.Figure1(), new Paper001.Figure2(), new Paper001.Figure3(), new Paper001.Figure4(), new Paper001.Figure5(),
        new Paper001.Figure5Right(), new Paper001.Figure22(), new Paper001.Figure23(), new Paper001.Figure24(), new Paper001.Figure35(),
        new Paper001.Figure37(), new Paper001.Figure38(),
        new Paper002.Figure1(), new Paper002.Figure3(), new Paper002.Figure6(), new Paper002.Figure7(), new Paper002.Figure8(),
            new Paper002.Figure9(false), new Paper002.Figure9(true),
        new Paper002.Figure25(), new Paper002.Figure26(), new Paper002.Figure29(), new Paper002.Figure31(), new Paper002.AppendixD1(),
        new Paper003.Figure1(), new Paper003.Figure2(),
        new Paper004.Figure1(), new Paper004.Figure2(), new Paper004.Figure3(), new Paper004.Figure4(), new Paper004.Figure6(), new Paper004.Figure8(),
        new Paper004.Figure9(), new Paper004.Figure10(), new Paper004.Figure11(),
    ];

    /// <summary>The figures of a name: one, as PAPER/FIGURE; those of a paper, as PAPER; or all of them.</summary>
    /// <param name="name">Without regard to case.</param>
    /// <exception cref="ArgumentException">There is no such figure; the message lists those there are.</exception>
    public static IReadOnlyList<Figure> Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Equals(EveryFigure, StringComparison.OrdinalIgnoreCase)) return All;
        Figure[] found = [.. All.Where(figure => name.Equals(figure.Id, StringComparison.OrdinalIgnoreCase) || name == figure.Paper)];
        return found.Length > 0 ? found
            : throw new ArgumentException($"Found '{name}'; expected {string.Join(", ", All.Select(figure => figure.Id))}, a paper, or {EveryFigure}.", nameof(name));
    }
}
