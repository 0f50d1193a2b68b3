namespace HessianKernels.SecondMoment;

/// <summary>An example whose curvature H_i is not positive semidefinite, up to rounding.</summary>
/// <param name="Index">i.</param>
/// <param name="LowestEigenvalue">The lowest eigenvalue of H_i, below 0.</param>
/// <param name="Norm">The largest eigenvalue of H_i in magnitude.</param>
public readonly record struct IndefiniteExample(int Index, double LowestEigenvalue, double Norm);
