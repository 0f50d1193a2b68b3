using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>An operator times a number: <c>output = scale (A input)</c>, for each batch item.</summary>
/// <remarks>
/// Costs n multiplications more than A, and no memory. NaN and infinities go the way of IEEE arithmetic: a scale of 0 does not hide them.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public class ScaledOperator<T> : ILinearOperator<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ILinearOperator<Span<T>> _inner;
    private readonly T _scale;

    private ScaledOperator(ILinearOperator<Span<T>> inner, double scale)
    {
        _inner = inner;
        Scale = scale;
        _scale = T.CreateTruncating(scale);
    }

    /// <summary>Makes <c>scale A</c>; it is an <see cref="ISeparableOperator{TView}"/> where A is.</summary>
    /// <param name="inner">A.</param>
    /// <param name="scale">The number, rounded to T.</param>
    /// <exception cref="ArgumentNullException">inner is null.</exception>
    /// <exception cref="ArgumentException">scale is not finite.</exception>
    public static ScaledOperator<T> Create(ILinearOperator<Span<T>> inner, double scale)
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentNullException.ThrowIfNull(inner);
        if (!double.IsFinite(scale)) throw new ArgumentException($"The scale is {scale}.", nameof(scale));
        return inner is ISeparableOperator<Span<T>> separable ? new Separable(separable, scale) : new ScaledOperator<T>(inner, scale);
    }

    /// <inheritdoc/>
    public int Batch => _inner.Batch;

    /// <inheritdoc/>
    public int Length => _inner.Length;

    /// <summary>What A is multiplied by.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public void Apply(Span<T> input, Span<T> output)
    {
        _inner.Apply(input, output);
        Multiply(output[..(Batch * Length)]);
    }

    private void Multiply(Span<T> output)
    {
        for (int i = 0; i < output.Length; i++) output[i] *= _scale;
    }

    private sealed class Separable(ISeparableOperator<Span<T>> inner, double scale) : ScaledOperator<T>(inner, scale), ISeparableOperator<Span<T>>
    {
        public void ApplyItem(int item, Span<T> input, Span<T> output, int threads)
        {
            inner.ApplyItem(item, input, output, threads);
            Multiply(output[..Length]);
        }
    }
}
