namespace HessianKernels.Krylov;

internal ref partial struct TraceEstimation<TView, TSpace, TOperator>
{
    /// <summary>Goes on to <paramref name="budget"/> samples <c>z^T A z</c>.</summary>
    /// <returns>False where it was cancelled.</returns>
    private bool SampleHutchinson(int budget)
    {
        bool whole = true;
        while (_applications < budget)
        {
            whole = !_cancellation.IsCancellationRequested;
            if (!whole) break;
            _space.Random(_options.Distribution, _options.Seed, (ulong)_applications, _probe);
            Sample();
        }

        TakeSamples();
        return whole;
    }

    /// <summary>One sample from the probe as it stands: <c>z^T A z</c>.</summary>
    private void Sample()
    {
        Apply(_probe, _product);
        _space.Dot(_probe, _product, Waiting(_values));
        if (++_waiting == _interval) TakeSamples();
    }
}
