using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The second-moment operator of SGD on a set's range: what one step makes of <c>E[w w^T]</c>,
/// <code>T(M) = E[(I - eta H_B) M (I - eta H_B)] = M - eta (L M + M L) + eta^2 [ alpha L M L + kappa (1/n) sum_i H_i M H_i ], L =
/// diag(lambda)</code>
/// </summary>
/// <remarks>
/// A vector is a symmetric m x m matrix in the eigenbasis of H, packed: the lower triangle row by row, off-diagonal elements times sqrt(2),
/// so that the inner product is Frobenius' and T is self-adjoint. T maps positive semidefinite matrices to such; its spectral radius is its
/// largest eigenvalue. Outside the range T is the identity and is not represented. A product takes 2 n r m^2 flops; one at a time.
/// MATHEMATICS 2; paper 000 eq. 7 from the side of the data, paper 002 App. E.
/// </remarks>
public sealed class SecondMomentOperator : ILinearOperator<Span<double>>
{
    private readonly WeightedMoment _moment;
    private readonly SecondMomentOptions _options;

    /// <summary>T at a learning rate.</summary>
    /// <param name="space">The set; not zero.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">Limits, threads; the defaults where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate or an option is out of its range, or one array cannot hold a
    /// matrix.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples, or the set is zero and its T the
    /// identity.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    public SecondMomentOperator(FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions? options = null)
    {
        Point.Check(space, learningRate, sampling);
        _options = (options ?? SecondMomentOptions.Default).Check();
        if (space.Rank == 0)
            throw new ArgumentException(
                "The set is zero: its range has no dimension, and T is the identity outside the range.", nameof(space));
        _options.ThrowIfOver(RequiredBytes(space, options), $"T of {space.Examples} examples on {space.Rank} dimensions");
        (Space, LearningRate, Sampling) = (space, learningRate, sampling);
        double[] diagonal = new double[PackedSymmetric.Length(space.Rank)];
        PairWeights.Drift(space.Eigenvalues, learningRate, sampling.Alpha, diagonal);
        for (int i = 0; i < diagonal.Length; i++) diagonal[i] = 1 - diagonal[i];
        _moment = new(new(space, _options.ThreadCount), space, diagonal, null, sampling.Kappa * learningRate * learningRate);
    }

    /// <summary>The set.</summary>
    public FunctionSpace Space { get; }

    /// <summary>eta.</summary>
    public double LearningRate { get; }

    /// <summary>How batches are drawn.</summary>
    public BatchSampling Sampling { get; }

    /// <inheritdoc/>
    public int Batch => 1;

    /// <summary>m (m + 1) / 2.</summary>
    public int Length => _moment.Length;

    /// <inheritdoc/>
    public void Apply(Span<double> input, Span<double> output) => _moment.Apply(input, output);

    /// <summary>
    /// lambda_max(T) on the range, a diagnostic: the top of T's spectrum is crowded just under <c>1 - 2 eta lambda_min</c>, and the search
    /// may take hundreds of products. K_exact and the critical learning rate decide stability with some ten.
    /// </summary>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned.</param>
    public TopEigenvalue LargestEigenvalue(IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        double[] start = new double[Length];
        PackedSymmetric.Identity(Space.Rank, start);
        return PerronVector.Find(this, start, _options, storeProducts: false, progress, cancellation);
    }

    /// <summary>Bytes of the operator, beyond the set: an m x m matrix and a half, and a block an example.</summary>
    /// <param name="space">The set.</param>
    /// <param name="options">The options of the call.</param>
    public static long RequiredBytes(FunctionSpace space, SecondMomentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        return WeightedMoment.RequiredBytes(space, 1, (options ?? SecondMomentOptions.Default).Check().ThreadCount);
    }

    /// <summary>m (m + 1) / 2, the length of a packed matrix.</summary>
    /// <param name="m">The order.</param>
    /// <exception cref="ArgumentOutOfRangeException">m is below 0, or one array cannot hold so many numbers.</exception>
    public static int PackedLength(int m) => PackedSymmetric.Length(m);

    /// <summary>Packs a symmetric matrix, of which only what is on and below the diagonal is read.</summary>
    /// <param name="matrix"><c>[m, m]</c>, row-major.</param>
    /// <param name="m">The order.</param>
    /// <param name="packed"><c>[m (m + 1) / 2]</c>; must not overlap the matrix.</param>
    /// <exception cref="ArgumentException">A length is not the one expected.</exception>
    public static void Pack(ReadOnlySpan<double> matrix, int m, Span<double> packed)
    {
        ThrowIfLengths(matrix.Length, m, packed.Length);
        PackedSymmetric.Pack(matrix, m, packed);
    }

    /// <summary>Unpacks a symmetric matrix, both of its triangles.</summary>
    /// <param name="packed"><c>[m (m + 1) / 2]</c>.</param>
    /// <param name="m">The order.</param>
    /// <param name="matrix"><c>[m, m]</c>, row-major; must not overlap.</param>
    /// <exception cref="ArgumentException">A length is not the one expected.</exception>
    public static void Unpack(ReadOnlySpan<double> packed, int m, Span<double> matrix)
    {
        ThrowIfLengths(matrix.Length, m, packed.Length);
        PackedSymmetric.Unpack(packed, m, matrix);
    }

    private static void ThrowIfLengths(int matrix, int m, int packed)
    {
        int length = PackedSymmetric.Length(m);
        if (matrix != (long)m * m) throw new ArgumentException($"Found {matrix} elements; expected m x m = {(long)m * m}.", nameof(matrix));
        if (packed != length) throw new ArgumentException($"Found {packed} elements; expected m (m + 1) / 2 = {length}.", nameof(packed));
    }
}
