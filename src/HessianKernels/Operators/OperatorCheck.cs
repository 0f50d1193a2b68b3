using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>
/// Puts an operator to the test with random vectors: does it write all of its output and nothing of its input, repeat itself bit for
/// bit, and is it finite, linear and symmetric?
/// <code>
///  not symmetric   |&lt;x, A y&gt; - &lt;A x, y&gt;|            &gt;  tolerance ||A|| ||x|| ||y||
///  not linear      ||A (a x + b y) - a A x - b A y||  &gt;  tolerance ||A|| (|a| ||x|| + |b| ||y||)
///  ||A||           the largest ||A x|| / ||x|| of the probes,   a = 0.75, b = -1.25
/// </code>
/// </summary>
/// <remarks>
/// A random pair sees an asymmetry spread over the matrix at its relative size divided by about sqrt(n); that of one element among n^2 only
/// where n is small: <see cref="DenseSymmetric.Validate"/> looks at every element. No false alarm is raised by the rounding of a product
/// summed in T, whatever its order; one is by an operator that is nothing but rounding, such as the difference of two equal ones.
/// </remarks>
public static unsafe partial class OperatorCheck
{
    /// <summary>The tolerance in units of eps sqrt(n).</summary>
    private const double RoundingUnits = 64;

    private const double A = 0.75, B = -1.25;

    /// <summary>Checks an operator.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="op">The operator.</param>
    /// <param name="probes">Pairs of random vectors, at least 1; each takes four calls of Apply.</param>
    /// <param name="seed">Seed of the vectors.</param>
    /// <param name="tolerance">Relative defect allowed; null for 64 eps sqrt(Length). Finite differences need their own error here.</param>
    /// <returns>What was found. A wrong operator is a finding, not an exception; what the operator throws passes through.</returns>
    /// <exception cref="ArgumentNullException">op is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">probes is below 1, or tolerance below 0 or NaN.</exception>
    public static OperatorReport Run<T>(ILinearOperator<Span<T>> op, int probes = 3, ulong seed = 0, double? tolerance = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentNullException.ThrowIfNull(op);
        ArgumentOutOfRangeException.ThrowIfLessThan(probes, 1);
        double allowed = tolerance ?? RoundingUnits * ElementType.Epsilon<T>() * Math.Sqrt(op.Length);
        if (!(allowed >= 0)) throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "The tolerance must be 0 or more.");
        return new Session<T>(op, allowed).Run(probes, seed);
    }
}
