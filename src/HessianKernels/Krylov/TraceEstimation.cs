using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>
/// Stochastic trace estimation for a batch of operators on any space: stages of products, doubled until every item has the standard error asked for.
/// </summary>
/// <remarks>
/// An item's estimate is taken at the stage where it meets the tolerance and left alone from then on, while stages go on for the others: its bits are those it has alone.
/// Files: this one the stages and what the methods share; .Hutchinson, .HutchPlusPlus and .XTrace a method each.
/// What a product leaves for the host to read (a sample, a norm, two columns) waits on the space's side, s steps' worth, s the space's read interval.
/// <code>
///  space: | basis k vectors | probe | product | columns 2 s k | norms s | values s | reference | passes |     each times Batch
/// </code>
/// </remarks>
internal ref partial struct TraceEstimation<TView, TSpace, TOperator>
    where TView : allows ref struct
    where TSpace : IVectorSpace<TView>
    where TOperator : ILinearOperator<TView>
{
    private readonly TSpace _space;
    private readonly TOperator _matrix;
    private readonly TraceOptions _options;
    private readonly TView _basis, _probe, _product, _columns, _reference, _norms, _passes, _values;
    private readonly IProgress<int>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly double[] _host;
    private readonly TraceSamples[] _items;
    private readonly int _capacity, _interval;
    private int _applications, _outgrown, _range, _waiting;
    private ulong _remainders;

    public TraceEstimation(TSpace space, TOperator matrix, TView memory, TraceOptions options, IProgress<int>? progress, CancellationToken cancellation)
    {
        (_space, _matrix, _options, _progress, _cancellation) = (space, matrix, options, progress, cancellation);
        _capacity = TraceLayout.Basis(options, space.Length);
        int batch = space.Batch;
        long vector = (long)batch * space.Stride, at = _capacity * vector;
        _interval = space.ReadInterval;
        long column = (long)_capacity * batch, scalars = at + 2 * vector + 2 * _interval * column, step = (long)_interval * batch;
        _basis = space.Slice(memory, 0, at);
        _probe = space.Slice(memory, at, vector - space.Stride + space.Length);
        _product = space.Slice(memory, at + vector, vector - space.Stride + space.Length);
        _columns = space.Slice(memory, at + 2 * vector, 2 * _interval * column);
        _norms = space.Slice(memory, scalars, step);
        _values = space.Slice(memory, scalars + step, step);
        _reference = space.Slice(memory, scalars + 2 * step, batch);
        _passes = space.Slice(memory, scalars + 2 * step + batch, batch);
        _host = new double[_interval * Math.Max(options.Method == TraceMethod.XTrace ? 2 * _capacity : 0, 1) * batch];
        _items = new TraceSamples[batch];
        for (int b = 0; b < batch; b++) _items[b] = new(options.Method == TraceMethod.XTrace ? _capacity : 0, space.Epsilon);
        space.Write(_host.AsSpan(0, batch), _reference);
        space.Write(_host.AsSpan(0, batch), _passes);
    }

    /// <summary>Runs stage after stage.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before there was a sample.</exception>
    public TraceEstimate[] Run()
    {
        TraceEstimate[] results = new TraceEstimate[_space.Batch];
        bool[] settled = new bool[_space.Batch];
        for (int budget = _options.Applications; ;)
        {
            bool whole = _options.Method switch
            {
                TraceMethod.Hutchinson => SampleHutchinson(budget),
                TraceMethod.HutchPlusPlus => SampleHutchPlusPlus(budget),
                _ => SampleXTrace(budget),
            };

            int lost = _options.Method == TraceMethod.HutchPlusPlus ? _outgrown + _items[0].Samples.Count : 0;
            int next = (int)Math.Min(2L * budget, _options.Limit - lost);
            bool last = !whole || _options.RelativeStandardError == 0 || next <= budget;
            bool open = false;
            for (int b = 0; b < results.Length; b++)
            {
                if (settled[b]) continue;
                results[b] = Judge(b, results[b], whole);
                settled[b] = results[b].Status is TraceStatus.NotFinite or TraceStatus.Converged;
                open |= !settled[b];
            }

            if (last || !open) return results;
            budget = next;
        }
    }

    private readonly TraceEstimate Judge(int item, TraceEstimate before, bool whole)
    {
        TraceEstimate estimate = _options.Method == TraceMethod.XTrace ? _items[item].LeaveOneOut(_space.Length) : _items[item].Split(whole && _range == _space.Length);
        // A stage cut short within its range has no sample: what the stage before it had is the better answer.
        if (estimate.Samples == 0 && !whole)
        {
            if (before.Samples == 0) throw new OperationCanceledException("Cancelled before there was a sample of the trace.", _cancellation);
            estimate = before;
        }

        TraceStatus status = !double.IsFinite(estimate.Value) ? TraceStatus.NotFinite
            : !whole ? TraceStatus.Cancelled
            : _options.RelativeStandardError == 0 ? TraceStatus.Complete
            : estimate.StandardError <= _options.RelativeStandardError * Math.Abs(estimate.Value) ? TraceStatus.Converged
            : TraceStatus.ApplicationLimit;
        return estimate with { Status = status, OperatorApplications = _applications };
    }

    /// <summary>Counts a product and tells of it.</summary>
    private void Apply(TView input, TView output)
    {
        _matrix.Apply(input, output);
        _applications++;
        _progress?.Report(_applications);
    }

    /// <summary>The place of a step's number, <c>[Batch]</c>.</summary>
    private readonly TView Waiting(TView numbers) => Tridiagonalization.Item(_space, numbers, _waiting);

    /// <summary>The place of a step's column, <c>[k, Batch]</c>: of R (0) or of H (1).</summary>
    private readonly TView Column(int step, int which)
    {
        long size = (long)_capacity * _space.Batch;
        return _space.Slice(_columns, (2 * step + which) * size, size);
    }

    /// <summary>The first <paramref name="count"/> numbers of each item, on the host.</summary>
    private readonly ReadOnlySpan<double> Read(TView numbers, int count)
    {
        Span<double> host = _host.AsSpan(0, count * _space.Batch);
        _space.Read(_space.Slice(numbers, 0, host.Length), host);
        return host;
    }

    /// <summary>Brings the samples that wait to the host.</summary>
    private void TakeSamples()
    {
        if (_waiting == 0) return;
        ReadOnlySpan<double> values = Read(_values, _waiting);
        for (int i = 0; i < values.Length; i++) _items[i % _items.Length].Samples.Add(values[i]);
        _waiting = 0;
    }

    private readonly TView Slot(int slot) => Tridiagonalization.Slot(_space, _basis, slot);
}

/// <summary>How much a trace estimation keeps.</summary>
internal static class TraceLayout
{
    /// <summary>Most vectors of a range that the options may lead to.</summary>
    public static int Basis(TraceOptions options, int length) => options.Method switch
    {
        TraceMethod.Hutchinson => 0,
        TraceMethod.HutchPlusPlus => Math.Min(options.Limit / 3, length),
        _ => Math.Min(options.Limit / 2, length),
    };

    /// <summary>Elements on the space's side.</summary>
    public static long Elements(TraceOptions options, int length, int stride, int batch, int readInterval)
    {
        long basis = Basis(options, length);
        return batch * ((basis + 2) * stride + readInterval * (2 * basis + 2) + 2);
    }

    /// <summary>Doubles on the host: XTrace's three small matrices and its scratch, or the samples.</summary>
    public static long HostDoubles(TraceOptions options, int length, int batch)
    {
        long basis = Basis(options, length);
        return options.Method == TraceMethod.XTrace ? batch * 3 * basis * basis + basis * (2 * batch + 4) : batch * (basis + options.Limit);
    }
}
