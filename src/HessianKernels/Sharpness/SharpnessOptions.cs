namespace HessianKernels.Sharpness;

/// <summary>How sharpness along batches is to be analysed. Every default suits a first call.</summary>
public sealed record SharpnessOptions
{
    /// <summary>The defaults.</summary>
    public static SharpnessOptions Default { get; } = new();

    /// <summary>
    /// Where there are no more batches than this, all are evaluated, each with its probability: C(n, b) without replacement, C(n + b - 1,
    /// b) multisets with it, 2^n for Bernoulli. Else random ones are drawn. From 0 (always draw) to 2^31 - 1.
    /// </summary>
    public int EnumerationLimit { get; init; } = 20_000;

    /// <summary>
    /// Random batches are drawn until every standard error is at most this times its mean's magnitude, and there are 64 batches. Stopping
    /// on the estimate's own error favours samples that agree: ask for less than you need. 0 draws <see cref="MaxBatches"/>, unless there
    /// is no error at all.
    /// </summary>
    public double RelativeError { get; init; } = 0.01;

    /// <summary>Most random batches, at least 1.</summary>
    public int MaxBatches { get; init; } = 10_000;

    /// <summary>Whether <c>E[lambda_max(H_B)]</c> is computed. It costs far more than all else.</summary>
    public bool LargestEigenvalues { get; init; } = true;

    /// <summary>Names the random batches: same seed, same bits, whatever the thread count.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most threads used; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    /// <summary>Who evaluates batches, as a GPU may, from the derivatives that are analysed; the CPU where null. Closed forms are the CPU's.</summary>
    public IBatchQuotients? Quotients { get; init; }

    /// <summary>Names what is wrong, with what was found and what was expected.</summary>
    internal void Check()
    {
        if (EnumerationLimit < 0) throw OutOfRange(nameof(EnumerationLimit), EnumerationLimit, "0 or more");
        if (!(RelativeError >= 0 && RelativeError < 1)) throw OutOfRange(nameof(RelativeError), RelativeError, "0 <= RelativeError < 1");
        if (MaxBatches < 1) throw OutOfRange(nameof(MaxBatches), MaxBatches, "at least 1");
        if (Threads < 0) throw OutOfRange(nameof(Threads), Threads, "0 or more");
    }

    private static ArgumentOutOfRangeException OutOfRange(string name, object found, string expected)
        => new(name, found, FormattableString.Invariant($"Found {name} = {found}; expected {expected}."));
}
