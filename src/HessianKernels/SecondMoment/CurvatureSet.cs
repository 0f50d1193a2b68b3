using HessianKernels.Dense;
using HessianKernels.Kernels;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The curvatures of n examples, <c>H_i = F_i^T S_i F_i</c> with factors F_i <c>[r, d]</c>: the Hessians of their losses, or the
/// Gauss-Newton parts of those.
/// S_i is the identity but for dense Hessians of which one is indefinite; there it is a diagonal of signs.
/// </summary>
/// <remarks>
/// A set only holds the curvatures; <see cref="Reduce"/> gives what second moments are computed from, in at most min(n r, d) dimensions.
/// Elements are the caller's,
/// float or double, and are not copied where a factory does not say so: they must stay as they are for as long as the set is in use. All
/// arithmetic is in double.
/// </remarks>
/// <example><code>
/// CurvatureSet set = CurvatureSet.FromJacobian&lt;float&gt;(jacobian, examples: 512, parameters: 100_000);
/// FunctionSpace space = set.Reduce();
/// Console.WriteLine($"rank {space.Rank}, sharpness {space.Eigenvalues[0]}");
/// </code></example>
public sealed partial class CurvatureSet
{
    private readonly FactorRows _factors;
    private readonly double[]? _signs;

    /// <summary>The eigenpairs of F F^T / n, for a set that is known by them and has no factors.</summary>
    private readonly (double[] Values, double[] Vectors)? _gram;

    private CurvatureSet(int examples, int rows, FactorRows factors, double epsilon, double[]? signs = null, IndefiniteExample? indefinite = null)
    {
        (Examples, Rows, Parameters, _factors, _signs, Indefinite) = (examples, rows, factors.Columns, factors, signs, indefinite);
        Trace = factors.SignedSquares(signs) / examples;
        DefaultRankTolerance = DefaultTolerance(Math.Min(factors.Rows, factors.Columns), Math.Max(factors.Rows, factors.Columns), epsilon);
    }

    private CurvatureSet(int examples, int rows, long parameters, double[] values, double[] vectors, double trace, double rankTolerance)
    {
        (Examples, Rows, Parameters, Trace, DefaultRankTolerance) = (examples, rows, parameters, trace, rankTolerance);
        _gram = (values, vectors);
    }

    /// <summary>n, the number of examples.</summary>
    public int Examples { get; }

    /// <summary>r, the number of rows of each example's factor, at least 1; for dense Hessians the largest rank among them.</summary>
    public int Rows { get; }

    /// <summary>d, the number of parameters; 0 for a set known by its Gram matrix that was not told it.</summary>
    public long Parameters { get; }

    /// <summary><c>tr H = (1/n) sum_i tr H_i</c>.</summary>
    public double Trace { get; }

    /// <summary>Whether every H_i is positive semidefinite, up to rounding.</summary>
    public bool IsPositiveSemidefinite => Indefinite is null;

    /// <summary>The first example whose H_i is not positive semidefinite; null where there is none.</summary>
    public IndefiniteExample? Indefinite { get; }

    /// <summary>
    /// What <see cref="Reduce"/> takes an eigenvalue for zero below, as a share of the largest one, where it is told nothing: <c>8 eps
    /// max(min(n r, d), sqrt(max(n r, d)))</c>,
    /// the rounding of the Gram matrix and of its eigenvalues. eps is that of double; that of float for dense Hessians and Gram matrices
    /// given in float, which
    /// float has rounded.
    /// </summary>
    public double DefaultRankTolerance { get; }

    /// <summary>Bytes that <see cref="Reduce"/> takes at most, its result among them, for n examples with factors <c>[r, d]</c>.</summary>
    /// <remarks>
    /// With q = min(n r, d): the q x q Gram matrix, which becomes its eigenvectors, half as much again and 4 KiB q for finding them, Phi
    /// <c>[n r, q]</c>, and the q eigenvalues.
    /// Factors in float take a block of at most 8 MiB, or one row of them, more; an indefinite set three times Phi.
    /// </remarks>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="rows">r, at least 1.</param>
    /// <param name="parameters">d, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static long RequiredBytes(int examples, int rows, long parameters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(parameters, 1);
        long all = (long)examples * rows, order = Math.Min(all, parameters);
        return checked(sizeof(double) * (order * order + all * order + order) + SymmetricEigendecomposition.ScratchBytes((int)Math.Min(order, int.MaxValue)));
    }

    private static double DefaultTolerance(int order, long terms, double epsilon) => 8 * epsilon * Math.Max(order, Math.Sqrt(terms));

}
