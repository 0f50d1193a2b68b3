namespace HessianKernels.SecondMoment;

/// <summary>How the quantities of a second moment are computed. Every default suits a first call.</summary>
public sealed record SecondMomentOptions
{
    /// <summary>The defaults.</summary>
    public static SecondMomentOptions Default { get; } = new();

    /// <summary>
    /// An eigenvalue has converged when its residual is at most this times the operator's norm: half the relative width of the interval
    /// that is sure to hold one. Between 0 and 1.
    /// </summary>
    public double Tolerance { get; init; } = 1e-9;

    /// <summary>
    /// A stationary covariance has converged when its residual is at most this times the right-hand side. Between 0 and 1.
    /// </summary>
    public double SolveTolerance { get; init; } = 1e-12;

    /// <summary>Most products with an operator in one iteration, at least 1.</summary>
    public int MaximumApplications { get; init; } = 10_000;

    /// <summary>Most threads used; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Most bytes that a call may take beyond its arguments; none where null. What a call would take is known before it takes it.
    /// </summary>
    public long? MemoryLimit { get; init; }

    internal int ThreadCount => Threads == 0 ? Environment.ProcessorCount : Threads;

    /// <summary>Names what is wrong, with what was found and what was expected.</summary>
    internal SecondMomentOptions Check()
    {
        if (!(Tolerance >= 0 && Tolerance < 1))
            throw new ArgumentOutOfRangeException(
                nameof(Tolerance), Tolerance, $"Found Tolerance = {Tolerance}; expected 0 <= Tolerance < 1.");
        if (!(SolveTolerance >= 0 && SolveTolerance < 1))
            throw new ArgumentOutOfRangeException(
                nameof(SolveTolerance), SolveTolerance, $"Found SolveTolerance = {SolveTolerance}; expected 0 <= SolveTolerance < 1.");
        if (MaximumApplications < 1)
            throw new ArgumentOutOfRangeException(
                nameof(MaximumApplications), MaximumApplications, $"Found MaximumApplications = {MaximumApplications}; expected at least 1.");
        if (Threads < 0) throw new ArgumentOutOfRangeException(nameof(Threads), Threads, $"Found Threads = {Threads}; expected 0 or more.");
        return this;
    }

    /// <summary>Throws, with both numbers, where a call takes more than it may.</summary>
    internal void ThrowIfOver(long requiredBytes, string what)
    {
        if (requiredBytes > MemoryLimit)
            throw new InvalidOperationException($"{what} takes {requiredBytes} bytes; the memory limit is {MemoryLimit} bytes.");
    }
}
