using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

public sealed unsafe class ScratchTests
{
    [Fact]
    public void NoTwoAtOnceShareAPlaceAndAllAreAligned()
    {
        // More at once than a thread keeps, the later ones larger.
        Nest(depth: 0, depths: 7, []);
        Nest(depth: 0, depths: 7, []);
    }

    [Fact]
    public void TheNextHasTheMemoryOfTheLast()
    {
        // Larger than malloc's lists, smaller than before: the same place only because it was kept.
        nint first = Place(1 << 20), between = Place(5000), again = Place(1 << 20);
        Assert.Equal(first, between);
        Assert.Equal(first, again);
    }

    [Fact]
    public void AfterAnExceptionThePlaceIsFreeAgain()
    {
        nint first = Place(100_000);
        Assert.Throws<InvalidOperationException>(() => Place(100_000, fail: true));
        Assert.Equal(first, Place(100_000));
    }

    [Fact]
    public void WhatTheStackHoldsStaysThere()
    {
        double* stack = stackalloc double[4];
        using Scratch few = new(stack, 4, 4);
        Assert.True(few.Pointer == stack);
    }

    private static nint Place(long count, bool fail = false)
    {
        using Scratch scratch = new(null, 0, count);
        return fail ? throw new InvalidOperationException("on purpose") : (nint)scratch.Pointer;
    }

    private static void Nest(int depth, int depths, List<(nint Start, nint End)> taken)
    {
        if (depth == depths) return;
        int count = 3000 * (depth + 1);
        using Scratch scratch = new(null, 0, count);
        nint start = (nint)scratch.Pointer, end = start + count * sizeof(double);
        Assert.Equal(0, start % 64);
        Assert.All(taken, other => Assert.True(end <= other.Start || other.End <= start));
        new Span<double>(scratch.Pointer, count).Fill(depth);
        Nest(depth + 1, depths, [.. taken, (start, end)]);
        Assert.Equal(depth, scratch.Pointer[0]);
        Assert.Equal(depth, scratch.Pointer[count - 1]);
    }
}
