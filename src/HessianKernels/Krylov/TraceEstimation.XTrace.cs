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
            ExtendBasis(_range);
            Apply(Slot(_range), _product);
            _space.Project(_basis, _range + 1, _product, Column(_waiting, 1));
            if (++_waiting == _interval) TakeColumns(_range + 1);
        }

        TakeColumns(_range);
        for (int i = 0; i < _range; i++)
        {
            TestVector(i);
            _space.Project(_basis, _range, _probe, Column(_waiting, 0));
            if (++_waiting == _interval) TakeOverlaps(i + 1);
        }

        TakeOverlaps(_range);
        foreach (TraceSamples item in _items) item.TestVectors = _range;
        return whole;
    }

    /// <summary>Test vector i, made anew whenever it is asked for: its seed costs less to keep.</summary>
    private readonly void TestVector(int i)
    {
        _space.Random(RandomDistribution.Normal, _options.Seed, (ulong)i, _probe);
        _space.Normalize(_probe, Tridiagonalization.Item(_space, _norms, _waiting));
    }

    /// <summary>Brings the columns of R and H that wait to the host: those of the test vectors before <paramref name="end"/>.</summary>
    private void TakeColumns(int end)
    {
        if (_waiting == 0) return;
        int first = end - _waiting;
        ReadOnlySpan<double> norms = TakeRank();
        for (int i = 0; i < norms.Length; i++)
        {
            int vector = first + i / _items.Length;
            _items[i % _items.Length].Triangle[vector * _capacity + vector] = norms[i];
        }

        ReadOnlySpan<double> columns = ReadColumns();
        for (int step = 0; step < _waiting; step++)
        {
            int vector = first + step;
            for (int b = 0; b < _items.Length; b++)
            {
                TraceSamples item = _items[b];
                for (int j = 0; j < vector; j++) item.Triangle[vector * _capacity + j] = columns[At(step, 0, j, b)];
                // The other half of H is its mirror image.
                for (int j = 0; j <= vector; j++)
                    item.Compression[vector * _capacity + j] = item.Compression[j * _capacity + vector] = columns[At(step, 1, j, b)];
            }
        }

        _waiting = 0;
    }

    /// <summary>Brings the columns of C that wait to the host: those of the test vectors before <paramref name="end"/>.</summary>
    private void TakeOverlaps(int end)
    {
        if (_waiting == 0) return;
        ReadOnlySpan<double> columns = ReadColumns();
        for (int step = 0; step < _waiting; step++)
            for (int b = 0; b < _items.Length; b++)
                for (int j = 0; j < _range; j++)
                    _items[b].Overlap[(end - _waiting + step) * _capacity + j] = columns[At(step, 0, j, b)];
        _waiting = 0;
    }

    /// <summary>All columns that wait, in one reading.</summary>
    private readonly ReadOnlySpan<double> ReadColumns() => Read(_columns, 2 * _waiting * _capacity);

    /// <summary>Where element j of an item's column stands among them.</summary>
    private readonly int At(int step, int which, int j, int item) => ((2 * step + which) * _capacity + j) * _items.Length + item;
}
