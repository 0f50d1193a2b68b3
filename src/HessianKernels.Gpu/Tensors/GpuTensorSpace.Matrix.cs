using HessianKernels.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

public sealed partial class GpuTensorSpace<T>
{
    // Most matrices of one launch: a grid's third dimension.
    private const int MostOfABatch = 65535;

    private Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, int, int, int, int> TransposeKernel
        => field ??= Gpu.Accelerator.LoadKernel<ArrayView<T>, ArrayView<T>, int, int, int, int>(LayoutKernels<T>.Transpose);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void CopyRows(int rows, int columns, ArrayView<T> source, long sourceStride, ArrayView<T> destination, long destinationStride)
    {
        if (rows == 0 || columns == 0) return;
        Require(source, (rows - 1) * sourceStride + columns, nameof(source));
        Require(destination, (rows - 1) * destinationStride + columns, nameof(destination));
        long length = (long)rows * columns;
        if (sourceStride == columns && destinationStride == columns) Copy(source.SubView(0, length), destination);
        else
        {
            bool aligned = columns % Lanes == 0 && sourceStride % Lanes == 0 && destinationStride % Lanes == 0 && Starts(source, destination);
            For(aligned).CopyRows(rows, columns, source, sourceStride, destination, destinationStride);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or a row is not there.</exception>
    public void GatherRows(ReadOnlySpan<int> rows, int columns, ArrayView<T> source, ArrayView<T> destination)
    {
        if (rows.IsEmpty || columns == 0) return;
        long length = (long)rows.Length * columns, held = source.Length / columns;
        Require(destination, length, nameof(destination));
        for (int r = 0; r < rows.Length; r++)
        {
            if (rows[r] < 0 || rows[r] >= held)
                throw new ArgumentException($"rows[{r}] is {rows[r]}; source has rows 0 to {held - 1} of {columns} elements.",
                    nameof(rows));
        }

        ArrayView<int> index = Grown(ref _rows, rows.Length, "Numbers of rows");
        Gpu.Upload(rows, index);
        For(columns % Lanes == 0 && Starts(source, destination)).GatherRows(index, columns, source, destination);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void Transpose(int batch, int rows, int columns, ArrayView<T> source, ArrayView<T> destination)
    {
        long length = (long)batch * rows * columns;
        Require(source, length, nameof(source));
        Require(destination, length, nameof(destination));
        if (length == 0) return;
        const int tile = LayoutKernels<T>.Tile;
        int rowTiles = (rows + tile - 1) / tile, columnTiles = (columns + tile - 1) / tile, tiles = checked(batch * rowTiles * columnTiles);
        TransposeKernel(Gpu.Stream, (tiles, Gpu.GroupSize), source, destination, rows, columns, rowTiles, columnTiles);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    /// <exception cref="GpuUnavailableException">cuBLAS reported a fault.</exception>
    public void Gemm(
        bool transposeA, bool transposeB, int m, int n, int k, double alpha, ArrayView<T> a, ArrayView<T> b, double beta, ArrayView<T> c,
        int batch = 1, long strideA = 0, long strideB = 0, long strideC = 0)
    {
        if (m == 0 || n == 0 || batch == 0) return;
        Require(a, (batch - 1) * strideA + (long)m * k, nameof(a));
        Require(b, (batch - 1) * strideB + (long)k * n, nameof(b));
        Require(c, (batch - 1) * strideC + (long)m * n, nameof(c));
        // No inner dimension: leading dimensions of at least 1 all the same, as BLAS wants them.
        int leadingA = Math.Max(1, transposeA ? m : k), leadingB = Math.Max(1, transposeB ? k : n);
        GemmShape shape = new(transposeA, transposeB, m, n, k, alpha, leadingA, leadingB, beta, n)
        {
            StrideA = strideA, StrideB = strideB, StrideC = strideC,
        };
        ArrayView<T> room = Gpu.Blas is null ? Scratch().Cast<T>() : ArrayView<T>.Empty;
        // Onto one matrix the products are added one after the other.
        int together = strideC == 0 ? 1 : MostOfABatch;
        for (int first = 0; first < batch; first += together)
        {
            int count = Math.Min(together, batch - first);
            Gemm<T>.Of(Gpu).Multiply(shape, From(a, first * strideA), From(b, first * strideB), From(c, first * strideC), count, room);
        }
    }

    private ArrayView<T> From(ArrayView<T> view, long start) => start == 0 ? view : Slice(view, start, view.Length - start);
}
