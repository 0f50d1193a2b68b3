using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using HessianKernels.Dense;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;

namespace HessianKernels;

/// <summary>
/// Curvature sets from .npy files that need not fit into memory: a Jacobian <c>(n, d)</c> or factors <c>(n, r, d)</c>, of which only the
/// Gram matrix of the rows is kept.
/// </summary>
/// <remarks>
/// float32 or float64, either byte order, C or Fortran order. The file is read once, block of columns by block of columns, the next one
/// while this one is multiplied;
/// the sum is in double. Memory is <see cref="RequiredBytes"/>, whatever d is; the work n r (n r + 1) d flops.
/// </remarks>
/// <example><code>
/// CurvatureSet set = JacobianFile.Read("jacobian.npy");
/// FunctionSpace space = set.Reduce();
/// </code></example>
public static class JacobianFile
{
    /// <summary>Bytes of the two blocks in memory where nothing else is said: 32 MiB.</summary>
    public const long DefaultBlockBytes = 32L << 20;

    // Of a block; about a millisecond's work for a few hundred rows.
    private const int ColumnsAtOnce = 1024;

    /// <summary>Reads a file once and gives its curvature set, which no longer needs it.</summary>
    /// <param name="path">A .npy file of shape <c>(n, d)</c>, <c>H_i = j_i j_i^T</c>, or <c>(n, r, d)</c>, <c>H_i = F_i^T F_i</c>.</param>
    /// <param name="blockBytes">Bytes of the two blocks together, above 0; each holds one column at least. With the file's shape and
    /// type it fixes the order of the sum.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit. One of them reads while there is something to read.</param>
    /// <param name="progress">Told the number of columns done.</param>
    /// <param name="cancellation">Looked at before every block.</param>
    /// <exception cref="NpyFormatException">
    /// The file is not a readable .npy file, is shorter or longer than its shape says, has another number of axes or an empty one; or
    /// holds a NaN or an infinity: in which
    /// row and column.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">blockBytes is below 1, threads below 0, or the Gram matrix has more elements than one
    /// array.</exception>
    /// <exception cref="IOException">The file cannot be opened; the message names the path.</exception>
    /// <exception cref="OperationCanceledException">Cancelled: a part of the columns is another set, so none is returned.</exception>
    public static CurvatureSet Read(
        string path, long blockBytes = DefaultBlockBytes, int threads = 0, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockBytes, 1);
        using NpyReader reader = NpyReader.Open(path);
        return reader.Header.ElementType == NpyElementType.Float32
            ? Read<float>(reader, blockBytes, threads, progress, cancellation)
            : Read<double>(reader, blockBytes, threads, progress, cancellation);
    }

    /// <summary>The same in blocks of the file's own numbers: floats are widened where they are multiplied.</summary>
    private static CurvatureSet Read<T>(NpyReader reader, long blockBytes, int threads, IProgress<long>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int examples, int rows, long parameters) = ShapeOf(reader);
        GramAccumulator gram = new(examples, rows, threads);
        // In Fortran order the first axis runs fastest: a column is one piece, its rows a n + i rather than i r + a.
        bool transposed = reader.Header.FortranOrder && !reader.Header.OrderIsImmaterial;
        int order = examples * rows, most = BlockColumns(order, parameters, blockBytes / Unsafe.SizeOf<T>());
        T[][] blocks = [new T[order * most], new T[parameters > most ? order * most : 0]];
        Task<int> next = Ahead(0, 0);
        try
        {
            for ((long column, int turn) = (0, 0); column < parameters; turn ^= 1)
            {
                int columns = next.GetAwaiter().GetResult();
                cancellation.ThrowIfCancellationRequested();
                if (column + columns < parameters) next = Ahead(column + columns, turn ^ 1);
                for (int first = 0; first < columns; first += ColumnsAtOnce)
                {
                    // A thread that multiplies and loses its processor to the one that reads holds all others up.
                    int free = next.IsCompleted ? gram.Threads : Math.Max(1, gram.Threads - 1), count = Math.Min(ColumnsAtOnce, columns - first);
                    (int start, int stride) = transposed ? (first * order, order) : (first, columns);
                    int fault = gram.AddUnchecked<T>(blocks[turn].AsSpan(0, order * columns)[start..], count, stride, transposed, free);
                    if (fault >= 0) throw NotFinite(reader, blocks[turn], fault, order, column, columns, examples, rows, transposed);
                }

                column += columns;
                progress?.Report(column);
            }
        }
        finally
        {
            // The reader is not to be closed under the one who reads.
            Task.WaitAny(next);
        }

        return transposed ? gram.ToCurvatureSetFromRowsFirst() : gram.ToCurvatureSet();

        Task<int> Ahead(long column, int turn) => Task.Run(() =>
        {
            int columns = (int)Math.Min(most, parameters - column);
            Span<T> block = blocks[turn].AsSpan(0, order * columns);
            if (transposed) _ = reader.ReadElements(block);
            else reader.ReadColumns(column, columns, block);
            return columns;
        });
    }

    /// <summary>Bytes that <see cref="Read"/> takes at most: the two blocks, the Gram matrix, as much again for its
    /// eigenvectors, and half as much and 4 KiB a row for finding them.</summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="rows">r, at least 1.</param>
    /// <param name="blockBytes">As for <see cref="Read"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static long RequiredBytes(int examples, int rows = 1, long blockBytes = DefaultBlockBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockBytes, 1);
        long order = (long)examples * rows;
        return checked(Math.Max(blockBytes, 2 * sizeof(double) * order) + 2 * sizeof(double) * order * order
            + SymmetricEigendecomposition.ScratchBytes((int)Math.Min(order, int.MaxValue)));
    }

    private static int BlockColumns(int order, long parameters, long blockElements)
    {
        long most = Math.Min(blockElements / 2, Array.MaxLength) / order;
        return (int)Math.Clamp(most, 1, parameters);
    }

    private static (int Examples, int Rows, long Parameters) ShapeOf(NpyReader reader)
    {
        ReadOnlySpan<long> shape = reader.Header.Shape.AsSpan();
        bool known = shape.Length is 2 or 3 && reader.Header.Count > 0;
        if (!known || reader.Header.Count / shape[^1] > Array.MaxLength)
            throw new NpyFormatException(
                reader.File, "shape", NpyHeader.ShapeText(shape), $"(n, d) or (n, r, d), no axis of length 0, at most {Array.MaxLength} rows");
        return ((int)shape[0], shape.Length == 2 ? 1 : (int)shape[1], shape[^1]);
    }

    /// <summary>Names the element that made a row's sum of squares what it is.</summary>
    private static NpyFormatException NotFinite<T>(
        NpyReader reader, T[] block, int row, int order, long firstColumn, int columns, int examples, int rows, bool transposed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int example = transposed ? row % examples : row / rows, within = transposed ? row / examples : row % rows;
        string place = rows == 1 ? $"row {example}" : $"example {example}, row {within}";
        for (int c = 0; c < columns; c++)
        {
            T x = transposed ? block[c * order + row] : block[row * columns + c];
            if (!T.IsFinite(x))
                return new(reader.File, "data", $"{x.ToString(null, CultureInfo.InvariantCulture)} in {place}, column {firstColumn + c}", "finite numbers");
        }

        string found = $"a sum of squares beyond {double.MaxValue:G3} in {place}, up to column {firstColumn + columns - 1}";
        return new(reader.File, "data", found, "smaller numbers");
    }
}
