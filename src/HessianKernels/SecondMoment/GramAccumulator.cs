using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The Gram matrix <c>F F^T</c> of factors that come in blocks of columns (parameters), each of which may be forgotten once it is added: a
/// curvature set of any
/// number of parameters in memory for the examples alone.
/// </summary>
/// <remarks>Accumulated in double: 8 (n r)^2 bytes. The bits depend on the blocks and their order, not on the number of threads.</remarks>
/// <example><code>
/// GramAccumulator gram = new(examples: 256);
/// foreach (Layer layer in layers) gram.Add&lt;float&gt;(layer.Jacobian, layer.Parameters);
/// FunctionSpace space = gram.ToCurvatureSet().Reduce();
/// </code></example>
public sealed unsafe class GramAccumulator
{
    private readonly double[] _gram;
    private readonly int _order;
    private bool _taken;

    /// <summary>An empty sum.</summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="rows">r, at least 1.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or the matrix has more elements than one
    /// array.</exception>
    public GramAccumulator(int examples, int rows = 1, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        (Examples, Rows, Threads) = (examples, rows, threads == 0 ? Environment.ProcessorCount : threads);
        // The product of two ints is a long; its square may be more than a long holds.
        long order = (long)examples * rows;
        _gram = Workspace.Allocate<double>(order > int.MaxValue ? long.MaxValue : order * order);
        _order = (int)order;
    }

    /// <summary>n, the number of examples.</summary>
    public int Examples { get; }

    /// <summary>r, the number of rows of each example.</summary>
    public int Rows { get; }

    /// <summary>Most threads.</summary>
    internal int Threads { get; }

    /// <summary>Columns added so far.</summary>
    public long Columns { get; private set; }

    /// <summary>Adds <c>B B^T</c>.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="block">B, <c>[n r, columns]</c>, row-major: some columns of all factors. Row <c>i r + a</c> is row a of example
    /// i.</param>
    /// <param name="columns">Its columns, at least 1.</param>
    /// <exception cref="ArgumentException">The number of elements is another, or a row has a NaN or an infinity: where. Nothing was added
    /// then.</exception>
    /// <exception cref="InvalidOperationException">The sum has been made a set.</exception>
    public void Add<T>(ReadOnlySpan<T> block, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Add(block, columns, transposed: false);

    /// <summary>Adds <c>B^T B</c>: the same for a block that lies parameter by parameter.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="block">B, <c>[columns, n r]</c>, row-major.</param>
    /// <param name="columns">Parameters in it, at least 1.</param>
    /// <exception cref="ArgumentException">The number of elements is another, or a row has a NaN or an infinity: where. Nothing was added
    /// then.</exception>
    /// <exception cref="InvalidOperationException">The sum has been made a set.</exception>
    public void AddTransposed<T>(ReadOnlySpan<T> block, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Add(block, columns, transposed: true);

    /// <summary>The set whose factors were added. The sum becomes its memory: this accumulator is at its end.</summary>
    /// <exception cref="InvalidOperationException">Nothing was added, or the sum has been made a set.</exception>
    /// <exception cref="ArgumentException">The matrix has a negative eigenvalue that rounding does not explain.</exception>
    public CurvatureSet ToCurvatureSet()
    {
        ThrowIfTaken();
        if (Columns == 0) throw new InvalidOperationException("No column was added.");
        _taken = true;
        return CurvatureSet.FromGram(_gram, Examples, Rows, Columns, ElementType.Epsilon<double>(), Threads);
    }

    /// <summary>The same where a block's row <c>a n + i</c> was row a of example i, as in a file in Fortran order.</summary>
    internal CurvatureSet ToCurvatureSetFromRowsFirst()
    {
        ThrowIfTaken();
        if (Rows == 1) return ToCurvatureSet();
        double[] ordered = new double[_gram.Length];
        for (int p = 0; p < _order; p++)
        {
            for (int q = 0; q <= p; q++)
            {
                int i = Place(p), j = Place(q);
                ordered[Math.Max(i, j) * _order + Math.Min(i, j)] = _gram[p * _order + q];
            }
        }

        _taken = true;
        return CurvatureSet.FromGram(ordered, Examples, Rows, Columns, ElementType.Epsilon<double>(), Threads);

        int Place(int row) => row % Examples * Rows + row / Examples;
    }

    /// <summary>Adds a block that is known to be finite, or whose place can be found when the sum shows that it is not.</summary>
    /// <param name="block">From its first column on; in rows a stride apart, or, where transposed, column after column.</param>
    /// <param name="columns">How many are added.</param>
    /// <param name="stride">Elements from one row, or column, to the next.</param>
    /// <param name="transposed">Whether it lies parameter by parameter.</param>
    /// <returns>The first row with a sum of squares that is not finite; -1 where all are.</returns>
    internal int AddUnchecked<T>(T* block, int columns, nint stride, bool transposed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (double* g = _gram)
        {
            if (typeof(T) == typeof(float))
                Gemm.MultiplyLowerWidened(transposed, _order, columns, 1.0, (float*)block, stride, 1.0, g, _order, Threads);
            else
                Syrk.Multiply(transposed, _order, columns, 1.0, (double*)block, stride, 1.0, g, _order, Threads);
        }

        Columns += columns;
        for (int i = 0; i < _order; i++)
            if (!double.IsFinite(_gram[i * _order + i])) return i;
        return -1;
    }

    private void Add<T>(ReadOnlySpan<T> block, int columns, bool transposed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfTaken();
        ElementType.ThrowIfUnsupported<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        (int rows, int rowLength) = transposed ? (columns, _order) : (_order, columns);
        string shape = transposed ? "columns x (examples x rows)" : "(examples x rows) x columns";
        FactorRows.Validate(block, rows, 1, rowLength, (nameof(block), shape), Threads, transposed ? "Column" : "Row");
        fixed (T* b = block) AddUnchecked(b, columns, transposed ? _order : columns, transposed);
    }

    private void ThrowIfTaken()
    {
        if (_taken) throw new InvalidOperationException("The sum has been made a curvature set; a new one takes a new accumulator.");
    }
}
