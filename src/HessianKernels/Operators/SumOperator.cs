using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>The sum of operators of one shape: <c>output = A_0 input + A_1 input + ...</c>, added in this order, for each batch item.</summary>
/// <remarks>
/// Costs the products of its terms, and one rented work vector of batch n elements where there are two terms or more. NaN and infinities
/// of any term reach the sum.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public class SumOperator<T> : ILinearOperator<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ILinearOperator<Span<T>>[] _terms;

    private SumOperator(ILinearOperator<Span<T>>[] terms) => _terms = terms;

    /// <summary>Makes the sum; it is an <see cref="ISeparableOperator{TView}"/> where every term is.</summary>
    /// <param name="terms">One operator or more, all of one length and batch. The list is copied.</param>
    /// <exception cref="ArgumentNullException">The list or a term is null.</exception>
    /// <exception cref="ArgumentException">There is no term, or two differ in length or batch: both numbers are named.</exception>
    public static SumOperator<T> Create(params IReadOnlyList<ILinearOperator<Span<T>>> terms)
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentNullException.ThrowIfNull(terms);
        if (terms.Count == 0) throw new ArgumentException("A sum needs a term; found 0.", nameof(terms));
        ILinearOperator<Span<T>>[] copy = [.. terms];
        for (int i = 0; i < copy.Length; i++)
        {
            if (copy[i] is null) throw new ArgumentNullException(nameof(terms), $"Term {i} is null.");
            OperatorShape.ThrowIfDifferent(copy[0], copy[i], i, nameof(terms));
        }

        return Array.TrueForAll(copy, term => term is ISeparableOperator<Span<T>>)
            ? new Separable(Array.ConvertAll(copy, term => (ISeparableOperator<Span<T>>)term))
            : new SumOperator<T>(copy);
    }

    /// <inheritdoc/>
    public int Batch => _terms[0].Batch;

    /// <inheritdoc/>
    public int Length => _terms[0].Length;

    /// <inheritdoc/>
    public void Apply(Span<T> input, Span<T> output)
    {
        output = output[..(Batch * Length)];
        _terms[0].Apply(input, output);
        if (_terms.Length == 1) return;
        using WorkVector<T> work = new(output.Length);
        for (int i = 1; i < _terms.Length; i++)
        {
            _terms[i].Apply(input, work.Span);
            Add(work.Span, output);
        }
    }

    private static unsafe void Add(Span<T> x, Span<T> y)
    {
        fixed (T* px = x, py = y) Gemv.Add(px, py, x.Length);
    }

    private sealed class Separable(ISeparableOperator<Span<T>>[] terms) : SumOperator<T>(terms), ISeparableOperator<Span<T>>
    {
        public void ApplyItem(int item, Span<T> input, Span<T> output, int threads)
        {
            output = output[..Length];
            terms[0].ApplyItem(item, input, output, threads);
            if (terms.Length == 1) return;
            using WorkVector<T> work = new(Length);
            for (int i = 1; i < terms.Length; i++)
            {
                terms[i].ApplyItem(item, input, work.Span, threads);
                Add(work.Span, output);
            }
        }
    }
}
