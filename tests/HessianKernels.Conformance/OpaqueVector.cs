namespace HessianKernels.Conformance;

/// <summary>
/// A view of numbers that shows nobody what it holds: no length, no indexer, no span. An algorithm that runs on it needs nothing but
/// <see cref="Spaces.IVectorSpace{TView}"/>.
/// </summary>
public readonly struct OpaqueVector
{
    private readonly double[] _memory;
    private readonly int _start, _count;

    /// <summary>A new view of <paramref name="count"/> numbers, all NaN: nothing may be read before it is written.</summary>
    public OpaqueVector(int count)
    {
        _memory = new double[count];
        Array.Fill(_memory, double.NaN);
        _count = count;
    }

    private OpaqueVector(double[] memory, int start, int count) => (_memory, _start, _count) = (memory, start, count);

    internal Span<double> Numbers => _memory.AsSpan(_start, _count);

    internal OpaqueVector Part(long start, long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, _count);
        return new(_memory, _start + (int)start, (int)count);
    }
}
