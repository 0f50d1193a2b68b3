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
/// float32 or float64, either byte order, C or Fortran order. The file is gone through once, block of columns by block of columns; the sum
/// is in double. In the processor's byte order the numbers are multiplied where they lie, in the system's pages of the file: some 128 MiB
/// and a block at a time, which the system may take back. Else a block is read into memory. Memory is <see cref="RequiredBytes"/>,
/// whatever d is; the work n r (n r + 1) d flops. A file must not be cut short while it is read.
/// </remarks>
/// <example><code>
/// CurvatureSet set = JacobianFile.Read("jacobian.npy");
/// FunctionSpace space = set.Reduce();
/// </code></example>
public static class JacobianFile
{
    /// <summary>Bytes of a block where nothing else is said: 32 MiB.</summary>
    public const long DefaultBlockBytes = 32L << 20;

    /// <summary>Reads a file once and gives its curvature set, which no longer needs it.</summary>
    /// <param name="path">A .npy file of shape <c>(n, d)</c>, <c>H_i = j_i j_i^T</c>, or <c>(n, r, d)</c>, <c>H_i = F_i^T F_i</c>.</param>
    /// <param name="blockBytes">Bytes of a block, above 0; it holds one column at least. With the file's shape and type it fixes the order of
    /// the sum.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
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
    private static unsafe CurvatureSet Read<T>(NpyReader reader, long blockBytes, int threads, IProgress<long>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int examples, int rows, long parameters) = ShapeOf(reader);
        GramAccumulator gram = new(examples, rows, threads);
        int order = examples * rows;
        using NpyColumnBlocks<T> blocks = new(reader, order, BlockColumns(order, parameters, blockBytes / Unsafe.SizeOf<T>()));
        while (blocks.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            int fault = gram.AddUnchecked(blocks.Start, blocks.Columns, blocks.Stride, blocks.Transposed);
            if (fault >= 0) throw NotFinite(reader, blocks, fault, examples, rows);
            progress?.Report(blocks.First + blocks.Columns);
        }

        // In Fortran order the lines are a n + i rather than i r + a.
        return blocks.Transposed ? gram.ToCurvatureSetFromRowsFirst() : gram.ToCurvatureSet();
    }

    /// <summary>Bytes that <see cref="Read"/> takes at most: the block, the Gram matrix, as much again for its
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
        long most = Math.Min(blockElements, Array.MaxLength) / order;
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
    private static unsafe NpyFormatException NotFinite<T>(NpyReader reader, NpyColumnBlocks<T> blocks, int row, int examples, int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool transposed = blocks.Transposed;
        int example = transposed ? row % examples : row / rows, within = transposed ? row / examples : row % rows;
        string place = rows == 1 ? $"row {example}" : $"example {example}, row {within}";
        for (int c = 0; c < blocks.Columns; c++)
        {
            T x = transposed ? blocks.Start[c * blocks.Stride + row] : blocks.Start[row * blocks.Stride + c];
            if (!T.IsFinite(x))
                return new(reader.File, "data", $"{x.ToString(null, CultureInfo.InvariantCulture)} in {place}, column {blocks.First + c}", "finite numbers");
        }

        string found = $"a sum of squares beyond {double.MaxValue:G3} in {place}, up to column {blocks.First + blocks.Columns - 1}";
        return new(reader.File, "data", found, "smaller numbers");
    }
}
