using System.Globalization;
using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The factors of a curvature set, <c>F [rows, columns]</c>, in the caller's memory, whose numbers are float or double; handed out in
/// double, block by block.
/// </summary>
internal readonly unsafe struct FactorRows
{
    private readonly ReadOnlyMemory<double> _doubles;
    private readonly ReadOnlyMemory<float> _singles;

    private FactorRows(ReadOnlyMemory<double> doubles, ReadOnlyMemory<float> singles, int rows, int columns)
        => (_doubles, _singles, Rows, Columns) = (doubles, singles, rows, columns);

    public int Rows { get; }

    public int Columns { get; }

    public static FactorRows Of<T>(ReadOnlyMemory<T> elements, int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.ThrowIfUnsupported<T>();
        return typeof(T) == typeof(double)
            ? new((ReadOnlyMemory<double>)(object)elements, default, rows, columns)
            : new(default, (ReadOnlyMemory<float>)(object)elements, rows, columns);
    }

    /// <summary>Doubles of the buffer that <see cref="Block"/> needs for so many elements: none where they need no conversion.</summary>
    public int BufferLength(long elements) => _singles.IsEmpty ? 0 : checked((int)elements);

    /// <summary>
    /// The elements from a row and a column on: element <c>[i, j]</c> of the block is at <c>i * stride + j</c> of the span returned.
    /// Doubles are not copied; floats are widened into the buffer.
    /// </summary>
    public ReadOnlySpan<double> Block(int row, int rows, int column, int columns, Span<double> buffer, out int stride)
    {
        int first = row * Columns + column;
        if (_singles.IsEmpty)
        {
            stride = Columns;
            return _doubles.Span.Slice(first, (rows - 1) * Columns + columns);
        }

        stride = columns;
        for (int i = 0; i < rows; i++) Widen(_singles.Span.Slice(first + i * Columns, columns), buffer.Slice(i * columns, columns));
        return buffer[..(rows * columns)];
    }

    /// <summary><c>sum_i signs[i] ||f_i||^2</c>; all signs are 1 where there are none.</summary>
    public double SignedSquares(double[]? signs)
    {
        double sum = 0;
        for (int i = 0; i < Rows; i++) sum += (signs is null ? 1 : signs[i]) * Square(i);
        return sum;
    }

    private double Square(int row)
    {
        if (_singles.IsEmpty)
        {
            fixed (double* f = _doubles.Span.Slice(row * Columns, Columns)) return Dot.Sequential(f, f, Columns);
        }

        fixed (float* f = _singles.Span.Slice(row * Columns, Columns)) return Dot.Sequential(f, f, Columns);
    }

    private static void Widen(ReadOnlySpan<float> source, Span<double> destination)
    {
        int i = 0;
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(source[i..]), out Vector<double> low, out Vector<double> high);
            low.CopyTo(destination[i..]);
            high.CopyTo(destination[(i + Vector<double>.Count)..]);
        }

        for (; i < source.Length; i++) destination[i] = source[i];
    }

    /// <summary>Throws unless there are <paramref name="rows"/> rows an example, <paramref name="examples"/> examples, and all elements
    /// are finite.</summary>
    public static void Validate<T>(
        ReadOnlySpan<T> elements, int examples, int rows, int columns, (string Argument, string Shape) names, int threads,
        string example = "Example")
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.ThrowIfUnsupported<T>();
        long expected = (long)examples * rows * columns;
        if (elements.Length != expected)
            throw new ArgumentException(
                $"Expected {names.Shape} = {examples} x {(rows == 1 ? "" : $"{rows} x ")}{columns} = {expected} elements; found {elements.Length}.",
                names.Argument);
        fixed (T* x = elements)
        {
            int at = Finite.FirstExcept(x, elements.Length, threads);
            if (at < 0) return;
            int row = at / columns;
            string place = $"{(rows == 1 ? "" : $"row {row % rows}, ")}{(example == "Column" ? "row" : "column")} {at % columns}";
            throw new ArgumentException(
                $"{example} {row / rows} has {x[at].ToString(null, CultureInfo.InvariantCulture)} at {place}; expected finite numbers.",
                names.Argument);
        }
    }
}
