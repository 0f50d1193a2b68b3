namespace HessianKernels.Sharpness;

internal sealed unsafe partial class BatchEvaluation
{
    private readonly IBatchQuotients? _elsewhere;
    private readonly List<int> _allDraws = [];
    private readonly int[] _allStarts = [], _oneBatch = [];

    /// <summary>The same batches in the same rounds, computed elsewhere.</summary>
    public BatchEvaluation(IBatchQuotients elsewhere, BatchSource source, bool eigenvalues, ulong seed, long most)
    {
        (_derivatives, _source, _seed, _elsewhere, _lanes, _done) = (elsewhere.Derivatives, source, seed, elsewhere, [], []);
        (Block, Round) = Sizes(_derivatives, most);
        (_weights, _quotients, _eigenvalues) = (new double[Round], new double[Round], new double[eigenvalues ? Round : 0]);
        (_allStarts, _oneBatch) = (new int[Round + 1], new int[source.MostDraws]);
    }

    private int RunElsewhere(long first, int count, CancellationToken cancellation)
    {
        _allDraws.Clear();
        for (int j = 0; j < count; j++)
        {
            int size = _source.Fill(first + j, _oneBatch, out _weights[j]);
            _allDraws.AddRange(_oneBatch.AsSpan(0, size));
            _allStarts[j + 1] = _allDraws.Count;
        }

        return _elsewhere!.Compute(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_allDraws), _allStarts.AsSpan(0, count + 1), _source.BatchSize, _quotients.AsSpan(0, count),
            _eigenvalues.Length == 0 ? [] : _eigenvalues.AsSpan(0, count), _seed, cancellation);
    }
}
