using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>The user's product with a symmetric matrix: <c>av = A v</c>.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="v">The vector, <c>[n]</c>.</param>
/// <param name="av">The product, <c>[n]</c>; all of it is to be written. It does not overlap <paramref name="v"/>.</param>
public delegate void OperatorCallback<T>(ReadOnlySpan<T> v, Span<T> av);

/// <summary>The user's product with one of several symmetric matrices: <c>av = A_item v</c>.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="item">Which matrix, from 0.</param>
/// <param name="v">The vector, <c>[n]</c>.</param>
/// <param name="av">The product, <c>[n]</c>; all of it is to be written. It does not overlap <paramref name="v"/>.</param>
public delegate void BatchedOperatorCallback<T>(int item, ReadOnlySpan<T> v, Span<T> av);

/// <summary>
/// A symmetric matrix known by its product alone. The callback runs on the thread that calls <see cref="Apply"/>, one item after another, and
/// what it throws passes through; it is never called from two threads at once unless <see cref="Apply"/> is.
/// </summary>
/// <remarks>
/// Whether the callback is symmetric, linear and repeatable is the user's word: <see cref="OperatorCheck"/> puts it to the test. Nothing is
/// allocated besides what the callback does.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class CallbackOperator<T> : ILinearOperator<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BatchedOperatorCallback<T> _apply;

    /// <summary>One matrix.</summary>
    /// <param name="length">Its order n, at least 1.</param>
    /// <param name="apply">Its product.</param>
    /// <exception cref="ArgumentNullException">apply is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">length is below 1.</exception>
    public CallbackOperator(int length, OperatorCallback<T> apply)
        : this(1, length, WithoutItem(apply))
    {
    }

    /// <summary>A batch of matrices of one order.</summary>
    /// <param name="batch">How many, at least 1.</param>
    /// <param name="length">Their order n, at least 1.</param>
    /// <param name="apply">The product of each.</param>
    /// <exception cref="ArgumentNullException">apply is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">batch or length is below 1.</exception>
    public CallbackOperator(int batch, int length, BatchedOperatorCallback<T> apply)
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentNullException.ThrowIfNull(apply);
        (Batch, Length, _apply) = (batch, length, apply);
    }

    /// <inheritdoc/>
    public int Batch { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <inheritdoc/>
    public void Apply(Span<T> input, Span<T> output)
    {
        for (int b = 0; b < Batch; b++) _apply(b, input.Slice(b * Length, Length), output.Slice(b * Length, Length));
    }

    private static BatchedOperatorCallback<T> WithoutItem(OperatorCallback<T> apply)
    {
        ArgumentNullException.ThrowIfNull(apply);
        return (_, v, av) => apply(v, av);
    }
}
