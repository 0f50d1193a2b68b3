using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>
/// The Gram matrices of a stack of matrices J, <c>[batch, rows, columns]</c>, which are never formed:
/// <c>Theta = scale J J^T</c> or <c>scale J^T J</c>.
/// </summary>
/// <remarks>
/// The default scale is <c>1 / rows</c>: rows of J are examples, and the mean over them is the convention of this library
/// (Theta = J J^T / n has the nonzero eigenvalues of J^T J / n). A product takes 4 rows columns flops. The side of the columns reads J
/// once up to 8192 columns in double (16384 in float) and twice above; the side of the rows twice. The memory is the caller's: it is neither copied nor written. A NaN or an infinity in J reaches the product.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class GramOperator<T> : ISeparableOperator<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlyMemory<T> _matrices;
    private readonly T _scale;
    private readonly int _threads;

    /// <summary>Takes a stack of matrices, of which it makes the Gram matrices of one side.</summary>
    /// <param name="matrices">J, <c>[batch, rows, columns]</c>, row-major.</param>
    /// <param name="rows">Number of rows of each J, at least 1.</param>
    /// <param name="columns">Number of columns of each J, at least 1.</param>
    /// <param name="side">J J^T, of order rows, or J^T J, of order columns.</param>
    /// <param name="scale">What the product is multiplied by; null for 1 / rows.</param>
    /// <param name="threads">Most threads a product may use; 0 for one a processor. Changes no bit of any result.</param>
    /// <exception cref="ArgumentException">The memory does not hold a whole number of J, at least one; or the scale is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">rows or columns is below 1, threads below 0, or side is neither.</exception>
    public GramOperator(ReadOnlyMemory<T> matrices, int rows, int columns, GramSide side, double? scale = null, int threads = 0)
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (side is not (GramSide.Rows or GramSide.Columns)) throw new ArgumentOutOfRangeException(nameof(side), side, "Neither Rows nor Columns.");
        Scale = scale ?? 1.0 / rows;
        if (!double.IsFinite(Scale)) throw new ArgumentException($"The scale is {Scale}.", nameof(scale));
        long size = (long)rows * columns;
        if (matrices.Length == 0 || matrices.Length % size != 0)
        {
            throw new ArgumentException(
                $"Expected a positive multiple of rows x columns = {rows} x {columns} = {size} elements; found {matrices.Length}.", nameof(matrices));
        }

        Batch = (int)(matrices.Length / size);
        (Rows, Columns, Side) = (rows, columns, side);
        _matrices = matrices;
        _scale = T.CreateTruncating(Scale);
        _threads = threads == 0 ? Environment.ProcessorCount : threads;
    }

    /// <inheritdoc/>
    public int Batch { get; }

    /// <inheritdoc/>
    public int Length => Side == GramSide.Rows ? Rows : Columns;

    /// <summary>Number of rows of each J.</summary>
    public int Rows { get; }

    /// <summary>Number of columns of each J.</summary>
    public int Columns { get; }

    /// <summary>Which Gram matrix is applied.</summary>
    public GramSide Side { get; }

    /// <summary>What the product is multiplied by.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public void Apply(Span<T> input, Span<T> output)
    {
        for (int b = 0; b < Batch; b++) ApplyItem(b, input.Slice(b * Length, Length), output.Slice(b * Length, Length), _threads);
    }

    /// <inheritdoc/>
    public void ApplyItem(int item, Span<T> input, Span<T> output, int threads)
    {
        fixed (T* j = _matrices.Span.Slice(item * Rows * Columns, Rows * Columns), x = input[..Length], y = output[..Length])
        {
            if (Side == GramSide.Columns)
            {
                Gram.MultiplyColumns(j, Rows, Columns, _scale, x, y, threads);
                return;
            }

            using WorkVector<T> work = new(Columns);
            fixed (T* t = work.Span)
            {
                Gemv.MultiplyTransposed(j, Rows, Columns, x, t, threads);
                Gemv.Multiply(j, Rows, Columns, t, y, threads);
            }

            for (int i = 0; i < Rows; i++) y[i] *= _scale;
        }
    }
}
