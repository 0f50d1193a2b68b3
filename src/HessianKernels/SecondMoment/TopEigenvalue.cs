using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

/// <summary>The largest eigenvalue of an operator, with the evidence for it.</summary>
public readonly record struct TopEigenvalue
{
    /// <summary>
    /// The Ritz value: never above the largest eigenvalue but for rounding. Infinite where the operator is not defined because the mean is
    /// unstable.
    /// </summary>
    public double Value { get; init; }

    /// <summary>
    /// Half-width: an eigenvalue lies within it of the value. That it is the largest is known from the start, which overlaps with the
    /// largest one's vector, and not from this.
    /// </summary>
    public double Radius { get; init; }

    /// <summary>||A y - theta y|| for the unit vector y, from a product.</summary>
    public double ResidualNorm { get; init; }

    /// <summary>Products with the operator; 0 where the value is known without any.</summary>
    public int OperatorApplications { get; init; }

    /// <summary>How the iteration ended. Converged where there was nothing to iterate.</summary>
    public LanczosStatus Status { get; init; }

    /// <summary>Value - Radius.</summary>
    public double Lower => Value - Radius;

    /// <summary>Value + Radius.</summary>
    public double Upper => double.IsPositiveInfinity(Value) ? Value : Value + Radius;

    internal static TopEigenvalue Known(double value) => new() { Value = value, Status = LanczosStatus.Converged };

    /// <summary>The same for a positive multiple of the operator.</summary>
    internal TopEigenvalue Times(double factor)
        => this with { Value = Value * factor, Radius = Radius * factor, ResidualNorm = ResidualNorm * factor };
}
