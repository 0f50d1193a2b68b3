namespace HessianKernels.SecondMoment;

/// <summary>
/// A curvature set on the range of its mean H, in the eigenbasis of H: all that second moments, noise kernels and random products depend on, in m dimensions whatever
/// the number of parameters is. Example i's curvature is <c>H_i = Phi_i^T S_i Phi_i</c>, and <c>(1/n) sum_i H_i = L = diag(lambda)</c>.
/// </summary>
/// <remarks>
/// S_i is the identity but for sets with an indefinite example, whose rows carry signs. MATHEMATICS: the function space of section 2, <c>Phi = sqrt(n) U diag(sqrt(lambda))</c>.
/// </remarks>
public sealed class FunctionSpace
{
    internal FunctionSpace(int examples, int rows, double[] eigenvalues, double[] factors, double[]? signs = null)
        => (Examples, Rows, EigenvaluesArray, FactorsArray, SignsArray) = (examples, rows, eigenvalues, factors, signs);

    /// <summary>n, the number of examples.</summary>
    public int Examples { get; }

    /// <summary>r, the number of rows of each example's factor.</summary>
    public int Rows { get; }

    /// <summary>m, the dimension: the rank of H (of the span of all H_i, where one of them is indefinite).</summary>
    public int Rank => EigenvaluesArray.Length;

    /// <summary>lambda, the eigenvalues of H on its range, <c>[m]</c>, descending.</summary>
    public ReadOnlySpan<double> Eigenvalues => EigenvaluesArray;

    /// <summary>Phi, <c>[n, r, m]</c>, row-major: example i's factor is the block <c>[r, m]</c> at i.</summary>
    public ReadOnlySpan<double> Factors => FactorsArray;

    /// <summary>The diagonals of the S_i, <c>[n, r]</c>, each 1 or -1; empty where all are 1 and every H_i is positive semidefinite by its form.</summary>
    public ReadOnlySpan<double> Signs => SignsArray;

    internal double[] EigenvaluesArray { get; }

    internal double[] FactorsArray { get; }

    internal double[]? SignsArray { get; }
}
