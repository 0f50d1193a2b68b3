using System.Buffers;

namespace HessianKernels.Operators;

/// <summary>
/// A vector an operator needs during one product: rented, so that products may run on several threads at once, share nothing, and allocate
/// nothing once the pool is warm. Its elements are whatever the last user left.
/// </summary>
internal readonly ref struct WorkVector<T>
{
    private readonly T[] _rented;

    public WorkVector(int length)
    {
        _rented = ArrayPool<T>.Shared.Rent(length);
        Span = _rented.AsSpan(0, length);
    }

    public Span<T> Span { get; }

    public void Dispose() => ArrayPool<T>.Shared.Return(_rented);
}
