namespace HessianKernels.Krylov;

internal ref partial struct TraceEstimation<TView, TSpace, TOperator>
{
    /// <summary>Goes on to <paramref name="budget"/> samples <c>z^T A z</c>.</summary>
    /// <returns>False where it was cancelled.</returns>
    private bool SampleHutchinson(int budget)
    {
        while (_applications < budget)
        {
            if (_cancellation.IsCancellationRequested) return false;
            _space.Random(_options.Distribution, _options.Seed, (ulong)_applications, _probe);
            Apply(_probe, _product);
            ReadOnlySpan<double> values = Inner(_probe, _product);
            for (int b = 0; b < _items.Length; b++) _items[b].Samples.Add(values[b]);
        }

        return true;
    }
}
