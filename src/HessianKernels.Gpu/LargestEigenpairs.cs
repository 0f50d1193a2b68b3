namespace HessianKernels.Gpu;

/// <summary>The largest eigenpair of each of many matrices, with the evidence for each.</summary>
/// <typeparam name="T">Element type of the vectors.</typeparam>
/// <param name="Eigenvalues">theta, <c>[batch]</c>.</param>
/// <param name="Eigenvectors">The unit Ritz vectors, <c>[batch, n]</c>.</param>
/// <param name="ResidualNorms">||A y - theta y||, from a product, <c>[batch]</c>.</param>
/// <param name="EnclosureRadii">Half-widths: an eigenvalue lies within this of theta, <c>[batch]</c>; the residual and an allowance of (8 + sqrt(n)) eps ||A|| for rounding.</param>
/// <param name="OperatorApplications">Products made, <c>[batch]</c>.</param>
/// <param name="Converged">Whether the residual is within the tolerance, <c>[batch]</c>.</param>
public sealed record LargestEigenpairs<T>(
    double[] Eigenvalues, T[] Eigenvectors, double[] ResidualNorms, double[] EnclosureRadii, int[] OperatorApplications, bool[] Converged);
