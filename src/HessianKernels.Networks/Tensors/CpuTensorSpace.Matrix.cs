using HessianKernels.Networks.Kernels;

namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void CopyRows(int rows, int columns, Span<T> source, long sourceStride, Span<T> destination, long destinationStride)
    {
        if (rows == 0 || columns == 0) return;
        Require(source, (rows - 1) * sourceStride + columns, nameof(source));
        Require(destination, (rows - 1) * destinationStride + columns, nameof(destination));
        fixed (T* from = source, to = destination) RowCopy.Run(rows, columns, null, from, (nint)sourceStride, to, (nint)destinationStride, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or a row is not there.</exception>
    public void GatherRows(ReadOnlySpan<int> rows, int columns, Span<T> source, Span<T> destination)
    {
        if (columns == 0) return;
        Require(destination, (long)rows.Length * columns, nameof(destination));
        int held = source.Length / columns;
        for (int r = 0; r < rows.Length; r++)
        {
            if ((uint)rows[r] >= (uint)held)
                throw new ArgumentException($"rows[{r}] is {rows[r]}; source has rows 0 to {held - 1} of {columns} elements.", nameof(rows));
        }

        fixed (int* index = rows)
        fixed (T* from = source, to = destination) RowCopy.Run(rows.Length, columns, index, from, columns, to, columns, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void Transpose(int batch, int rows, int columns, Span<T> source, Span<T> destination)
    {
        long length = (long)batch * rows * columns;
        Require(source, length, nameof(source));
        Require(destination, length, nameof(destination));
        fixed (T* from = source, to = destination) Transposition.Run(batch, rows, columns, from, to, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void Gemm(
        bool transposeA, bool transposeB, int m, int n, int k, double alpha, Span<T> a, Span<T> b, double beta, Span<T> c,
        int batch = 1, long strideA = 0, long strideB = 0, long strideC = 0)
    {
        if (m == 0 || n == 0 || batch == 0) return;
        Require(a, (batch - 1) * strideA + (long)m * k, nameof(a));
        Require(b, (batch - 1) * strideB + (long)k * n, nameof(b));
        Require(c, (batch - 1) * strideC + (long)m * n, nameof(c));
        fixed (T* pa = a, pb = b, pc = c)
        {
            GemmBatch<T> products = new()
            {
                TransposeA = transposeA, TransposeB = transposeB, M = m, N = n, K = k, Batch = batch, Alpha = T.CreateTruncating(alpha),
                Beta = T.CreateTruncating(beta), A = pa, B = pb, C = pc, StrideA = (nint)strideA, StrideB = (nint)strideB, StrideC = (nint)strideC,
            };
            products.Run(Threads);
        }
    }
}
