namespace HessianKernels.SecondMoment;

/// <summary>How a Lyapunov exponent is to be estimated. Every default suits a first call.</summary>
public sealed record LyapunovOptions
{
    /// <summary>The defaults.</summary>
    public static LyapunovOptions Default { get; } = new();

    /// <summary>Independent runs, each with batches of its own, at least 1.</summary>
    public int Runs { get; init; } = 8;

    /// <summary>Steps of each run that count, at least <see cref="Spans"/>; rounded up to a multiple of it.</summary>
    public int Steps { get; init; } = 4096;

    /// <summary>Steps of each run before those, in which the vector finds the growing direction; 0 or more.</summary>
    public int BurnIn { get; init; } = 512;

    /// <summary>
    /// The equal spans that the steps of a run are cut into, each one sample of the exponent, at least 2. Their length is to be many times what the direction takes to be forgotten: then they
    /// are independent, and the standard error is right.
    /// </summary>
    public int Spans { get; init; } = 16;

    /// <summary>Names the batches and the first vectors: same seed, same bits, whatever the thread count.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most threads, of which a run takes one; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    internal int SpanLength => (int)(((long)Steps + Spans - 1) / Spans);

    internal void Check()
    {
        AtLeast(Runs, 1, nameof(Runs));
        AtLeast(Spans, 2, nameof(Spans));
        AtLeast(Steps, Spans, nameof(Steps));
        AtLeast(BurnIn, 0, nameof(BurnIn));
        AtLeast(Threads, 0, nameof(Threads));
        if ((long)SpanLength * Spans + BurnIn > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(Steps), Steps, $"Found Steps = {Steps} and BurnIn = {BurnIn}; expected at most {int.MaxValue} together.");
    }

    private static void AtLeast(int value, int least, string name)
    {
        if (value < least) throw new ArgumentOutOfRangeException(name, value, $"Found {name} = {value}; expected at least {least}.");
    }
}
