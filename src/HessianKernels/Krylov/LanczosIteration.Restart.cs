namespace HessianKernels.Krylov;

internal ref partial struct LanczosIteration<TView, TSpace, TOperator>
{
    /// <summary>
    /// Ends a cycle: every item's basis is combined into slots 0 .. p - 1, right-aligned, and slot p is given the vector it goes on from.
    /// </summary>
    private void Restart()
    {
        int p = _settings.Kept, filled = _next;
        // Mixed with others, a replayed product would pass for one.
        if (_replayed > 0) MakeReplayedProducts();
        _rotationHost.Clear();
        for (int b = 0; b < _items.Length; b++)
        {
            ref LanczosItem item = ref _items[b];
            switch (item.Stop)
            {
                case LanczosStop.BasisFull:
                    Compress(b, ref item, p);
                    break;
                case LanczosStop.LookForCopies:
                    SelectWanted(b, p, p);
                    Lock(b, ref item, p);
                    break;
                case LanczosStop.Finished:
                    for (int i = 0; i < _settings.Wanted; i++) Rotation(b, p - _settings.Wanted + i, p - _settings.Wanted + i, p) = 1;
                    break;
                default:
                    item.NonFinite |= item.Stop == LanczosStop.NotFinite;
                    SelectWanted(b, p, p);
                    // Nothing couples a finished pair to what its slots see from now on.
                    PlaceFront(b, p, 0, [], []);
                    break;
            }
        }

        Combine(filled, p);
        _space.Write(_alpha[..(p * _settings.Batch)], _space.Slice(_basis.Alpha, 0, p * _settings.Batch));
        _space.Write(_beta[..(p * _settings.Batch)], _space.Slice(_basis.Beta, 0, p * _settings.Batch));
        StartCycle(filled);
    }

    /// <summary>Thick restart: the most wanted pairs, as a tridiagonal run that goes on from the vector after the basis.</summary>
    private void Compress(int b, ref LanczosItem item, int p)
    {
        int t = item.Size, q = Math.Min(p, t - 1), locked = 0;
        double beta = LastCoupling(b, item);
        Decompose(b, t);
        RitzOrder.Sort(_diagonal[..t], _settings.Which, _order);

        int start = 0;
        Span<double> values = Take(_arrow, ref start, q), spikes = Take(_arrow, ref start, q);
        Span<double> rotation = Take(_arrow, ref start, q * q), scratch = Take(_arrow, ref start, q * q + 2 * q);
        Span<double> columns = Take(_arrow, ref start, q);
        // The q most wanted, locked pairs in front and in the order they were locked in. While a look goes on all of these are kept, whatever ties with
        // them; else one that better ones have displaced is let go.
        for (int column = 0; column < item.Locked; column++)
            if (item.Looking || _order[..q].Contains(column)) columns[locked++] = column;
        int at = locked;
        foreach (int column in _order[..t])
            if (column >= item.Locked && at < q) columns[at++] = column;
        for (int i = 0; i < q; i++)
        {
            int column = (int)columns[i];
            values[i] = _diagonal[column];
            spikes[i] = i < locked ? 0 : beta * _vectors[column * t + t - 1];
        }

        Span<double> diagonal = Take(_arrow, ref start, q), offDiagonal = Take(_arrow, ref start, q);
        SymmetricTridiagonal.FromArrow(values, spikes, diagonal, offDiagonal, rotation, scratch);
        for (int row = 0; row < t; row++)
        {
            int slot = _slots[b * _settings.Basis + row];
            for (int j = 0; j < q; j++)
            {
                double sum = 0;
                for (int i = 0; i < q; i++) sum += _vectors[(int)columns[i] * t + row] * rotation[j * q + i];
                Rotation(b, slot, p - q + j, p) = sum;
            }
        }

        PlaceFront(b, p, q, diagonal, offDiagonal);
        (item.Size, item.Locked) = (q, locked);
    }

    /// <summary>The wanted pairs, converged, become fixed; the run begins again from a random vector beside them.</summary>
    private void Lock(int b, ref LanczosItem item, int p)
    {
        int k = _settings.Wanted;
        Span<double> couplings = _offDiagonal[..k];
        couplings.Clear();
        PlaceFront(b, p, k, _values.Slice(b * k, k), couplings);
        item.Size = item.Locked = k;
        item.Looking = item.NeedsRandom = true;
        item.Broken = false;
        item.SearchSteps = item.RunSteps;
        item.Compressed = false;
        item.MissProbability = double.NaN;
    }

    /// <summary>Rows of T for the q right-aligned slots before slot p.</summary>
    private readonly void PlaceFront(int b, int p, int q, ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal)
    {
        for (int j = 0; j < q; j++)
        {
            int slot = p - q + j;
            _slots[b * _settings.Basis + j] = slot;
            _alpha[slot * _settings.Batch + b] = diagonal[j];
            _beta[slot * _settings.Batch + b] = offDiagonal[j];
        }

        for (int slot = 0; slot < p - q; slot++) _alpha[slot * _settings.Batch + b] = _beta[slot * _settings.Batch + b] = 0;
    }

    private void StartCycle(int filled)
    {
        int p = _settings.Kept;
        Span<double> scalars = _scalars[.._settings.Batch];
        // The vector after the basis for those that go on from it; zero for the others.
        if (filled != p) _space.Copy(Slot(filled), Slot(p));
        _space.Copy(Slot(p), Slot(_settings.Basis + 1));
        for (int b = 0; b < scalars.Length; b++)
        {
            ref LanczosItem item = ref _items[b];
            bool goesOn = item.Stop is LanczosStop.BasisFull or LanczosStop.LookForCopies;
            scalars[b] = item.Stop == LanczosStop.BasisFull ? 0 : 1;
            if (!goesOn)
            {
                item.Stop = LanczosStop.Finished;
                continue;
            }

            item.Stop = LanczosStop.Running;
            item.Restarts++;
            item.NextLook = item.Size + 1;
            item.LastLook = 0;
            item.LastWorst = double.NaN;
        }

        _space.Write(scalars, _mask);
        _space.SubtractScaled(_mask, Slot(_settings.Basis + 1), Slot(p));
        foreach (ref LanczosItem item in _items) item.Taken = p;
        (_next, _read, _cycle) = (p, p, p);
        DrawRandom();
    }

    /// <summary>Rotates the basis, and the products with it, from <paramref name="filled"/> slots into <paramref name="results"/>.</summary>
    private void Combine(int filled, int results)
    {
        int batch = _settings.Batch;
        // A short first cycle: the slots up to the results are read with zero coefficients, and must hold numbers.
        for (; filled < results; filled++)
        {
            _space.Copy(Slot(0), Slot(filled));
            if (_settings.StoreProducts)
                _space.Copy(Tridiagonalization.Slot(_space, _products, 0), Tridiagonalization.Slot(_space, _products, filled));
        }

        for (int b = 0; b < batch; b++)
        {
            ref LanczosItem item = ref _items[b];
            if (!item.NonFinite) continue;
            // Its coefficients there are zero, but zero times NaN is not.
            for (int slot = Math.Max(item.FiniteSlots, 1); slot < filled; slot++) _space.Copy(ItemSlot(0, b), ItemSlot(slot, b));
            item.FiniteSlots = results;
        }

        _space.Write(_rotationHost[..(filled * results * batch)], _space.Slice(_rotation, 0, (long)filled * results * batch));
        _space.Combine(_basis.Vectors, filled, _rotation, results, _basis.Vectors);
        if (_settings.StoreProducts) _space.Combine(_products, filled, _rotation, results, _products);
    }

    private readonly TView ItemSlot(int slot, int b)
        => _space.Slice(_basis.Vectors, ((long)slot * _settings.Batch + b) * _space.Stride, _settings.Length);

    /// <summary>Eigenvalues of an item's T into <c>_diagonal</c>, all eigenvectors into the columns of <c>_vectors</c>.</summary>
    private readonly bool Decompose(int b, int t)
    {
        LoadT(b, t);
        Span<double> vectors = _vectors[..(t * t)];
        vectors.Clear();
        for (int i = 0; i < t; i++) vectors[i * t + i] = 1;
        return SymmetricTridiagonal.Decompose(_diagonal[..t], _offDiagonal[..t], vectors, t);
    }

    /// <summary>The coefficient of <paramref name="slot"/> in result <paramref name="result"/>, <c>[slots, results, Batch]</c>.</summary>
    private readonly ref double Rotation(int b, int slot, int result, int results)
        => ref _rotationHost[(slot * results + result) * _settings.Batch + b];
}
