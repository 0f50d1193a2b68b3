using System.Numerics;
using System.Runtime.InteropServices;
using Xunit;

namespace HessianKernels.Conformance;

/// <summary>
/// Elements at a fixed address between two runs of NaN, so that reading outside poisons the result and writing outside is seen:
/// <code>| NaN x 64 + offset | length elements | NaN x 64 |</code>
/// </summary>
public sealed unsafe class Guarded<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Guard = 64;

    private readonly T[] _memory;
    private readonly int _start;
    private T[]? _frozen;

    /// <summary>A length, all zero, <paramref name="offset"/> elements off the alignment of the allocation.</summary>
    public Guarded(int length, int offset = 0)
    {
        _memory = GC.AllocateArray<T>(length + 2 * Guard + offset, pinned: true);
        (_start, Length) = (Guard + offset, length);
        _memory.AsSpan().Fill(T.NaN);
        Span.Clear();
    }

    /// <summary>Uniform numbers in [-1, 1).</summary>
    public static Guarded<T> Random(int length, Random random, int offset = 0)
    {
        Guarded<T> result = new(length, offset);
        foreach (ref T element in result.Span) element = T.CreateTruncating(2 * random.NextDouble() - 1);
        return result;
    }

    public int Length { get; }

    public Span<T> Span => _memory.AsSpan(_start, Length);

    /// <summary>The array does not move: the pointer is good while this object lives.</summary>
    public T* Pointer => (T*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, _start);

    public double[] ToDoubles() => Array.ConvertAll(Span.ToArray(), x => double.CreateTruncating(x));

    /// <summary>Remembers the elements for <see cref="AssertUnchanged"/>.</summary>
    public Guarded<T> Freeze()
    {
        _frozen = Span.ToArray();
        return this;
    }

    /// <summary>Fails where an element differs from when it was frozen, or a guard is not NaN.</summary>
    public void AssertUnchanged(string what)
    {
        Tolerance.SameBits<T>(_frozen, Span, $"{what}, an input,");
        AssertGuards(what);
    }

    /// <summary>Fails where something was written outside.</summary>
    public void AssertGuards(string what)
    {
        for (int i = 0; i < _memory.Length; i++)
            if ((i < _start || i >= _start + Length) && !T.IsNaN(_memory[i])) Assert.Fail($"{what}: written outside, at [{i - _start}] of {Length}.");
    }
}
