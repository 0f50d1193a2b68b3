using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

internal ref partial struct TraceEstimation<TView, TSpace, TOperator>
{
    /// <summary>
    /// Goes on to <c>budget / 2</c> test vectors w_i, uniform on the unit sphere, with what their leave-one-out estimates are made of:
    /// <code>
    ///  A W = Q R  (column by column),   H = Q^T A Q,   C = Q^T W
    /// </code>
    /// Neither A W, nor A Q, nor W is kept: m + 2 vectors for m of them. 4 m^2 n flops for Q and R, 2 m^2 n for H and, at each stage, C.
    /// </summary>
    /// <returns>False where it was cancelled; the test vectors finished before count.</returns>
    private bool SampleXTrace(int budget)
    {
        bool whole = true;
        for (int vectors = Math.Min(budget / 2, _capacity); _range < vectors; _range++)
        {
            if (_cancellation.IsCancellationRequested)
            {
                whole = false;
                break;
            }

            TestVector(_range);
            Apply(_probe, Slot(_range));
            ReadOnlySpan<double> norms = ExtendBasis(_range);
            for (int b = 0; b < _items.Length; b++) _items[b].Triangle[_range * _capacity + _range] = norms[b];
            Gather(_range, into: 0);
            Apply(Slot(_range), _product);
            _space.Project(_basis, _range + 1, _product, _coefficients);
            Gather(_range + 1, into: 1);
        }

        for (int i = 0; i < _range; i++)
        {
            TestVector(i);
            _space.Project(_basis, _range, _probe, _coefficients);
            ReadOnlySpan<double> overlaps = Read(_coefficients, _range);
            for (int j = 0; j < _range; j++)
                for (int b = 0; b < _items.Length; b++)
                    _items[b].Overlap[i * _capacity + j] = overlaps[j * _items.Length + b];
        }

        foreach (TraceSamples item in _items) item.TestVectors = _range;
        return whole;
    }

    /// <summary>Test vector i, made anew whenever it is asked for: its seed costs less to keep.</summary>
    private readonly void TestVector(int i)
    {
        _space.Random(RandomDistribution.Normal, _options.Seed, (ulong)i, _probe);
        _space.Normalize(_probe, _norm);
    }

    /// <summary>Takes the first <paramref name="count"/> coefficients as the next column of R (0) or of H (1), whose other half is its mirror image.</summary>
    private readonly void Gather(int count, int into)
    {
        if (count == 0) return;
        ReadOnlySpan<double> column = Read(_coefficients, count);
        for (int j = 0; j < count; j++)
        {
            for (int b = 0; b < _items.Length; b++)
            {
                double value = column[j * _items.Length + b];
                double[] target = into == 0 ? _items[b].Triangle : _items[b].Compression;
                target[_range * _capacity + j] = value;
                if (into == 1) target[j * _capacity + _range] = value;
            }
        }
    }
}
