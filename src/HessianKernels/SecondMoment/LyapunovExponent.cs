using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

/// <summary>
/// What the typical path does, where second moments tell of the mean square: <c>gamma(eta) = lim (1/t) E log ||J_t ... J_1||</c>, <c>J = I - eta H_B</c>, on the range of the curvatures.
/// </summary>
/// <remarks>
/// Below 0 almost every path converges, above 0 almost every path diverges. By Jensen <c>gamma &lt;= (1/2) log lambda_max(T)</c>: stability in mean square implies that of almost every
/// path, and not the converse. Estimated by a random vector that is multiplied and renormalised: with probability 1 its growth is the top exponent's, after the time it takes to turn into the
/// growing direction. <i>On the range</i> includes its flattest directions: while all directions shrink the slowest sets gamma, about <c>-eta lambda_min</c> for a small eta, and
/// turning into it takes some <c>1 / (eta lambda_min)</c> steps. With fewer steps than that the value told is of the directions that have been forgotten least so far, and lies below
/// gamma; what lies within one over the number of steps of zero has no sure sign. Indefinite sets are taken as they are.
/// Cost: 4 b r m flops a step, run and learning rate. MATHEMATICS: section 3, the typical path.
/// </remarks>
/// <example><code>
/// LyapunovEstimate gamma = LyapunovExponent.Estimate(space, BatchSampling.WithoutReplacement(n, b), learningRate: 0.1, new() { Seed = 1 });
/// Console.WriteLine($"{gamma.Value} +- {2 * gamma.StandardError}");
/// </code></example>
public static partial class LyapunovExponent
{
    /// <summary>gamma at one learning rate.</summary>
    /// <param name="space">The set, not zero.</param>
    /// <param name="sampling">How batches are drawn; not custom.</param>
    /// <param name="learningRate">eta, above 0.</param>
    /// <param name="options">Runs, steps, seed; the defaults where null.</param>
    /// <param name="progress">Told the number of steps of each run made, burn-in included.</param>
    /// <param name="cancellation">Once every run has ended a span, cancelling gives the estimate so far with the status Cancelled.</param>
    /// <exception cref="ArgumentException">The set is zero, the sampling is custom or of another number of examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before every run had ended a span.</exception>
    public static LyapunovEstimate Estimate(
        FunctionSpace space, BatchSampling sampling, double learningRate, LyapunovOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
        => Estimate(space, sampling, [learningRate], options, progress, cancellation)[0];

    /// <summary>gamma at several learning rates, which see the same batches: their difference is far surer than each of them.</summary>
    /// <param name="space">The set, not zero.</param>
    /// <param name="sampling">How batches are drawn; not custom.</param>
    /// <param name="learningRates">Each above 0, in any order.</param>
    /// <param name="options">Runs, steps, seed; the defaults where null.</param>
    /// <param name="progress">Told the number of steps of each run made, burn-in included.</param>
    /// <param name="cancellation">Once every run has ended a span, cancelling gives the estimates so far with the status Cancelled.</param>
    /// <returns>One estimate a learning rate, the same bits as it gives alone.</returns>
    /// <exception cref="ArgumentException">The set is zero, there is no learning rate, the sampling is custom or of another number of examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before every run had ended a span.</exception>
    public static LyapunovEstimate[] Estimate(
        FunctionSpace space, BatchSampling sampling, ReadOnlySpan<double> learningRates, LyapunovOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        RandomProducts.Check(space, sampling, learningRates);
        options ??= LyapunovOptions.Default;
        options.Check();
        int runs = options.Runs, rates = learningRates.Length, length = options.SpanLength, ended = 0;
        RandomProducts products = new(space, sampling, learningRates, runs, options.Seed, options.Threads);
        Action<int>? report = progress is null ? null : progress.Report;
        products.AdvanceTo(options.BurnIn, report, cancellation);
        // samples[l, span, run] = the mean growth over a span.
        double[] samples = new double[rates * options.Spans * runs], before = products.LogNorms.ToArray();
        for (; ended < options.Spans; ended++)
        {
            int target = options.BurnIn + (ended + 1) * length;
            products.AdvanceTo(target, report, cancellation);
            if (products.Steps < target && !products.AllEnded) break;
            for (int run = 0; run < runs; run++)
                for (int l = 0; l < rates; l++)
                    samples[(l * options.Spans + ended) * runs + run] = (products.LogNorms[run * rates + l] - before[run * rates + l]) / length;
            products.LogNorms.CopyTo(before);
        }

        if (ended == 0) throw new OperationCanceledException(cancellation);
        LyapunovEstimate[] estimates = new LyapunovEstimate[rates];
        for (int l = 0; l < rates; l++)
        {
            double limit = 0;
            for (int run = 0; run < runs; run++)
                if (products.EndedAt[run * rates + l] >= 0) limit = double.IsNegativeInfinity(products.LogNorms[run * rates + l]) ? double.NegativeInfinity : double.PositiveInfinity;
            SampleMean mean = limit == 0 ? SampleMean.Of(samples.AsSpan(l * options.Spans * runs, ended * runs)) : new(limit, 0, runs);
            LyapunovStatus status = limit != 0 ? LyapunovStatus.OutOfRange : ended < options.Spans ? LyapunovStatus.Cancelled : LyapunovStatus.Completed;
            estimates[l] = new(learningRates[l], mean.Value, mean.StandardError, runs, ended * length, status);
        }

        return estimates;
    }

    /// <summary>Bytes that an estimate takes, besides the space.</summary>
    /// <param name="space">The set.</param>
    /// <param name="sampling">How batches are drawn.</param>
    /// <param name="learningRates">How many at once.</param>
    /// <param name="options">The defaults where null.</param>
    public static long RequiredBytes(FunctionSpace space, BatchSampling sampling, int learningRates = 1, LyapunovOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(sampling);
        options ??= LyapunovOptions.Default;
        options.Check();
        return sizeof(double) * (RandomProducts.Doubles(space, sampling, learningRates, options.Runs) + (long)learningRates * options.Spans * options.Runs);
    }
}
