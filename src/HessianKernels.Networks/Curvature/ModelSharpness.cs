using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;

namespace HessianKernels.Networks.Curvature;

/// <summary>
/// How sharp a model's loss is along the gradients of batches: what <see cref="HessianKernels.BatchSharpness"/> computes from explicit g_i
/// and H_i, of a model of any
/// size, of which neither is formed.
/// </summary>
/// <example><code>
/// ModelSharpnessReport report = ModelSharpness.Analyze(point, batchSize: 16, new() { Seed = 1 });
/// Console.WriteLine($"{report.BatchSharpness.Value} +- {2 * report.BatchSharpness.StandardError}, against 2 / eta");
/// </code></example>
public static class ModelSharpness
{
    // Fewer do not know their own standard error.
    private const int Fewest = 32;

    /// <summary>The report for batches of b different examples.</summary>
    /// <param name="point">The model; its selected examples are the n that batches are drawn from.</param>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <param name="options">Seed, error, limits; the defaults where null.</param>
    /// <param name="progress">Told the number of batches evaluated so far.</param>
    /// <param name="cancellation">Once two batches are evaluated, cancelling gives the report so far with the status Cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">b or an option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The point is of order 1.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before that.</exception>
    public static ModelSharpnessReport Analyze<TView>(
        ModelPoint<TView> point, int batchSize, ModelSharpnessOptions? options = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
        where TView : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(point);
        return Analyze(point, BatchSampling.WithoutReplacement(point.Examples, batchSize), options, progress, cancellation);
    }

    /// <summary>The report for the batches of a scheme, with weights 1 / n of the examples, whatever the point's own.</summary>
    /// <remarks>
    /// A batch costs its gradient and a forward tangent of b examples; the means over the examples a pass of per-example norms
    /// (no gradient is formed for a
    /// linear layer) and <see cref="ModelSharpnessOptions.MaxProbes"/> gradients and forward tangents of all.
    /// </remarks>
    /// <param name="point">The model; its selected examples are the n that batches are drawn from.</param>
    /// <param name="sampling">How batches are drawn from the n examples; not custom. A Bernoulli batch is a sum over its examples divided
    /// by b.</param>
    /// <param name="options">Seed, error, limits; the defaults where null.</param>
    /// <param name="progress">Told the number of batches evaluated so far.</param>
    /// <param name="cancellation">Once two batches are evaluated, cancelling gives the report so far with the status Cancelled.</param>
    /// <exception cref="ArgumentException">The sampling is custom, or of another number of examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The point is of order 1.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before that.</exception>
    public static ModelSharpnessReport Analyze<TView>(
        ModelPoint<TView> point, BatchSampling sampling, ModelSharpnessOptions? options = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
        where TView : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(point);
        GradientMoments.ThrowIfOther(sampling, point.Examples);
        options ??= ModelSharpnessOptions.Default;
        options.Check();
        _ = ThirdMoment.Of(sampling);
        point.ThrowIfNotOrder(2, "Sharpness");
        int n = point.Examples;
        double[] weights = new double[n], even = [.. Enumerable.Repeat(1.0 / n, n)];
        point.Space.Read(point.Weights, weights);
        point.Weigh(even);
        try
        {
            // Where a layer normalises examples together, no example has a gradient of its own.
            bool separate = point.Model.Network.ExampleMultiple == 1;
            double meanSquared = separate ? point.SquaredExampleGradients().Sum() / n : double.NaN;
            TView g = point.Gradient();
            double squared = point.Inner(g, g), form = point.HessianForm(g);
            BatchExpectation none = new(double.NaN, double.NaN, 0, BatchExpectationStatus.LimitReached);
            BatchExpectation mean = separate ? MeanForm(point, options, cancellation) : none;
            Batches<TView> batches = new(point, sampling, options);
            batches.Run(progress, cancellation);
            return new()
            {
                Sampling = sampling, SquaredGradient = squared, MeanSquaredGradient = meanSquared, FullForm = form, MeanForm = mean,
                BatchSharpness = batches.Quotient, BatchForm = batches.Form,
                LambdaMaxBatch = options.LargestEigenvalues ? batches.Eigenvalue : null,
            };
        }
        finally
        {
            point.Weigh(weights);
        }
    }

    /// <summary><c>(1/n) sum_i g_i^T H g_i</c>: the gradient of L with weights w is <c>sum_i w_i g_i</c>. Leaves the weights 1 /
    /// n.</summary>
    private static BatchExpectation MeanForm<TView>(ModelPoint<TView> point, ModelSharpnessOptions options, CancellationToken cancellation)
        where TView : allows ref struct
    {
        int n = point.Examples;
        bool exact = n <= options.MaxProbes;
        double[] weights = new double[n], even = [.. Enumerable.Repeat(1.0 / n, n)];
        RunningMean mean = default;
        using ITensorMemory<TView> v = point.Space.Allocate(point.ParameterCount);
        BatchExpectationStatus status = exact ? BatchExpectationStatus.Exact : BatchExpectationStatus.LimitReached;
        for (int probe = 0; probe < (exact ? n : options.MaxProbes); probe++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < n; i++) weights[i] = exact ? (i == probe ? 1 : 0) : Sign(options.Seed, probe, i) / Math.Sqrt(n);
            point.Weigh(weights);
            point.Gradient(v.View);
            point.Weigh(even);
            mean.Add(point.HessianForm(v.View), 1);
            if (exact || probe + 1 < Fewest || !(mean.StandardError <= options.RelativeError * Math.Abs(mean.Mean))) continue;
            status = BatchExpectationStatus.Converged;
            break;
        }

        return mean.As(status, exact);
    }

    // Batches take the streams from 0 up; signs come from another end.
    private static double Sign(ulong seed, int probe, int example)
        => (Philox.Block(seed, ulong.MaxValue - (ulong)probe, (ulong)example).Item1 & 1) == 0 ? 1 : -1;

    /// <summary>The batches, one after the other, and the means over them.</summary>
    private sealed class Batches<TView>(ModelPoint<TView> point, BatchSampling sampling, ModelSharpnessOptions options)
        where TView : allows ref struct
    {
        private RunningMean quotient, form, eigenvalue;
        private BatchExpectationStatus status;
        private bool enumerated;

        public BatchExpectation Quotient => quotient.As(status, enumerated);

        public BatchExpectation Form => form.As(status, enumerated);

        public BatchExpectation Eigenvalue => eigenvalue.As(status, enumerated);

        public void Run(IProgress<long>? progress, CancellationToken cancellation)
        {
            long all = BatchSource.Count(sampling, options.EnumerationLimit);
            enumerated = all <= options.EnumerationLimit;
            long most = enumerated ? all : options.MaxBatches;
            BatchSource source = enumerated ? new EveryBatch(sampling, all) : new RandomBatch(sampling, options.Seed);
            status = enumerated ? BatchExpectationStatus.Exact : BatchExpectationStatus.LimitReached;
            int[] draws = new int[source.MostDraws];
            int size = Math.Min(point.MicroBatch, Whole(source.MostDraws));
            ModelPointOptions sizes = new() { Capacity = source.MostDraws, MicroBatch = size };
            using ModelPoint<TView> batch = new(point.Space, point.Model, point.Loss, point.Source, sizes)
            {
                Cancellation = point.Cancellation, Passes = point.Passes,
            };
            batch.MoveTo(point.Parameters);
            for (long number = 0; number < most; number++)
            {
                if (cancellation.IsCancellationRequested)
                {
                    if (number < 2) throw new OperationCanceledException("Cancelled before two batches were evaluated.", cancellation);
                    status = BatchExpectationStatus.Cancelled;
                    return;
                }

                int count = source.Fill(number, draws, out double weight);
                Add(batch, draws.AsSpan(0, count), weight, options.Seed);
                progress?.Report(number + 1);
                if (enumerated || number + 1 < Fewest || !Within(quotient) || !Within(form)
                    || (options.LargestEigenvalues && !Within(eigenvalue))) continue;
                status = BatchExpectationStatus.Converged;
                return;
            }
        }

        private void Add(ModelPoint<TView> batch, Span<int> draws, double weight, ulong seed)
        {
            // A Bernoulli batch may be empty: its mean is 0.
            (double bent, double squared, double largest) = (0, 0, 0);
            if (!draws.IsEmpty)
            {
                for (int i = 0; i < draws.Length; i++) draws[i] = point.SourceOf(draws[i]);
                batch.Select(draws);
                if (draws.Length != sampling.BatchSize) batch.Weigh([.. Enumerable.Repeat(1.0 / sampling.BatchSize, draws.Length)]);
                TView g = batch.Gradient();
                squared = batch.Inner(g, g);
                bent = batch.HessianForm(g);
                if (options.LargestEigenvalues) largest = LargestOf(batch, seed);
            }

            quotient.Add(GradientMoments.Quotient(bent, squared), weight);
            form.Add(bent, weight);
            eigenvalue.Add(largest, weight);
        }

        private double LargestOf(ModelPoint<TView> batch, ulong seed)
        {
            LanczosOptions lanczos = new()
            {
                Which = SpectrumEnd.Largest, Tolerance = options.EigenvalueTolerance, Seed = seed, FindMultiplicity = false,
                Validate = false,
            };
            return batch.Hessian().TopK(1, lanczos).Eigenvalues[0];
        }

        private bool Within(RunningMean mean) => mean.StandardError <= options.RelativeError * Math.Abs(mean.Mean);

        private int Whole(int count)
        {
            int multiple = point.Model.Network.ExampleMultiple;
            return (count + multiple - 1) / multiple * multiple;
        }
    }
}
