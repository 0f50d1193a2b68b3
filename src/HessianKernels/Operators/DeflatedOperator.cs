using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>
/// An operator kept out of a subspace: <c>output = (I - Q Q^T) A (I - Q Q^T) input</c> for orthonormal q_0, q_1, ..., for each batch item.
/// Where they are eigenvectors of A, their eigenvalues become 0 and all others stay.
/// </summary>
/// <remarks>
/// Costs 8 count n flops more than A, two readings of Q either side, and one rented work vector of batch n elements. All batch items share one
/// Q, or each has its own. Q is the caller's memory: it is neither copied nor written, and must not change while the operator is used. NaN
/// and infinities reach the output.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public unsafe class DeflatedOperator<T> : ILinearOperator<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ILinearOperator<Span<T>> _inner;
    private readonly ReadOnlyMemory<T> _basis;
    private readonly int _threads;
    private readonly bool _shared;

    private DeflatedOperator(ILinearOperator<Span<T>> inner, ReadOnlyMemory<T> basis, int count, int threads)
    {
        (_inner, _basis, Count) = (inner, basis, count);
        _threads = threads == 0 ? Environment.ProcessorCount : threads;
        _shared = basis.Length == (long)count * Length;
    }

    /// <summary>Makes <c>(I - Q Q^T) A (I - Q Q^T)</c>; it is an <see cref="ISeparableOperator{TView}"/> where A is.</summary>
    /// <param name="inner">A.</param>
    /// <param name="basis">Q^T, one orthonormal set for all items, <c>[count, Length]</c>, or one each, <c>[batch, count, Length]</c>.</param>
    /// <param name="count">Number of vectors of a set, at least 1 and at most Length.</param>
    /// <param name="threads">Most threads the projections may use within <see cref="Apply"/>; 0 for one a processor. Changes no bit.</param>
    /// <exception cref="ArgumentNullException">inner is null.</exception>
    /// <exception cref="ArgumentException">
    /// The basis has another size, or is not orthonormal: the worst |&lt;q_i, q_j&gt; - delta_ij| exceeds 100 eps sqrt(Length), and is named.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">count is below 1 or above Length, or threads below 0.</exception>
    public static DeflatedOperator<T> Create(ILinearOperator<Span<T>> inner, ReadOnlyMemory<T> basis, int count, int threads = 0)
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, inner.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        long one = (long)count * inner.Length;
        if (basis.Length != one && basis.Length != one * inner.Batch)
        {
            throw new ArgumentException(
                $"Expected [count, Length] = [{count}, {inner.Length}] = {one} elements, or {inner.Batch} times that; found {basis.Length}.",
                nameof(basis));
        }

        for (int item = 0; item < basis.Length / one; item++)
            ThrowUnlessOrthonormal(basis.Span.Slice((int)(item * one), (int)one), count, inner.Length, item);
        return inner is ISeparableOperator<Span<T>> separable
            ? new Separable(separable, basis, count, threads)
            : new DeflatedOperator<T>(inner, basis, count, threads);
    }

    /// <inheritdoc/>
    public int Batch => _inner.Batch;

    /// <inheritdoc/>
    public int Length => _inner.Length;

    /// <summary>Number of vectors kept out, for each batch item.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public void Apply(Span<T> input, Span<T> output)
    {
        using WorkVector<T> work = new(Batch * Length);
        input[..(Batch * Length)].CopyTo(work.Span);
        for (int b = 0; b < Batch; b++) Remove(b, work.Span.Slice(b * Length, Length), _threads);
        _inner.Apply(work.Span, output);
        for (int b = 0; b < Batch; b++) Remove(b, output.Slice(b * Length, Length), _threads);
    }

    /// <summary><c>y -= Q (Q^T y)</c>.</summary>
    private void Remove(int item, Span<T> y, int threads)
    {
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch coefficients = new(stack, Scratch.OnStack, Count);
        fixed (T* q = _basis.Span.Slice(_shared ? 0 : item * Count * Length, Count * Length), py = y)
        {
            Panel.Project(q, Length, Count, py, Length, (T*)coefficients.Pointer, 1, threads);
            Panel.Subtract(q, Length, Count, (T*)coefficients.Pointer, 1, py, Length, threads);
        }
    }

    private static void ThrowUnlessOrthonormal(ReadOnlySpan<T> basis, int count, int n, int item)
    {
        double allowed = 100 * ElementType.Epsilon<T>() * Math.Sqrt(n), worst = 0, product = 1;
        (int row, int column) = (0, 0);
        fixed (T* q = basis)
        {
            // A NaN is the worst there is: the search ends there.
            for (int i = 0; i < count && !double.IsNaN(worst); i++)
            {
                for (int j = 0; j <= i && !double.IsNaN(worst); j++)
                {
                    double found = Dot.Of(q + (nint)i * n, q + (nint)j * n, n), defect = Math.Abs(found - (i == j ? 1 : 0));
                    if (defect <= worst) continue;
                    (worst, product, row, column) = (defect, found, i, j);
                }
            }
        }

        if (worst <= allowed) return;
        throw new ArgumentException(
            $"The basis of item {item} is not orthonormal: <q_{row}, q_{column}> = {product:G17} is {worst:G3} from {(row == column ? 1 : 0)}; " +
            $"{allowed:G3} is allowed.",
            nameof(basis));
    }

    private sealed class Separable(ISeparableOperator<Span<T>> inner, ReadOnlyMemory<T> basis, int count, int threads)
        : DeflatedOperator<T>(inner, basis, count, threads), ISeparableOperator<Span<T>>
    {
        public void ApplyItem(int item, Span<T> input, Span<T> output, int threads)
        {
            output = output[..Length];
            using WorkVector<T> work = new(Length);
            input[..Length].CopyTo(work.Span);
            Remove(item, work.Span, threads);
            inner.ApplyItem(item, work.Span, output, threads);
            Remove(item, output, threads);
        }
    }
}
