using Xunit;

namespace HessianKernels.Conformance;

/// <summary>Sizes that every kernel is tried with: none, one, around a group of threads, and many of them.</summary>
public static class KernelSizes
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<int> All { get; } = [0, 1, 31, 32, 33, 127, 1000];

    /// <summary>Those of what has an element at least.</summary>
    public static TheoryData<int> FromOne => [.. All.Where(size => size > 0)];
}
