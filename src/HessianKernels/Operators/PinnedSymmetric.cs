using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>One dense symmetric matrix whose memory the caller holds fixed: what lets a span be an operator.</summary>
internal readonly unsafe struct PinnedSymmetric<T>(T* matrix, int n, int threads) : ILinearOperator<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public int Batch => 1;

    public int Length => n;

    public void Apply(Span<T> input, Span<T> output)
    {
        fixed (T* x = input[..n], y = output[..n]) Symv.Multiply(matrix, n, x, y, threads);
    }

    public void ApplyPair(Span<T> input, Span<T> output, Span<T> input2, Span<T> output2)
    {
        fixed (T* x = input[..n], y = output[..n], x2 = input2[..n], y2 = output2[..n]) Symv.MultiplyPair(matrix, n, x, y, x2, y2, threads);
    }
}
