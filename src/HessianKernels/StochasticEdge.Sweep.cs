using HessianKernels.SecondMoment;

namespace HessianKernels;

public static partial class StochasticEdge
{
    /// <summary>
    /// A report for every sampling and learning rate, each as soon as it is found: what does not change is computed once, and each search
    /// begins where the last ended.
    /// </summary>
    /// <remarks>
    /// Ordered by sampling, then by learning rate, as they are given; neighbours in the order are the cheaper the nearer they are. Values
    /// are those of <c>Analyze</c> to the tolerance of the searches, not bit for bit. Nothing is computed before the first report is
    /// asked for.
    /// </remarks>
    /// <param name="space">The set.</param>
    /// <param name="learningRates">Each finite and positive, at least one.</param>
    /// <param name="samplings">Each from as many examples as the set has, at least one.</param>
    /// <param name="options">What to compute, limits; the defaults where null.</param>
    /// <param name="progress">Told where the point at hand stands.</param>
    /// <param name="cancellation">Ends the sequence with the last whole report: one cut short is not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">There is no learning rate or no sampling, or a sampling does not fit.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    /// <example><code>
    /// foreach (StochasticEdgeReport report in StochasticEdge.Sweep(space, learningRates, samplings))
    ///     Console.WriteLine($"{report.Sampling.BatchSize} {report.LearningRate} {report.Verdict}");
    /// </code></example>
    public static IEnumerable<StochasticEdgeReport> Sweep(
        FunctionSpace space, IReadOnlyList<double> learningRates, IReadOnlyList<BatchSampling> samplings,
        StochasticEdgeOptions? options = null,
        IProgress<StochasticEdgeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        options = Check(space.Examples, learningRates, samplings, options);
        long bytes = samplings.Max(sampling => RequiredBytes(space, sampling, options, sweep: true));
        ThrowIfOver(bytes, space.Examples, options);
        return Points(() => space, bytes, [.. learningRates], [.. samplings], options, progress, cancellation);
    }

    /// <summary>The same for a set, which is reduced when the first report is asked for.</summary>
    /// <param name="set">The curvatures.</param>
    /// <param name="learningRates">Each finite and positive, at least one.</param>
    /// <param name="samplings">Each from as many examples as the set has, at least one.</param>
    /// <param name="options">What to compute, limits; the defaults where null.</param>
    /// <param name="progress">Told where the point at hand stands.</param>
    /// <param name="cancellation">Ends the sequence with the last whole report; while the set is reduced it is thrown.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">There is no learning rate or no sampling, or a sampling does not fit.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while the set was reduced; thrown where the sequence is read.</exception>
    public static IEnumerable<StochasticEdgeReport> Sweep(
        CurvatureSet set, IReadOnlyList<double> learningRates, IReadOnlyList<BatchSampling> samplings,
        StochasticEdgeOptions? options = null,
        IProgress<StochasticEdgeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        options = Check(set.Examples, learningRates, samplings, options);
        long bytes = samplings.Max(sampling => RequiredBytes(set, sampling, options, sweep: true));
        ThrowIfOver(bytes, set.Examples, options);
        return Points(() => Reduce(set, bytes, options, progress, cancellation), bytes, [.. learningRates], [.. samplings], options,
            progress, cancellation);
    }

    private static IEnumerable<StochasticEdgeReport> Points(
        Func<FunctionSpace> space, long bytes, double[] learningRates, BatchSampling[] samplings, StochasticEdgeOptions options,
        IProgress<StochasticEdgeProgress>? progress, CancellationToken cancellation)
    {
        Analysis analysis = new(space(), options, bytes, progress, single: false, cancellation);
        foreach (BatchSampling sampling in samplings)
        {
            foreach (double learningRate in learningRates)
            {
                StochasticEdgeReport report = analysis.At(learningRate, sampling);
                if (report.Status == StochasticEdgeStatus.Cancelled) yield break;
                yield return report;
            }
        }
    }

    private static StochasticEdgeOptions Check(
        int examples, IReadOnlyList<double> learningRates, IReadOnlyList<BatchSampling> samplings, StochasticEdgeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(learningRates);
        ArgumentNullException.ThrowIfNull(samplings);
        if (learningRates.Count == 0) throw new ArgumentException("Found no learning rate; expected at least one.", nameof(learningRates));
        if (samplings.Count == 0) throw new ArgumentException("Found no sampling; expected at least one.", nameof(samplings));
        options = (options ?? StochasticEdgeOptions.Default).Check();
        foreach (BatchSampling sampling in samplings)
            foreach (double learningRate in learningRates) Check(examples, learningRate, sampling, options);
        return options;
    }
}
