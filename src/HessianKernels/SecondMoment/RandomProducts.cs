using HessianKernels.Kernels;

namespace HessianKernels.SecondMoment;

/// <summary>
/// Vectors under random products, <c>v &lt;- (I - eta H_B) v</c>, in function space: several runs, each with batches of its own, and in
/// each several learning rates that see the
/// same batches. What is kept of the lengths is their logarithms.
/// </summary>
/// <remarks>A step of one vector costs 4 b r m flops. A run's numbers come from its own streams: the bits depend on neither the threads
/// nor how the steps are cut.</remarks>
internal sealed unsafe class RandomProducts
{
    private readonly FunctionSpace _space;
    private readonly BatchSampling _sampling;
    private readonly double[] _rates, _vectors, _logNorms;
    private readonly int[] _endedAt;
    private readonly BatchDraws[] _draws;
    private readonly double _low, _high;
    private readonly int _threads;

    /// <param name="space">The set.</param>
    /// <param name="sampling">How batches are drawn.</param>
    /// <param name="rates">The learning rates.</param>
    /// <param name="runs">How many runs.</param>
    /// <param name="seed">Names the batches and the first vectors.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="low">A vector whose logarithm falls to this is left where it is.</param>
    /// <param name="high">A vector whose logarithm rises to this is left where it is.</param>
    public RandomProducts(
        FunctionSpace space, BatchSampling sampling, ReadOnlySpan<double> rates, int runs, ulong seed, int threads,
        double low = double.NegativeInfinity, double high = double.PositiveInfinity)
    {
        (_space, _sampling, _rates, Runs) = (space, sampling, rates.ToArray(), runs);
        (_threads, _low, _high) = (threads == 0 ? Environment.ProcessorCount : threads, low, high);
        _vectors = Workspace.Allocate<double>((long)runs * rates.Length * space.Rank);
        _logNorms = new double[runs * rates.Length];
        _endedAt = new int[runs * rates.Length];
        Array.Fill(_endedAt, -1);
        _draws = new BatchDraws[runs];
        for (int run = 0; run < runs; run++)
        {
            _draws[run] = new(sampling, seed, 2 * (ulong)run);
            Start(run, seed);
        }
    }

    public int Runs { get; }

    /// <summary>Steps made.</summary>
    public int Steps { get; private set; }

    /// <summary><c>log ||v||</c>, <c>[runs, rates]</c>, 0 at the start.</summary>
    public ReadOnlySpan<double> LogNorms => _logNorms;

    /// <summary>The number of steps after which a vector reached a limit, <c>[runs, rates]</c>; -1 while it has not.</summary>
    public ReadOnlySpan<int> EndedAt => _endedAt;

    /// <summary>Whether every vector has reached a limit.</summary>
    public bool AllEnded => Array.IndexOf(_endedAt, -1) < 0;

    /// <summary>Throws what is wrong with arguments that products cannot be made of.</summary>
    public static void Check(FunctionSpace space, BatchSampling sampling, ReadOnlySpan<double> learningRates)
    {
        ArgumentNullException.ThrowIfNull(space);
        BatchDraws.ThrowIfNotDrawable(sampling, space);
        if (space.Rank == 0) throw new ArgumentException("All curvatures are zero: there is no range for a product to act on.", nameof(space));
        if (learningRates.IsEmpty) throw new ArgumentException("Found no learning rate; expected at least one.", nameof(learningRates));
        foreach (double rate in learningRates)
            if (!double.IsFinite(rate) || rate <= 0)
                throw new ArgumentOutOfRangeException(nameof(learningRates), rate, $"Found {rate}; expected finite learning rates above 0.");
    }

    /// <summary>Doubles that products take.</summary>
    public static long Doubles(FunctionSpace space, BatchSampling sampling, int rates, int runs)
        => (long)runs * (((long)rates * space.Rank) + ((long)BatchDraws.Most(sampling) * (2L * space.Rows + 1)) + space.Examples);

    /// <summary>Makes steps until there are so many, or the token is cancelled, which is looked at a few times a second.</summary>
    public void AdvanceTo(int steps, Action<int>? report, CancellationToken cancellation)
    {
        double flops = 4.0 * _sampling.BatchSize * _space.Rows * _space.Rank * _rates.Length * Runs;
        int most = (int)Math.Clamp(1e8 / flops, 1, 10_000);
        while (Steps < steps && !cancellation.IsCancellationRequested && !AllEnded)
        {
            int count = Math.Min(most, steps - Steps);
            Job job = new() { Products = this, Count = count };
            ParallelLoop.Run(ref job, Runs, _threads);
            Steps += count;
            report?.Invoke(Steps);
        }
    }

    private void Start(int run, ulong seed)
    {
        int m = _space.Rank;
        fixed (double* first = &_vectors[(long)run * _rates.Length * m])
        {
            RandomVector.Normal(seed, 2 * (ulong)run + 1, first, m, 1);
            Scale(first, 1 / Math.Sqrt(Dot.Sequential(first, first, m)), m);
            // All learning rates of a run begin at one vector.
            for (int l = 1; l < _rates.Length; l++) new ReadOnlySpan<double>(first, m).CopyTo(new Span<double>(first + (nint)l * m, m));
        }
    }

    private void Run(int run, int count)
    {
        int m = _space.Rank, r = _space.Rows, rates = _rates.Length, most = BatchDraws.Most(_sampling);
        int[] batch = new int[most], rows = r == 1 ? batch : new int[most * r];
        double[] products = new double[most * r];
        fixed (double* phi = _space.FactorsArray, v = &_vectors[(long)run * rates * m], products0 = products)
        {
            for (int step = 1; step <= count; step++)
            {
                int drawn = _draws[run].Next(batch);
                if (r > 1)
                    for (int k = 0; k < drawn * r; k++) rows[k] = batch[k / r] * r + k % r;
                for (int l = 0; l < rates; l++)
                {
                    ref double logNorm = ref _logNorms[run * rates + l];
                    ref int endedAt = ref _endedAt[run * rates + l];
                    if (endedAt >= 0) continue;
                    Step(phi, rows.AsSpan(0, drawn * r), _rates[l] / _sampling.BatchSize, v + (nint)l * m, products0);
                    double norm = Math.Sqrt(Dot.Sequential(v + (nint)l * m, v + (nint)l * m, m));
                    logNorm += Math.Log(norm);
                    // Written so that a NaN, which only an overflow leads to, ends it too.
                    if (!(logNorm > _low && logNorm < _high)) endedAt = Steps + step;
                    else Scale(v + (nint)l * m, 1 / norm, m);
                }
            }
        }
    }

    /// <summary><c>v &lt;- v - scale sum_row sign_row phi_row phi_row^T v</c>: all products with the old vector first.</summary>
    private void Step(double* phi, ReadOnlySpan<int> rows, double scale, double* v, double* products)
    {
        int m = _space.Rank;
        GatheredRows.Multiply(phi, m, rows, v, m, products);
        if (_space.SignsArray is { } signs)
            for (int k = 0; k < rows.Length; k++) products[k] *= signs[rows[k]] * scale;
        else
            for (int k = 0; k < rows.Length; k++) products[k] *= scale;
        GatheredRows.Subtract(phi, m, rows, products, v, m);
    }

    private static void Scale(double* x, double factor, int length)
    {
        for (int i = 0; i < length; i++) x[i] *= factor;
    }

    private struct Job : IChunkJob
    {
        public RandomProducts Products;
        public int Count;

        public readonly void Run(int chunk, int lane) => Products.Run(chunk, Count);
    }
}
