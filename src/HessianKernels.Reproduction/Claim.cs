using System.Globalization;

namespace HessianKernels.Reproduction;

/// <summary>What a claim came to.</summary>
public enum Verdict
{
    /// <summary>The measured number lies where the claim says, to its tolerance.</summary>
    Reproduced,

    /// <summary>It does not.</summary>
    NotReproduced,
}

/// <summary>Who claims.</summary>
public enum ClaimSource
{
    /// <summary>The paper.</summary>
    Paper,

    /// <summary>The theory that this library computes exactly, beyond the paper.</summary>
    Exact,
}

/// <summary>A claim, what was measured, and the verdict, which follows from the numbers alone.</summary>
/// <param name="Source">Who claims.</param>
/// <param name="Statement">In words.</param>
/// <param name="Expected">What must be measured, with its tolerance, in words.</param>
/// <param name="Measured">What was measured, in words.</param>
/// <param name="Verdict">What it came to.</param>
public sealed record Claim(ClaimSource Source, string Statement, string Expected, string Measured, Verdict Verdict)
{
    /// <summary>Why a claim that was not reproduced likely was not; null where there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>A number is expected, to a tolerance.</summary>
    /// <param name="source">Who claims.</param>
    /// <param name="statement">In words.</param>
    /// <param name="expected">The number.</param>
    /// <param name="tolerance">How far from it the measured one may lie, not negative.</param>
    /// <param name="measured">What was measured; a NaN is never as expected.</param>
    public static Claim Near(ClaimSource source, string statement, double expected, double tolerance, double measured)
        => new(source, statement, $"{Text(expected)} ± {Text(tolerance)}", Text(measured), Of(Math.Abs(measured - expected) <= tolerance));

    /// <summary>A number is expected to be no more than another.</summary>
    /// <param name="source">Who claims.</param>
    /// <param name="statement">In words.</param>
    /// <param name="bound">The most.</param>
    /// <param name="measured">What was measured.</param>
    public static Claim AtMost(ClaimSource source, string statement, double bound, double measured)
        => new(source, statement, $"≤ {Text(bound)}", Text(measured), Of(measured <= bound));

    /// <summary>A number is expected to be no less than another.</summary>
    /// <param name="source">Who claims.</param>
    /// <param name="statement">In words.</param>
    /// <param name="bound">The least.</param>
    /// <param name="measured">What was measured.</param>
    public static Claim AtLeast(ClaimSource source, string statement, double bound, double measured)
        => new(source, statement, $"≥ {Text(bound)}", Text(measured), Of(measured >= bound));

    /// <summary>Numbers are expected to rise from each to the next.</summary>
    /// <param name="source">Who claims.</param>
    /// <param name="statement">In words.</param>
    /// <param name="measured">At least two, in the order that is to be theirs.</param>
    public static Claim Rising(ClaimSource source, string statement, params IReadOnlyList<double> measured)
        => new(
            source, statement, "each above the one before", string.Join(" < ", measured.Select(Text)),
            Of(measured.Count >= 2 && measured.Zip(measured.Skip(1)).All(pair => pair.First < pair.Second)));

    /// <summary>The claim with the likely reason, told only where it was not reproduced.</summary>
    /// <param name="reason">In words.</param>
    public Claim Because(string reason) => this with { Reason = Verdict == Verdict.Reproduced ? null : reason };

    /// <summary>Four digits.</summary>
    /// <param name="value">The number.</param>
    public static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '−');

    private static Verdict Of(bool holds) => holds ? Verdict.Reproduced : Verdict.NotReproduced;
}
