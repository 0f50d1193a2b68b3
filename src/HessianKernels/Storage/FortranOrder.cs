using System.Numerics;

namespace HessianKernels.Storage;

/// <summary>Arrays whose first axis runs fastest.</summary>
internal static class FortranOrder
{
    // 32 x 32 doubles are 8 KiB: the block read and the block written stay in a 32 KiB first-level cache together.
    private const int Block = 32;

    /// <summary>
    /// Copies an array from Fortran to C order. The first axis is contiguous in the source and the last in the destination, so
    /// these two are transposed block by block, for every index of the axes between:
    /// <code>
    ///  destination[i_0 .. i_r] = source[i_0 + s_0 (i_1 + s_1 (i_2 + ...))]
    /// </code>
    /// </summary>
    /// <param name="source">The elements in Fortran order.</param>
    /// <param name="destination">The elements in C order; as long as the source, not overlapping it.</param>
    /// <param name="shape">The axes; their product is the length of both spans.</param>
    public static void ToRowOrder<T>(ReadOnlySpan<T> source, Span<T> destination, ReadOnlySpan<long> shape)
        where T : unmanaged, INumberBase<T>
    {
        // Axes of length 1 have no stride to speak of; without them the two outermost axes are worth a block.
        var axes = new List<int>();
        foreach (long length in shape)
        {
            if (length != 1)
                axes.Add((int)length);
        }

        if (axes.Count < 2 || source.IsEmpty)
        {
            source.CopyTo(destination);
            return;
        }

        (int first, int last, int between) = (axes[0], axes[^1], 1);
        for (int axis = 1; axis < axes.Count - 1; axis++)
            between *= axes[axis];

        var index = new int[axes.Count];
        for (int middle = 0; middle < between; middle++)
        {
            // The middle axes in C order: `middle` counts them with the last of them fastest.
            int rest = middle, sourceOffset = 0;
            for (int axis = axes.Count - 2; axis >= 1; axis--)
            {
                index[axis] = rest % axes[axis];
                rest /= axes[axis];
            }

            for (int axis = axes.Count - 2; axis >= 1; axis--)
                sourceOffset = (sourceOffset + index[axis]) * axes[axis - 1];
            Transpose(
                source[sourceOffset..], first * between, destination[(middle * last)..], between * last, rows: first, columns: last);
        }
    }

    /// <summary><c>destination[i destinationStride + j] = source[j sourceStride + i]</c>.</summary>
    private static void Transpose<T>(
        ReadOnlySpan<T> source, int sourceStride, Span<T> destination, int destinationStride, int rows, int columns)
        where T : unmanaged
    {
        for (int rowStart = 0; rowStart < rows; rowStart += Block)
        {
            int rowEnd = Math.Min(rowStart + Block, rows);
            for (int columnStart = 0; columnStart < columns; columnStart += Block)
            {
                int count = Math.Min(Block, columns - columnStart);
                for (int i = rowStart; i < rowEnd; i++)
                {
                    Span<T> row = destination.Slice((i * destinationStride) + columnStart, count);
                    int from = (columnStart * sourceStride) + i;
                    for (int j = 0; j < row.Length; j++)
                        row[j] = source[from + (j * sourceStride)];
                }
            }
        }
    }
}
