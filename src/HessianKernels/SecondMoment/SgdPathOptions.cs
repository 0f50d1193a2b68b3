namespace HessianKernels.SecondMoment;

/// <summary>How paths are to be simulated, and when one is taken to have converged or diverged.</summary>
public sealed record SgdPathOptions
{
    /// <summary>The defaults.</summary>
    public static SgdPathOptions Default { get; } = new();

    /// <summary>Independent paths, at least 1.</summary>
    public int Paths { get; init; } = 24;

    /// <summary>Most steps of a path, at least 1.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>A path has diverged once its length is this times its first; above 1.</summary>
    public double DivergedAt { get; init; } = 1e6;

    /// <summary>A path has converged once its length is this times its first; in (0, 1).</summary>
    public double ConvergedAt { get; init; } = 1e-6;

    /// <summary>Names the batches and the first points: same seed, same bits, whatever the thread count.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most threads, of which a path takes one; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    internal void Check()
    {
        if (Paths < 1) throw new ArgumentOutOfRangeException(nameof(Paths), Paths, $"Found Paths = {Paths}; expected at least 1.");
        if (Steps < 1) throw new ArgumentOutOfRangeException(nameof(Steps), Steps, $"Found Steps = {Steps}; expected at least 1.");
        if (Threads < 0) throw new ArgumentOutOfRangeException(nameof(Threads), Threads, $"Found Threads = {Threads}; expected 0 or more.");
        if (!(DivergedAt > 1 && double.IsFinite(DivergedAt)))
            throw new ArgumentOutOfRangeException(nameof(DivergedAt), DivergedAt, $"Found DivergedAt = {DivergedAt}; expected a finite number above 1.");
        if (!(ConvergedAt > 0 && ConvergedAt < 1))
            throw new ArgumentOutOfRangeException(nameof(ConvergedAt), ConvergedAt, $"Found ConvergedAt = {ConvergedAt}; expected 0 < ConvergedAt < 1.");
    }
}
