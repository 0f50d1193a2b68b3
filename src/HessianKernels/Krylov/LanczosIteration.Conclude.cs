namespace HessianKernels.Krylov;

internal ref partial struct LanczosIteration<TView, TSpace, TOperator>
{
    /// <summary>The wanted Ritz vectors, <c>[k, Batch, Length]</c>, once concluded; zero where no pair was found.</summary>
    public readonly TView RitzVectors => _space.Slice(_basis.Vectors, 0, (long)_settings.Wanted * _settings.Batch * _space.Stride);

    /// <summary>The wanted Ritz values of an item, as stored on the space's side; NaN where none was found.</summary>
    public readonly ReadOnlySpan<double> RitzValues(int b) => _values.Slice(b * _settings.Wanted, _settings.Wanted);

    /// <summary>||A y - theta y|| of an item's pairs.</summary>
    public readonly ReadOnlySpan<double> ResidualNorms(int b) => _residuals.Slice(b * _settings.Wanted, _settings.Wanted);

    /// <summary>
    /// Brings every item's wanted pairs to slots 0 .. k - 1 and measures them. Residuals come from products, unless the run was cancelled.
    /// </summary>
    public void Conclude(bool cancelled)
    {
        int k = _settings.Wanted, batch = _settings.Batch, p = _settings.Kept;
        // While the search goes on the locked pairs are the answer; else what it found is part of it.
        if (!cancelled && _replayed > 0 && !_items[0].Looking) MakeReplayedProducts();
        _rotationHost.Clear();
        for (int b = 0; b < batch; b++)
        {
            ref LanczosItem item = ref _items[b];
            item.Cancelled = cancelled;
            if (item.Stop == LanczosStop.Finished)
            {
                for (int i = 0; i < k; i++) Rotation(b, p - k + i, i, k) = 1;
                continue;
            }

            item.NonFinite |= item.Stop == LanczosStop.NotFinite;
            SelectWanted(b, k, k);
        }

        Combine(Math.Max(_next, 1), k);
        MeasureOrthogonality();
        if (!cancelled) MeasureResiduals();
    }

    /// <summary>What is known of an item's answer, once concluded.</summary>
    public readonly LanczosEvidence Evidence(int b)
    {
        ref LanczosItem item = ref _items[b];
        int converged = 0;
        if (!item.Cancelled)
            for (int i = 0; i < item.Found; i++)
                if (HasConverged(b, i)) converged++;
        return new()
        {
            Status = item.NonFinite ? LanczosStatus.NotFinite
                : item.Cancelled ? LanczosStatus.Cancelled
                : converged == _settings.Wanted ? LanczosStatus.Converged : LanczosStatus.Partial,
            Found = item.Found,
            Converged = converged,
            OperatorApplications = item.Applications,
            Restarts = item.Restarts,
            Reorthogonalizations = item.SecondPasses,
            Orthogonality = item.Orthogonality,
            OperatorNorm = item.Norm,
            MissProbability = item.MissProbability,
            ResidualsMeasured = !item.Cancelled,
        };
    }

    /// <summary>Whether a measured residual is within the tolerance, or within what rounding makes of an exact pair.</summary>
    public readonly bool HasConverged(int b, int i)
        => !_items[b].Cancelled && _residuals[b * _settings.Wanted + i] <= _settings.Tolerance * _items[b].Norm + Rounding(b);

    /// <summary>
    /// Half the width of the interval about theta that holds an eigenvalue: ||A y - theta y|| / ||y||, plus what the rounding of the product
    /// and of the residual may hide: (8 + sqrt(n)) eps ||A||.
    /// </summary>
    public readonly double EnclosureRadius(int b, int i)
    {
        ref LanczosItem item = ref _items[b];
        double residual = _residuals[b * _settings.Wanted + i], shortest = 1 - item.Orthogonality;
        if (item.Cancelled || i >= item.Found || !(shortest > 0)) return double.PositiveInfinity;
        return residual / shortest + Rounding(b);
    }

    private readonly double Rounding(int b) => (8 + Math.Sqrt(_settings.Length)) * _space.Epsilon * _items[b].Norm;

    /// <summary>
    /// The k most wanted pairs of an item's T: values in the order of the result, and the coefficients that bring their vectors to the last k of
    /// <paramref name="results"/> slots ending before <paramref name="end"/>.
    /// </summary>
    private void SelectWanted(int b, int end, int results)
    {
        ref LanczosItem item = ref _items[b];
        int k = _settings.Wanted, t = item.Size;
        if (item.Looking)
        {
            // The locked pairs are the answer, chosen when they were locked; the run beside them has shown nothing better.
            item.Found = k;
            for (int i = 0; i < k; i++) Rotation(b, _slots[b * _settings.Basis + i], end - k + i, results) = 1;
            return;
        }

        Span<double> values = _values.Slice(b * k, k), estimates = _residuals.Slice(b * k, k);
        values.Fill(double.NaN);
        estimates.Fill(double.NaN);
        item.Found = Math.Min(k, t);
        if (t == 0) return;

        double beta = LastCoupling(b, item);
        if (SinglePair(item))
        {
            LoadT(b, t);
            ReadOnlySpan<double> vector = ExtremePair(b, t, 0);
            Select(b, vector, _diagonal[0], 0, beta, end, results);
            return;
        }

        if (!Decompose(b, t))
        {
            item.Found = 0;
            return;
        }

        RitzOrder.Sort(_diagonal[..t], _settings.Which, _order);
        int found = item.Found;
        for (int i = 0; i < found; i++)
        {
            int column = _order[i];
            Select(b, _vectors.Slice(column * t, t), _diagonal[column], RitzOrder.Place(i, found, _settings.Which), beta, end, results);
        }
    }

    private readonly void Select(int b, ReadOnlySpan<double> vector, double value, int place, double beta, int end, int results)
    {
        int k = _settings.Wanted;
        _values[b * k + place] = value;
        _residuals[b * k + place] = Math.Abs(beta * vector[^1]);
        for (int row = 0; row < vector.Length; row++)
            Rotation(b, _slots[b * _settings.Basis + row], end - k + place, results) = vector[row];
    }

    /// <summary>||I - V^T V||_F over the pairs found.</summary>
    private readonly void MeasureOrthogonality()
    {
        int k = _settings.Wanted, batch = _settings.Batch;
        foreach (ref LanczosItem item in _items) item.Orthogonality = 0;
        for (int i = 0; i < k; i++)
        {
            _space.Project(_basis.Vectors, i + 1, Slot(i), _basis.Coefficients);
            Span<double> inner = _rotationHost[..((i + 1) * batch)];
            _space.Read(_space.Slice(_basis.Coefficients, 0, inner.Length), inner);
            for (int b = 0; b < batch; b++)
            {
                ref LanczosItem item = ref _items[b];
                if (i >= item.Found) continue;
                for (int j = 0; j < i; j++) item.Orthogonality += 2 * inner[j * batch + b] * inner[j * batch + b];
                double norm = inner[i * batch + b] - 1;
                item.Orthogonality += norm * norm;
            }
        }

        foreach (ref LanczosItem item in _items) item.Orthogonality = Math.Sqrt(item.Orthogonality);
    }

    private void MeasureResiduals()
    {
        int k = _settings.Wanted, batch = _settings.Batch;
        TView residual = Slot(_settings.Basis + 1);
        Span<double> scalars = _scalars[..batch];
        for (int i = 0; i < k; i++)
        {
            if (_settings.StoreProducts) _space.Copy(Tridiagonalization.Slot(_space, _products, i), residual);
            else _matrix.Apply(Slot(i), residual);

            for (int b = 0; b < batch; b++)
            {
                double value = _values[b * k + i];
                scalars[b] = double.IsNaN(value) ? 0 : value;
            }

            _space.Write(scalars, _mask);
            // As stored: in float the value returned is the one the residual was measured with.
            _space.Read(_mask, scalars);
            for (int b = 0; b < batch; b++)
            {
                ref LanczosItem item = ref _items[b];
                if (i >= item.Found) continue;
                _values[b * k + i] = scalars[b];
                if (!_settings.StoreProducts) item.Applications++;
            }

            _space.SubtractScaled(_mask, Slot(i), residual);
            _space.Normalize(residual, _basis.Norm);
            _space.Read(_basis.Norm, scalars);
            for (int b = 0; b < batch; b++)
                if (i < _items[b].Found) _residuals[b * k + i] = scalars[b];
        }
    }
}
