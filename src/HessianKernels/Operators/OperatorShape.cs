using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>What an operator made of operators asks of them.</summary>
internal static class OperatorShape
{
    public static void ThrowIfDifferent<T>(ILinearOperator<Span<T>> first, ILinearOperator<Span<T>> other, int index, string argument)
    {
        if (first.Length != other.Length)
            throw new ArgumentException($"Operator 0 has length {first.Length}, operator {index} has {other.Length}.", argument);
        if (first.Batch != other.Batch)
            throw new ArgumentException($"Operator 0 has batch {first.Batch}, operator {index} has {other.Batch}.", argument);
    }
}
