using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>
/// A stack of dense symmetric matrices, <c>[batch, n, n]</c>, each stored whole and row-major.
/// </summary>
/// <remarks>
/// A product reads each stored element of the lower triangle once (of the whole matrix up to order 128, where it lies in the
/// cache): 4 n (n + 1) bytes and 2 n^2 flops in double. The memory is the caller's: it is neither copied nor written.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class DenseSymmetric<T> : ISeparableOperator<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlyMemory<T> _matrices;
    private readonly int _threads;

    /// <summary>Takes a stack of matrices as an operator; their symmetry is the caller's word.</summary>
    /// <param name="matrices"><c>[batch, n, n]</c>, row-major.</param>
    /// <param name="n">Order of each matrix, at least 1.</param>
    /// <param name="threads">Most threads a product may use; 0 for one a processor. Changes no bit of any result.</param>
    /// <exception cref="ArgumentException">The memory does not hold a whole number of n x n matrices, at least one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">n is below 1, or threads below 0.</exception>
    public DenseSymmetric(ReadOnlyMemory<T> matrices, int n, int threads = 0)
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Batch = BatchOf(matrices.Length, n, nameof(matrices));
        Length = n;
        _matrices = matrices;
        _threads = threads == 0 ? Environment.ProcessorCount : threads;
    }

    /// <inheritdoc/>
    public int Batch { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <inheritdoc/>
    public void Apply(Span<T> input, Span<T> output)
    {
        for (int b = 0; b < Batch; b++) ApplyItem(b, input.Slice(b * Length, Length), output.Slice(b * Length, Length), _threads);
    }

    /// <inheritdoc/>
    public void ApplyPair(Span<T> input, Span<T> output, Span<T> input2, Span<T> output2)
    {
        for (int b = 0; b < Batch; b++)
        {
            int at = b * Length;
            fixed (T* a = _matrices.Span.Slice(checked(at * Length), Length * Length), x = input.Slice(at, Length), y = output.Slice(at, Length),
                x2 = input2.Slice(at, Length), y2 = output2.Slice(at, Length))
                Symv.MultiplyPair(a, Length, x, y, x2, y2, _threads);
        }
    }

    /// <inheritdoc/>
    public void ApplyItem(int item, Span<T> input, Span<T> output, int threads)
    {
        fixed (T* a = _matrices.Span.Slice(checked(item * Length * Length), Length * Length), x = input[..Length], y = output[..Length])
            Symv.Multiply(a, Length, x, y, threads);
    }

    /// <summary>How many n x n matrices a number of elements makes.</summary>
    internal static int BatchOf(int elements, int n, string argument)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        long square = (long)n * n;
        if (elements == 0 || elements % square != 0)
            throw new ArgumentException($"Expected a positive multiple of n x n = {n} x {n} = {square} elements; found {elements}.", argument);
        return (int)(elements / square);
    }
}
