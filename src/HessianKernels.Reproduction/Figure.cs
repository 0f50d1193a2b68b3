namespace HessianKernels.Reproduction;

/// <summary>A file of data that a figure reads.</summary>
/// <param name="Name">Within the data folder.</param>
/// <param name="Source">Where it is to be had, by name.</param>
public sealed record DataFile(string Name, string Source);

/// <summary>
/// A figure, table or appendix of a paper: what it claims, with what parameters it is computed, and the computation, which uses the
/// library's public members alone.
/// </summary>
/// <remarks>
/// To add a figure is to derive a class and to name it in <see cref="FigureCatalog"/>. The same effort, seed and data give the same
/// results, whatever the number of threads.
/// </remarks>
public abstract class Figure
{
    /// <summary>The paper: 000 to 004.</summary>
    public abstract string Paper { get; }

    /// <summary>The figure in the paper: F and a number, or the appendix.</summary>
    public abstract string Name { get; }

    /// <summary>What it shows, in a line.</summary>
    public abstract string Title { get; }

    /// <summary>What the paper claims by it, and how it is computed here.</summary>
    public abstract string Summary { get; }

    /// <summary>To be raised with every change of the computation: what was kept from before is then computed again.</summary>
    public virtual int Version => 1;

    /// <summary>The figure's share of the work of all, in no particular unit.</summary>
    /// <param name="effort">How much is to be computed.</param>
    public virtual double Weight(Effort effort) => 1;

    /// <summary>The files it reads where there is a data folder.</summary>
    public virtual IReadOnlyList<DataFile> Data => [];

    /// <summary>The numbers it is computed with, by name.</summary>
    /// <param name="effort">How much is to be computed.</param>
    public abstract IReadOnlyList<(string Name, string Value)> Parameters(Effort effort);

    /// <summary>Computes the figure.</summary>
    /// <param name="run">How much, with which seed, on which threads; and whom to tell how far it is.</param>
    /// <exception cref="OperationCanceledException">Cancelled: parts alone are kept.</exception>
    public abstract FigureResult Compute(FigureRun run);

    /// <summary>PAPER/FIGURE.</summary>
    public string Id => $"{Paper}/{Name}";

    /// <summary>The same as the name of a folder.</summary>
    public string Folder => $"{Paper}-{Name}";
}
