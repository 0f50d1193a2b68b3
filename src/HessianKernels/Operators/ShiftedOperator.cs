using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>
/// An operator plus a multiple of the identity: <c>output = A input + shift input</c>, for each batch item. Eigenvalues move UP by the
/// shift: lambda of A is lambda + shift of <c>A + shift I</c>; damping is a positive shift.
/// </summary>
/// <remarks>Costs n multiply-adds more than A, rounded once, and no memory. NaN and infinities go the way of IEEE arithmetic.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public class ShiftedOperator<T> : ILinearOperator<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ILinearOperator<Span<T>> _inner;
    private readonly T _shift;

    private ShiftedOperator(ILinearOperator<Span<T>> inner, double shift)
    {
        _inner = inner;
        Shift = shift;
        _shift = T.CreateTruncating(shift);
    }

    /// <summary>Makes <c>A + shift I</c>; it is an <see cref="ISeparableOperator{TView}"/> where A is.</summary>
    /// <param name="inner">A.</param>
    /// <param name="shift">What is added to every eigenvalue, rounded to T.</param>
    /// <exception cref="ArgumentNullException">inner is null.</exception>
    /// <exception cref="ArgumentException">shift is not finite.</exception>
    public static ShiftedOperator<T> Create(ILinearOperator<Span<T>> inner, double shift)
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentNullException.ThrowIfNull(inner);
        if (!double.IsFinite(shift)) throw new ArgumentException($"The shift is {shift}.", nameof(shift));
        return inner is ISeparableOperator<Span<T>> separable ? new Separable(separable, shift) : new ShiftedOperator<T>(inner, shift);
    }

    /// <inheritdoc/>
    public int Batch => _inner.Batch;

    /// <inheritdoc/>
    public int Length => _inner.Length;

    /// <summary>What is added to every eigenvalue.</summary>
    public double Shift { get; }

    /// <inheritdoc/>
    public void Apply(Span<T> input, Span<T> output)
    {
        _inner.Apply(input, output);
        AddShifted(input[..(Batch * Length)], output);
    }

    private unsafe void AddShifted(Span<T> input, Span<T> output)
    {
        // One thread: a vector is little work beside a product with a matrix, and an element's bits are the same either way.
        fixed (T* x = input, y = output[..input.Length]) SubtractScaled.Apply(-_shift, x, y, input.Length);
    }

    private sealed class Separable(ISeparableOperator<Span<T>> inner, double shift) : ShiftedOperator<T>(inner, shift), ISeparableOperator<Span<T>>
    {
        public void ApplyItem(int item, Span<T> input, Span<T> output, int threads)
        {
            inner.ApplyItem(item, input, output, threads);
            AddShifted(input[..Length], output);
        }
    }
}
