using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Conformance;

/// <summary>A tensor of any space between two runs of NaN, so that reading outside poisons the result and writing outside is seen.</summary>
public sealed class GuardedTensor<TView>
    where TView : allows ref struct
{
    private const int Guard = 67;

    private readonly ITensorSpace<TView> _space;
    private readonly ITensorMemory<TView> _memory;
    private readonly double[] _written;

    /// <summary>Holds the values, rounded to the space's precision, an odd number of elements off the allocation's alignment.</summary>
    public GuardedTensor(ITensorSpace<TView> space, double[] values)
    {
        (_space, Length) = (space, values.Length);
        _memory = space.Allocate(values.Length + 2 * Guard);
        double[] all = new double[values.Length + 2 * Guard];
        Array.Fill(all, double.NaN);
        values.CopyTo(all, Guard);
        space.Write(all, _memory.View);
        _written = Read();
    }

    public int Length { get; }

    public TView View => _space.Slice(_memory.View, Guard, Length);

    /// <summary>What it held at first, as the space rounded it.</summary>
    public ReadOnlySpan<double> Written => _written;

    public TView Slice(long start, long count) => _space.Slice(View, start, count);

    public double[] Read()
    {
        double[] values = new double[Length];
        _space.Read(View, values);
        return values;
    }

    /// <summary>Fails where an element differs from what was written at first, or a guard is not NaN.</summary>
    public void AssertUnchanged(string what)
    {
        Tolerance.SameBits<double>(_written, Read(), $"{what}, an input,");
        AssertGuards(what);
    }

    /// <summary>Fails where something was written outside.</summary>
    public void AssertGuards(string what)
    {
        double[] all = new double[Length + 2 * Guard];
        _space.Read(_memory.View, all);
        for (int i = 0; i < all.Length; i++)
            if ((i < Guard || i >= Guard + Length) && !double.IsNaN(all[i])) Assert.Fail($"{what}: written outside, at [{i - Guard}] of {Length}.");
    }
}
