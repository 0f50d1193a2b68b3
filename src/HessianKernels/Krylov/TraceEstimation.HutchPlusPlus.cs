namespace HessianKernels.Krylov;

internal ref partial struct TraceEstimation<TView, TSpace, TOperator>
{
    /// <summary>
    /// Goes on to a range of <c>budget / 3</c> vectors and samples what is outside it:
    /// <code>
    ///  Q = orth(A S);   sum_j q_j^T A q_j;   h_i = (P g_i)^T A (P g_i),  P = I - Q Q^T
    /// </code>
    /// The projector stands on both sides before the product, so that on a range that holds all of A the samples are rounding squared.
    /// </summary>
    /// <returns>False where it was cancelled.</returns>
    private bool SampleHutchPlusPlus(int budget)
    {
        int vectors = Math.Min(budget / 3, _capacity);
        if (vectors > _range)
        {
            // Samples of an earlier stage are of the remainder of a smaller range.
            _outgrown += _items[0].Samples.Count;
            foreach (TraceSamples item in _items) item.Samples.Clear();
        }

        bool whole = true;
        for (; _range < vectors; _range++)
        {
            whole = !_cancellation.IsCancellationRequested;
            if (!whole) break;
            // Even streams are the range's, odd ones the remainder's.
            _space.Random(_options.Distribution, _options.Seed, 2 * (ulong)_range, _probe);
            Apply(_probe, Slot(_range));
            ExtendBasis(_range);
            Apply(Slot(_range), _product);
            _space.Dot(Slot(_range), _product, Waiting(_values));
            if (++_waiting == _interval) TakeRange();
        }

        TakeRange();
        // A range from n vectors leaves no remainder.
        if (!whole || _range == _space.Length) return whole;
        while (_items[0].Samples.Count + _waiting < budget - 2 * _range)
        {
            whole = !_cancellation.IsCancellationRequested;
            if (!whole) break;
            _space.Random(_options.Distribution, _options.Seed, 2 * _remainders++ + 1, _probe);
            _space.Orthogonalize(_basis, _range, _reference, _probe, Column(0, 0), Tridiagonalization.Item(_space, _norms, 0), _passes);
            Sample();
        }

        TakeSamples();
        return whole;
    }

    /// <summary>Brings what waits of the range to the host: the rank and the trace on it.</summary>
    private void TakeRange()
    {
        if (_waiting == 0) return;
        TakeRank();
        ReadOnlySpan<double> values = Read(_values, _waiting);
        for (int i = 0; i < values.Length; i++) _items[i % _items.Length].RangeTrace += values[i];
        _waiting = 0;
    }

    /// <summary>Counts the vectors that wait and were not in the span of those before them.</summary>
    /// <returns>Their norms, on the host, <c>[waiting, Batch]</c>.</returns>
    private readonly ReadOnlySpan<double> TakeRank()
    {
        ReadOnlySpan<double> norms = Read(_norms, _waiting);
        for (int i = 0; i < norms.Length; i++) if (norms[i] != 0) _items[i % _items.Length].Rank++;
        return norms;
    }

    /// <summary>
    /// Makes the vector in a slot orthogonal to those before it and of norm 1, or 0 where it is in their span. Its norm before it was normalised and what was removed wait for the
    /// host.
    /// </summary>
    private readonly void ExtendBasis(int slot)
    {
        TView vector = Slot(slot), norm = Waiting(_norms);
        _space.Orthogonalize(_basis, slot, _reference, vector, Column(_waiting, 0), norm, _passes);
        _space.Divide(norm, vector);
    }
}
