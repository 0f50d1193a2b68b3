namespace HessianKernels.Operators;

/// <summary>How wrong a product by finite differences is believed to be, in the Euclidean norm.</summary>
/// <param name="Truncation">
/// A third of the distance between the differences of step h and of step 2h: what Richardson's extrapolation has removed, and so
/// more than what it left wherever the step was small enough to extrapolate at all.
/// </param>
/// <param name="Rounding">What gradients right to a unit of rounding leave: eps (2 ||g|| / h + ||H v|| ||theta|| / h) for a direction of norm 1.</param>
/// <param name="OutputNorm">||H v||, the size of the product itself.</param>
public readonly record struct ProductError(double Truncation, double Rounding, double OutputNorm)
{
    /// <summary>Truncation + rounding.</summary>
    public double Absolute => Truncation + Rounding;

    /// <summary>The error relative to ||H v||; 0 where there is none, infinity where a zero product has one.</summary>
    public double Relative => Absolute == 0 ? 0 : Absolute / OutputNorm;
}
