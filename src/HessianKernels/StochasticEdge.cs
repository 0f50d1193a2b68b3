using HessianKernels.SecondMoment;

namespace HessianKernels;

/// <summary>
/// The edge of stability of SGD: whether <c>E||w||^2</c> of linearised SGD decays at a learning rate and batch size, how far the edge is,
/// and what every known bound says of it.
/// </summary>
/// <remarks>
/// The answer is K_exact's, which is exact (MATHEMATICS 3): stable in mean square exactly where the mean contracts and <c>K_exact &lt;
/// 1</c>, for any number of parameters, on the range of H.
/// </remarks>
/// <example><code>
/// CurvatureSet set = CurvatureSet.FromJacobian&lt;float&gt;(jacobian, examples: 512, parameters: 100_000);
/// StochasticEdgeReport report = StochasticEdge.Analyze(set, learningRate: 0.1, batchSize: 16);
/// Console.WriteLine($"{report.Verdict}: eta* = {report.CriticalLearningRate?.Value}, K = {report.NoiseKernel.Exact.Value}");
/// </code></example>
public static partial class StochasticEdge
{
    /// <summary>The report for batches of b different examples of a set.</summary>
    /// <param name="set">The curvatures.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <param name="options">What to compute, limits; the defaults where null.</param>
    /// <param name="progress">Told where the analysis stands.</param>
    /// <param name="cancellation">Once the set is reduced, cancelling gives what was found, with the status Cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the set was reduced.</exception>
    public static StochasticEdgeReport Analyze(
        CurvatureSet set, double learningRate, int batchSize, StochasticEdgeOptions? options = null,
        IProgress<StochasticEdgeProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        return Analyze(set, learningRate, BatchSampling.WithoutReplacement(set.Examples, batchSize), options, progress, cancellation);
    }

    /// <summary>The report for the batches of a scheme: the set's function space first, then all else from that.</summary>
    /// <param name="set">The curvatures.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">What to compute, limits; the defaults where null.</param>
    /// <param name="progress">Told where the analysis stands.</param>
    /// <param name="cancellation">Once the set is reduced, cancelling gives what was found, with the status Cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples, or custom where a Lyapunov exponent is asked
    /// for.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the set was reduced.</exception>
    public static StochasticEdgeReport Analyze(
        CurvatureSet set, double learningRate, BatchSampling sampling, StochasticEdgeOptions? options = null,
        IProgress<StochasticEdgeProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        options = (options ?? StochasticEdgeOptions.Default).Check();
        Check(set.Examples, learningRate, sampling, options);
        long bytes = RequiredBytes(set, sampling, options);
        FunctionSpace space = Reduce(set, bytes, options, progress, cancellation);
        return new Analysis(space, options, bytes, progress, single: true, cancellation).At(learningRate, sampling);
    }

    /// <summary>The report for batches of b different examples of a function space.</summary>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <param name="options">What to compute, limits; the defaults where null.</param>
    /// <param name="progress">Told where the analysis stands.</param>
    /// <param name="cancellation">Cancelling gives what was found, with the status Cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    public static StochasticEdgeReport Analyze(
        FunctionSpace space, double learningRate, int batchSize, StochasticEdgeOptions? options = null,
        IProgress<StochasticEdgeProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        return Analyze(space, learningRate, BatchSampling.WithoutReplacement(space.Examples, batchSize), options, progress, cancellation);
    }

    /// <summary>
    /// The report for a function space. Some ten products of 2 n r m^2 flops each for K_exact and eta*, n r (r + 1) / 2 m^2 flops for
    /// K_diag, n^2 r^2 m for the coherence and the
    /// eigenvalues of one m x m matrix for the contraction.
    /// </summary>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">What to compute, limits; the defaults where null.</param>
    /// <param name="progress">Told where the analysis stands.</param>
    /// <param name="cancellation">Cancelling gives what was found, with the status Cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples, or custom where a Lyapunov exponent is asked
    /// for.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    public static StochasticEdgeReport Analyze(
        FunctionSpace space, double learningRate, BatchSampling sampling, StochasticEdgeOptions? options = null,
        IProgress<StochasticEdgeProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        options = (options ?? StochasticEdgeOptions.Default).Check();
        Check(space.Examples, learningRate, sampling, options);
        long bytes = RequiredBytes(space, sampling, options);
        ThrowIfOver(bytes, space.Examples, options);
        return new Analysis(space, options, bytes, progress, single: true, cancellation).At(learningRate, sampling);
    }

    private static FunctionSpace Reduce(
        CurvatureSet set, long bytes, StochasticEdgeOptions options, IProgress<StochasticEdgeProgress>? progress,
        CancellationToken cancellation)
    {
        ThrowIfOver(bytes, set.Examples, options);
        IProgress<double>? reduction = progress is null ? null
            : new Relay<double>(share => progress.Report(new(StochasticEdgeStage.Reduction, (int)(100 * share))));
        return set.Reduce(options.RankTolerance, options.Numerics.Threads, reduction, cancellation);
    }

    private static void Check(int examples, double learningRate, BatchSampling sampling, StochasticEdgeOptions options)
    {
        Point.Check(learningRate, sampling);
        if (sampling.Examples != examples)
            throw new ArgumentException($"The sampling draws from {sampling.Examples} examples; the set has {examples}.", nameof(sampling));
        if (options.Lyapunov is not null && sampling.Scheme == BatchScheme.Custom)
            throw new ArgumentException(
                "Found a custom sampling; a Lyapunov exponent takes one whose batches can be drawn.", nameof(sampling));
    }

    private static void ThrowIfOver(long bytes, int examples, StochasticEdgeOptions options)
        => options.Numerics.ThrowIfOver(bytes, $"The analysis of {examples} examples");

    /// <summary>Tells another, in its words, and on the thread that tells.</summary>
    private sealed class Relay<T>(Action<T> tell) : IProgress<T>
    {
        public void Report(T value) => tell(value);
    }
}
