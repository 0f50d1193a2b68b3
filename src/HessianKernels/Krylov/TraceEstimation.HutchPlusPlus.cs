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

        for (; _range < vectors; _range++)
        {
            if (_cancellation.IsCancellationRequested) return false;
            // Even streams are the range's, odd ones the remainder's.
            _space.Random(_options.Distribution, _options.Seed, 2 * (ulong)_range, _probe);
            Apply(_probe, Slot(_range));
            ExtendBasis(_range);
            Apply(Slot(_range), _product);
            ReadOnlySpan<double> values = Inner(Slot(_range), _product);
            for (int b = 0; b < _items.Length; b++) _items[b].RangeTrace += values[b];
        }

        // A range from n vectors leaves no remainder.
        if (_range == _space.Length) return true;
        while (_items[0].Samples.Count < budget - 2 * _range)
        {
            if (_cancellation.IsCancellationRequested) return false;
            _space.Random(_options.Distribution, _options.Seed, 2 * _remainders++ + 1, _probe);
            _space.Orthogonalize(_basis, _range, _reference, _probe, _coefficients, _norm, _passes);
            Apply(_probe, _product);
            ReadOnlySpan<double> values = Inner(_probe, _product);
            for (int b = 0; b < _items.Length; b++) _items[b].Samples.Add(values[b]);
        }

        return true;
    }

    /// <summary>Makes the vector in a slot orthogonal to those before it and of norm 1, or 0 where it is in their span.</summary>
    /// <returns>Its norms before it was normalised, on the host; what was removed is in the coefficients.</returns>
    private readonly ReadOnlySpan<double> ExtendBasis(int slot)
    {
        TView vector = Slot(slot);
        _space.Orthogonalize(_basis, slot, _reference, vector, _coefficients, _norm, _passes);
        _space.Divide(_norm, vector);
        ReadOnlySpan<double> norms = Read(_norm, 1);
        for (int b = 0; b < _items.Length; b++) if (norms[b] != 0) _items[b].Rank++;
        return norms;
    }
}
