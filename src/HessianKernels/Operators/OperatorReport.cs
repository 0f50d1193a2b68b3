namespace HessianKernels.Operators;

/// <summary>A way in which an operator is not what <see cref="Spaces.ILinearOperator{TView}"/> promises.</summary>
public enum OperatorFault
{
    /// <summary>&lt;x, A y&gt; and &lt;A x, y&gt; differ.</summary>
    NotSymmetric,

    /// <summary>A (a x + b y) and a A x + b A y differ.</summary>
    NotLinear,

    /// <summary>The same input gave other bits the second time.</summary>
    NotDeterministic,

    /// <summary>A finite input gave NaN or infinity.</summary>
    NotFinite,

    /// <summary>The input was written to.</summary>
    ChangesInput,

    /// <summary>An element of the output was not written, or what it held before went into it.</summary>
    LeavesOutputUnwritten,
}

/// <summary>One fault found.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Probe">Which pair of random vectors showed it, from 0.</param>
/// <param name="Item">Which batch item, from 0.</param>
/// <param name="Defect">How much: relative to ||A|| as the probes found it for NotSymmetric, NotLinear and NotDeterministic; else elements.</param>
/// <param name="Tolerance">The largest defect that rounding explains; 0 where there is none to explain.</param>
/// <param name="Message">The same for a reader, with the numbers that differ.</param>
public sealed record OperatorFinding(OperatorFault Fault, int Probe, int Item, double Defect, double Tolerance, string Message);

/// <summary>What <see cref="OperatorCheck"/> found.</summary>
/// <param name="Findings">The faults, the worst of its kind for each batch item; empty for a healthy operator.</param>
/// <param name="Products">Calls of Apply it took.</param>
/// <param name="Probes">Pairs of random vectors tried.</param>
/// <param name="Tolerance">The relative defect allowed.</param>
/// <param name="WorstSymmetryDefect">The largest relative |&lt;x, A y&gt; - &lt;A x, y&gt;| seen, within the tolerance or not.</param>
/// <param name="WorstLinearityDefect">The largest relative ||A (a x + b y) - a A x - b A y|| seen, within the tolerance or not.</param>
public sealed record OperatorReport(
    IReadOnlyList<OperatorFinding> Findings, int Products, int Probes, double Tolerance, double WorstSymmetryDefect, double WorstLinearityDefect)
{
    /// <summary>True where nothing was found.</summary>
    public bool Healthy => Findings.Count == 0;

    /// <summary>The messages, a line each.</summary>
    public override string ToString()
        => Healthy ? $"No fault found by {Probes} probes." : string.Join(Environment.NewLine, Findings.Select(finding => finding.Message));
}
