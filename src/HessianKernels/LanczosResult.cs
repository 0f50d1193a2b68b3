using HessianKernels.Krylov;

namespace HessianKernels;

/// <summary>Eigenpairs of one symmetric operator, with the evidence for each. Places without a pair hold NaN and a zero vector.</summary>
/// <typeparam name="T">Element type of the vectors.</typeparam>
public sealed class LanczosResult<T>
{
    internal LanczosResult(int k, int n)
    {
        Length = n;
        Eigenvalues = new double[k];
        ResidualNorms = new double[k];
        EnclosureRadii = new double[k];
        Converged = new bool[k];
        Eigenvectors = new T[checked(k * n)];
    }

    /// <summary>Order n of the operator.</summary>
    public int Length { get; }

    /// <summary>The Ritz values theta, <c>[k]</c>, in the order that <see cref="SpectrumEnd"/> names.</summary>
    public double[] Eigenvalues { get; }

    /// <summary>||A y - theta y|| of each pair, <c>[k]</c>, computed from products (<see cref="LanczosEvidence.ResidualsMeasured"/>).</summary>
    public double[] ResidualNorms { get; }

    /// <summary>
    /// Half-widths r, <c>[k]</c>: the interval [theta - r, theta + r] holds an eigenvalue. It does not say which one. The residual norm over ||y||, and an
    /// allowance of (8 + sqrt(n)) eps ||A|| for rounding. Infinite where the run was cancelled.
    /// </summary>
    public double[] EnclosureRadii { get; }

    /// <summary>Which pairs have a true residual within the tolerance, <c>[k]</c>.</summary>
    public bool[] Converged { get; }

    /// <summary>The Ritz vectors y, unit length, <c>[k, n]</c>: vector after vector.</summary>
    public T[] Eigenvectors { get; }

    /// <summary>Status, counts and orthogonality.</summary>
    public LanczosEvidence Evidence { get; internal set; }

    /// <summary>How the run ended.</summary>
    public LanczosStatus Status => Evidence.Status;

    /// <summary>Where a run that ended early can be resumed; null unless <see cref="LanczosOptions.KeepCheckpoint"/> asked for it and there is something to resume.</summary>
    public LanczosCheckpoint<T>? Checkpoint { get; internal set; }

    /// <summary>The i-th Ritz vector, <c>[n]</c>.</summary>
    public ReadOnlySpan<T> Eigenvector(int i) => Eigenvectors.AsSpan(i * Length, Length);
}
