using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The critical learning rate of a set and a sampling: <c>lambda_max(T) &lt; 1</c> on the range exactly for <c>0 &lt; eta &lt; eta*</c>,
/// <code>eta* = 1 / lambda_max( K^{-1/2} M K^{-1/2} ),   K(X) = H X + X H,   M(X) = E[H_B X H_B]</code>
/// </summary>
/// <remarks>MATHEMATICS 3. In the eigenbasis of H, K is the elementwise factor lambda_a + lambda_b.</remarks>
public readonly record struct CriticalLearningRate
{
    /// <summary>eta*; +infinity for a set that is zero, 0 where an eigenvalue of H is not positive.</summary>
    public double Value { get; private init; }

    /// <summary>The lower end of the interval that the evidence gives.</summary>
    public double Lower => double.IsNaN(Evidence.Upper) ? 0 : 1 / Evidence.Upper;

    /// <summary>The upper end.</summary>
    public double Upper => Evidence.Lower > 0 ? 1 / Evidence.Lower : double.PositiveInfinity;

    /// <summary>The pencil's largest eigenvalue, 1 / eta*, with its evidence.</summary>
    public TopEigenvalue Evidence { get; private init; }

    /// <summary>
    /// One Lanczos run on the pencil, on packed m x m matrices: some ten to twenty products of 2 n r m^2 flops. Bernoulli, with and without
    /// replacement differ only in two weights.
    /// </summary>
    /// <param name="space">The set.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">Tolerance, limits, threads; the defaults where null.</param>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned, with the status Cancelled and the interval [0,
    /// infinity].</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range, or one array cannot hold the matrices.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    public static CriticalLearningRate Of(
        FunctionSpace space, BatchSampling sampling, SecondMomentOptions? options = null, IProgress<LanczosProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        Point.Check(space, sampling);
        options = (options ?? SecondMomentOptions.Default).Check();
        if (space.Rank == 0) return From(TopEigenvalue.Known(0));
        if (!(space.Eigenvalues[^1] > 0)) return From(TopEigenvalue.Known(double.PositiveInfinity));
        // The map M to H M H alone: the largest of lambda_a lambda_b / (lambda_a + lambda_b).
        if (sampling.Kappa == 0) return From(TopEigenvalue.Known(sampling.Alpha * space.Eigenvalues[0] / 2));

        options.ThrowIfOver(
            RequiredBytes(space, options), $"The critical learning rate of {space.Examples} examples on {space.Rank} dimensions");
        (double[] root, double[] diagonal, double[] start) = Pencil(space, sampling.Alpha);
        WeightedMoment pencil = new(new(space, options.ThreadCount), space, diagonal, root, sampling.Kappa);
        return From(PerronVector.Find(pencil, start, options, storeProducts: false, progress, cancellation));
    }

    /// <summary>Bytes that <see cref="Of"/> takes beyond the set: some thirty vectors of m (m + 1) / 2 numbers.</summary>
    /// <param name="space">The set.</param>
    /// <param name="options">The options of the call.</param>
    public static long RequiredBytes(FunctionSpace space, SecondMomentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        options = (options ?? SecondMomentOptions.Default).Check();
        long length = (long)space.Rank * (space.Rank + 1) / 2;
        return WeightedMoment.RequiredBytes(space, 3, options.ThreadCount)
            + PerronVector.RequiredBytes(length, options, storeProducts: false);
    }

    /// <summary>
    /// <c>K^{-1/2} M K^{-1/2}</c> but for its noise, packed: w = K^{-1/2}, the diagonal D of <see cref="WeightedMoment"/>, and a start.
    /// </summary>
    internal static (double[] Root, double[] Diagonal, double[] Start) Pencil(FunctionSpace space, double alpha)
    {
        int length = PackedSymmetric.Length(space.Rank);
        double[] root = new double[length], diagonal = new double[length], start = new double[length];
        PairWeights.Sum(space.Eigenvalues, root);
        PairWeights.Product(space.Eigenvalues, diagonal);
        for (int i = 0; i < length; i++) diagonal[i] *= alpha / root[i];
        PairWeights.InvertRoot(root);
        // H as the first X of M X = theta K X, and K^{1/2} X as the vector: diagonal and positive.
        PackedSymmetric.Diagonal(Array.ConvertAll(space.EigenvaluesArray, lambda => lambda * Math.Sqrt(2 * lambda)), start);
        return (root, diagonal, start);
    }

    internal static CriticalLearningRate From(TopEigenvalue pencil) => new() { Value = 1 / pencil.Value, Evidence = pencil };
}
