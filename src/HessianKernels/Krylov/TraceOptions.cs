using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>How a trace is to be estimated. Every default suits a first call.</summary>
public sealed record TraceOptions
{
    /// <summary>The defaults.</summary>
    public static TraceOptions Default { get; } = new();

    /// <summary>The estimator; XTrace by default.</summary>
    public TraceMethod Method { get; init; } = TraceMethod.XTrace;

    /// <summary>
    /// Products with the operator to spend, or to begin with where <see cref="RelativeStandardError"/> is set; m of them make
    /// <code>
    ///  Hutchinson    m samples                                                                       m at least 2
    ///  HutchPlusPlus a range from m/3 vectors, its exact trace by m/3, and the rest, m/3 or more, samples   at least 6
    ///  XTrace        m/2 test vectors, each a sample, and as many of their range's vectors                  at least 4
    /// </code>
    /// A range of more than n vectors is never asked for.
    /// </summary>
    public int Applications { get; init; } = 48;

    /// <summary>
    /// Where above 0: the number of products is doubled until the standard error is at most this times the estimate's magnitude. What was sampled is kept (but for
    /// the samples of Hutch++, which belong to a range now outgrown). Stopping on the estimate's own error favours samples that agree: ask for less than you need.
    /// </summary>
    public double RelativeStandardError { get; init; }

    /// <summary>Most products where <see cref="RelativeStandardError"/> is set. Memory for the range they make is taken at once.</summary>
    public int MaximumApplications { get; init; } = 512;

    /// <summary>
    /// What Hutchinson's and Hutch++'s vectors are drawn from; Rademacher by default, which has the least variance of all where elements are independent. XTrace's
    /// are uniform on the sphere, as its normalisation takes them to be, whatever is set here.
    /// </summary>
    public RandomDistribution Distribution { get; init; } = RandomDistribution.Rademacher;

    /// <summary>Names the random vectors: same seed, same bits, whatever the thread count.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most threads used; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    /// <summary>The products that the longest run may make.</summary>
    internal int Limit => RelativeStandardError > 0 ? Math.Max(Applications, MaximumApplications) : Applications;

    /// <summary>Names what is wrong, with what was found and what was expected.</summary>
    internal void Check()
    {
        if (!Enum.IsDefined(Method))
            throw new ArgumentOutOfRangeException(nameof(Method), Method, $"Found Method = {Method}; expected one of {string.Join(", ", Enum.GetNames<TraceMethod>())}.");
        if (!Enum.IsDefined(Distribution))
            throw new ArgumentOutOfRangeException(nameof(Distribution), Distribution, $"Found Distribution = {Distribution}; expected Normal or Rademacher.");
        int least = Method switch { TraceMethod.Hutchinson => 2, TraceMethod.XTrace => 4, _ => 6 };
        if (Applications < least)
            throw new ArgumentOutOfRangeException(nameof(Applications), Applications, $"Found Applications = {Applications}; expected at least {least} for {Method}.");
        if (!(RelativeStandardError >= 0 && RelativeStandardError < 1))
            throw new ArgumentOutOfRangeException(
                nameof(RelativeStandardError), RelativeStandardError, $"Found RelativeStandardError = {RelativeStandardError}; expected 0 <= RelativeStandardError < 1.");
        if (RelativeStandardError > 0 && MaximumApplications < Applications)
            throw new ArgumentOutOfRangeException(
                nameof(MaximumApplications), MaximumApplications, $"Found MaximumApplications = {MaximumApplications}; expected at least Applications = {Applications}.");
        if (Threads < 0) throw new ArgumentOutOfRangeException(nameof(Threads), Threads, $"Found Threads = {Threads}; expected 0 or more.");
    }
}
