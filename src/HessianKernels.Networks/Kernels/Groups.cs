using System.Numerics;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// Outer x Inner groups of Count elements, in memory <c>[Outer, Count, Inner]</c>: how a kernel walks them.
/// </summary>
/// <remarks>
/// A slab, <c>[Count, Inner]</c>, is read row by row. Where rows are short, several in a run make one that fills vectors:
/// <code>[Count, Inner] = [Count / Fold, Fold Inner], and the rest; element i of a wide row belongs to group i mod Inner</code>
/// </remarks>
internal readonly struct Groups
{
    private const int ShortRow = 64;

    public Groups(int outer, int count, int inner, int width)
    {
        (Outer, Count, Inner) = (outer, count, inner);
        Fold = inner >= ShortRow ? 1 : width / (int)BigInteger.GreatestCommonDivisor(inner, width);
        while (Fold * 2 * inner <= ShortRow) Fold *= 2;
    }

    public int Outer { get; }

    public int Count { get; }

    public int Inner { get; }

    /// <summary>Rows of a wide row.</summary>
    public int Fold { get; }

    /// <summary>Elements of a wide row.</summary>
    public int Wide => Fold * Inner;

    public nint Slab => (nint)Count * Inner;

    public long Length => (long)Outer * Count * Inner;
}
