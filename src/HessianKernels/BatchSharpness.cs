using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;

namespace HessianKernels;

/// <summary>
/// How sharp the loss is along the gradients of batches: Batch Sharpness, interaction-aware sharpness, gradient-noise interaction,
/// concentration and the batches' own largest eigenvalues, for one batch size.
/// </summary>
/// <example><code>
/// ExampleDerivatives derivatives = ExampleDerivatives.FromFactors&lt;double&gt;(gradients, jacobian, examples: 512, rows: 1);
/// SharpnessReport report = BatchSharpness.Analyze(derivatives, batchSize: 16, new() { Seed = 1 });
/// Console.WriteLine($"{report.BatchSharpness.Value} +- {2 * report.BatchSharpness.StandardError}, against 2 / eta");
/// </code></example>
public static class BatchSharpness
{
    // Fewer do not know their own standard error.
    private const int FewestBatches = 64;

    /// <summary>The report for batches of b different examples.</summary>
    /// <param name="derivatives">Gradients and Hessians.</param>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <param name="options">Seed, error, limits; the defaults where null.</param>
    /// <param name="progress">Told the number of batches evaluated so far.</param>
    /// <param name="cancellation">Once batches are evaluated, cancelling gives the report so far with the status Cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">b or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first batches were evaluated.</exception>
    public static SharpnessReport Analyze(
        ExampleDerivatives derivatives, int batchSize, SharpnessOptions? options = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(derivatives);
        return Analyze(derivatives, BatchSampling.WithoutReplacement(derivatives.Examples, batchSize), options, progress, cancellation);
    }

    /// <summary>
    /// The report for the batches of a scheme. Closed forms are exact; the two expectations that have none are enumerated where there are
    /// few batches, else sampled.
    /// </summary>
    /// <remarks>
    /// A batch takes 2 b d^2 flops with dense Hessians and 2 b r d with factors; its largest eigenvalue a decomposition or Lanczos run of
    /// order d, or min(b r, d), besides.
    /// </remarks>
    /// <param name="derivatives">Gradients and Hessians.</param>
    /// <param name="sampling">
    /// How batches are drawn from the n examples; not custom. A Bernoulli batch is a sum over its examples divided by b, whatever its size.
    /// </param>
    /// <param name="options">Seed, error, limits; the defaults where null.</param>
    /// <param name="progress">Told the number of batches evaluated so far.</param>
    /// <param name="cancellation">Once batches are evaluated, cancelling gives the report so far with the status Cancelled.</param>
    /// <exception cref="ArgumentException">The sampling is custom, or of another number of examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first batches were evaluated.</exception>
    public static SharpnessReport Analyze(
        ExampleDerivatives derivatives, BatchSampling sampling, SharpnessOptions? options = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(derivatives);
        options ??= SharpnessOptions.Default;
        options.Check();
        int threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        GradientMoments moments = derivatives.Moments(threads, cancellation);
        SharpnessReport report = new(moments, sampling);

        long all = BatchSource.Count(sampling, options.EnumerationLimit);
        bool enumerated = all <= options.EnumerationLimit;
        long most = enumerated ? all : options.MaxBatches;
        BatchSource source = enumerated ? new EveryBatch(sampling, all) : new RandomBatch(sampling, options.Seed);
        if (options.Quotients is { } quotients && quotients.Derivatives != derivatives)
            throw new ArgumentException("Found batches evaluated from other derivatives than those analysed; expected the same.", nameof(options));
        BatchEvaluation evaluation = options.Quotients is { } elsewhere
            ? new(elsewhere, source, options.LargestEigenvalues, options.Seed, most)
            : new(derivatives, source, options.LargestEigenvalues, options.Seed, threads, most);
        RunningMean quotient = default, eigenvalue = default;
        BatchExpectationStatus status = enumerated ? BatchExpectationStatus.Exact : BatchExpectationStatus.LimitReached;
        for (long done = 0; done < most;)
        {
            int asked = (int)Math.Min(evaluation.Round, most - done), found = evaluation.Run(done, asked, cancellation);
            for (int j = 0; j < found; j++)
            {
                quotient.Add(evaluation.Quotients[j], evaluation.Weights[j]);
                if (options.LargestEigenvalues) eigenvalue.Add(evaluation.Eigenvalues[j], evaluation.Weights[j]);
            }

            done += found;
            if (done == 0) throw new OperationCanceledException("Cancelled before the first batches were evaluated.", cancellation);
            progress?.Report(done);
            if (!enumerated && done >= FewestBatches && Within(quotient) && (!options.LargestEigenvalues || Within(eigenvalue)))
            {
                status = BatchExpectationStatus.Converged;
                break;
            }

            if (found < asked || (done < most && cancellation.IsCancellationRequested))
            {
                status = BatchExpectationStatus.Cancelled;
                break;
            }
        }

        return report with
        {
            BatchSharpness = quotient.As(status, enumerated),
            LambdaMaxBatch = options.LargestEigenvalues ? eigenvalue.As(status, enumerated) : null,
        };

        bool Within(RunningMean mean) => mean.StandardError <= options.RelativeError * Math.Abs(mean.Mean);
    }

    /// <summary>Step sharpness: <c>g_B^T H_B g_B / ||g_B||^2</c> of one batch; 0 where g_B is 0.</summary>
    /// <param name="derivatives">Gradients and Hessians.</param>
    /// <param name="batch">The numbers of its examples, 0 to n - 1, in any order; one may come more than once. At least one.</param>
    /// <exception cref="ArgumentException">The batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no example of such a number.</exception>
    public static double OfBatch(ExampleDerivatives derivatives, params ReadOnlySpan<int> batch)
    {
        ArgumentNullException.ThrowIfNull(derivatives);
        if (batch.IsEmpty) throw new ArgumentException("The batch is empty; expected at least one example.", nameof(batch));
        for (int i = 0; i < batch.Length; i++)
        {
            if (batch[i] >= 0 && batch[i] < derivatives.Examples) continue;
            throw new ArgumentOutOfRangeException(
                nameof(batch), batch[i], $"Found example {batch[i]} at {i}; expected 0 to {derivatives.Examples - 1}.");
        }

        int[] draws = batch.ToArray();
        Array.Sort(draws);
        BatchEvaluation evaluation = new(derivatives, new GivenBatch(draws), eigenvalues: false, seed: 0, threads: 1, most: 1);
        evaluation.Run(0, 1, CancellationToken.None);
        return evaluation.Quotients[0];
    }
}
