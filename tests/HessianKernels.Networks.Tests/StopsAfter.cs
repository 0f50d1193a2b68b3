namespace HessianKernels.Networks.Tests;

/// <summary>Cancels once it was told of a number of micro-batches.</summary>
internal sealed class StopsAfter(int micros) : IProgress<int>, IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

    /// <summary>Micro-batches told of.</summary>
    public int Told { get; private set; }

    /// <summary>Their examples.</summary>
    public int Examples { get; private set; }

    public void Report(int value)
    {
        Examples += value;
        if (++Told == micros) _source.Cancel();
    }

    public void Dispose() => _source.Dispose();
}
