using HessianKernels.Kernels;

namespace HessianKernels.Sharpness;

/// <summary>
/// Evaluates batches: the Rayleigh quotient <c>g_B^T H_B g_B / ||g_B||^2</c> and, where asked for, <c>lambda_max(H_B)</c>. Batches go in
/// blocks: all g_B of a block that meet one example's Hessian are multiplied with it in one product.
/// </summary>
/// <remarks>
/// A block is <c>[count, d]</c> of g_B; for each example k that one of them holds, their rows are gathered, <c>x_j^T H_k x_j</c> is taken,
/// and added to the forms <c>g_B^T H_B g_B = (1/b) sum_k c_k g_B^T H_k g_B</c> in ascending order of k. The block's size depends on d
/// alone, so bits depend on no thread count.
/// </remarks>
internal sealed unsafe partial class BatchEvaluation
{
    // The g_B of a block fill 2 MiB at most, or are one.
    private const int BlockDoubles = 1 << 18, MostInBlock = 64, BlocksInRound = 16;

    private readonly ExampleDerivatives _derivatives;
    private readonly BatchSource _source;
    private readonly ulong _seed;
    private readonly int _threads;
    private readonly Lane[] _lanes;
    private readonly double[] _weights, _quotients, _eigenvalues;
    private readonly bool[] _done;

    public BatchEvaluation(ExampleDerivatives derivatives, BatchSource source, bool eigenvalues, ulong seed, int threads, long most)
    {
        (_derivatives, _source, _seed) = (derivatives, source, seed);
        (Block, Round) = Sizes(derivatives, most);
        int blocks = (Round + Block - 1) / Block;
        _threads = Math.Min(threads, blocks);
        _lanes = new Lane[_threads];
        for (int lane = 0; lane < _threads; lane++) _lanes[lane] = new(derivatives, source, Block, eigenvalues);
        (_weights, _quotients, _eigenvalues) = (new double[Round], new double[Round], new double[eigenvalues ? Round : 0]);
        _done = new bool[blocks];
    }

    private static (int Block, int Round) Sizes(ExampleDerivatives derivatives, long most)
    {
        int block = (int)Math.Min(most, Math.Clamp(BlockDoubles / derivatives.Parameters, 1, MostInBlock));
        return (block, (int)Math.Min(most, block * BlocksInRound));
    }

    /// <summary>Batches of a block.</summary>
    public int Block { get; }

    /// <summary>Most batches that a call of <see cref="Run"/> evaluates.</summary>
    public int Round { get; }

    /// <summary>What each batch of the round counts, by probability.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>The Rayleigh quotients of the round, 0 where g_B is 0.</summary>
    public ReadOnlySpan<double> Quotients => _quotients;

    /// <summary>The lambda_max(H_B) of the round; empty where not asked for.</summary>
    public ReadOnlySpan<double> Eigenvalues => _eigenvalues;

    /// <summary>
    /// Evaluates the batches first .. first + count - 1; returns how many from the first on are evaluated, fewer only where cancelled.
    /// </summary>
    public int Run(long first, int count, CancellationToken cancellation)
    {
        if (_elsewhere is not null) return RunElsewhere(first, count, cancellation);
        int blocks = (count + Block - 1) / Block;
        Array.Clear(_done);
        Job job = new() { Evaluation = this, First = first, Count = count, Cancellation = cancellation };
        ParallelLoop.Run(ref job, blocks, _threads);
        int whole = Array.IndexOf(_done, false, 0, blocks);
        return whole < 0 ? count : whole * Block;
    }

    private readonly struct Job : IChunkJob
    {
        public BatchEvaluation Evaluation { get; init; }
        public long First { get; init; }
        public int Count { get; init; }
        public CancellationToken Cancellation { get; init; }

        public void Run(int chunk, int lane)
        {
            int start = chunk * Evaluation.Block, count = Math.Min(Evaluation.Block, Count - start);
            Evaluation._done[chunk] = Evaluation._lanes[lane].Run(Evaluation, First + start, start, count, Cancellation);
        }
    }

    /// <summary>What one thread works in.</summary>
    private sealed class Lane(ExampleDerivatives derivatives, BatchSource source, int block, bool eigenvalues)
    {
        private readonly int[] _draws = new int[checked(block * source.MostDraws)], _starts = new int[block + 1], _slots = new int[block];
        private readonly long[] _keys = new long[block * source.MostDraws];
        private readonly double[] _gradients = new double[block * derivatives.Parameters];
        private readonly double[] _gathered = new double[block * derivatives.Parameters];
        private readonly double[] _images = new double[checked(block * derivatives.Rows)];
        private readonly double[] _forms = new double[block], _times = new double[block];
        private readonly BatchCurvature? _curvature = eigenvalues ? new(derivatives, source.MostDraws) : null;

        public bool Run(BatchEvaluation evaluation, long first, int at, int count, CancellationToken cancellation)
        {
            if (cancellation.IsCancellationRequested) return false;
            int d = derivatives.Parameters;
            Fill(first, count, evaluation._weights.AsSpan(at, count));
            fixed (double* all = derivatives.Gradients, gradients = _gradients)
            {
                for (int j = 0; j < count; j++)
                {
                    double* g = gradients + (nint)j * d;
                    new Span<double>(g, d).Clear();
                    foreach (int draw in Draws(j)) Gemv.Add(all + (nint)draw * d, g, d);
                    for (int k = 0; k < d; k++) g[k] /= source.BatchSize;
                }

                AddForms(gradients, count);
                for (int j = 0; j < count; j++)
                {
                    double* g = gradients + (nint)j * d;
                    evaluation._quotients[at + j] = GradientMoments.Quotient(_forms[j] / source.BatchSize, Dot.Sequential(g, g, d));
                }
            }

            for (int j = 0; _curvature is not null && j < count; j++)
            {
                if (cancellation.IsCancellationRequested) return false;
                evaluation._eigenvalues[at + j] = _curvature.LargestEigenvalue(Draws(j), source.BatchSize, evaluation._seed);
            }

            return true;
        }

        private ReadOnlySpan<int> Draws(int j) => _draws.AsSpan(_starts[j].._starts[j + 1]);

        private void Fill(long first, int count, Span<double> weights)
        {
            for (int j = 0; j < count; j++)
            {
                int from = _starts[j], size = source.Fill(first + j, _draws.AsSpan(from, source.MostDraws), out weights[j]);
                _starts[j + 1] = from + size;
                for (int k = from; k < from + size; k++) _keys[k] = (long)_draws[k] << 32 | (uint)j;
            }

            Array.Sort(_keys, 0, _starts[count]);
        }

        /// <summary><c>forms[j] = sum_k c_k g_j^T H_k g_j</c>.</summary>
        private void AddForms(double* gradients, int count)
        {
            int d = derivatives.Parameters, rows = derivatives.Rows;
            Array.Clear(_forms);
            fixed (double* curvatures = derivatives.Curvatures, gathered = _gathered, images = _images)
            {
                for (int entry = 0; entry < _starts[count];)
                {
                    int example = (int)(_keys[entry] >> 32), found = 0;
                    for (; entry < _starts[count] && _keys[entry] >> 32 == example; entry++)
                    {
                        int slot = (int)_keys[entry];
                        if (found > 0 && _slots[found - 1] == slot)
                        {
                            _times[found - 1]++;
                            continue;
                        }

                        (_slots[found], _times[found]) = (slot, 1);
                        Buffer.MemoryCopy(gradients + (nint)slot * d, gathered + (nint)found * d, d * sizeof(double), d * sizeof(double));
                        found++;
                    }

                    CurvatureForm form = new((nint)(curvatures + (nint)example * rows * d), rows, d, derivatives.IsFactored);
                    form.Images(gathered, found, images);
                    for (int j = 0; j < found; j++)
                    {
                        double* image = images + (nint)j * rows;
                        _forms[_slots[j]] += _times[j] * form.Of(gathered + (nint)j * d, image, image);
                    }
                }
            }
        }
    }
}
