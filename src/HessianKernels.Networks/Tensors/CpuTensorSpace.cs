using System.Numerics;
using System.Runtime.CompilerServices;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Networks.Tensors;

/// <summary>Tensors of float or double in spans, worked on by SIMD kernels.</summary>
/// <remarks>The same bits for any number of threads. Safe for use by one thread at a time.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe partial class CpuTensorSpace<T> : ITensorSpace<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A space whose kernels use at most <paramref name="threads"/> threads; 0 for one a processor. Changes no bit of any result.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is below its least.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public CpuTensorSpace(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ElementType.ThrowIfUnsupported<T>();
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
    }

    /// <summary>Most threads a kernel may use.</summary>
    public int Threads { get; }

    /// <inheritdoc/>
    public double Epsilon => ElementType.Epsilon<T>();

    /// <inheritdoc/>
    public int ElementBytes => Unsafe.SizeOf<T>();

    /// <inheritdoc/>
    public IVectorSpace<Span<T>> Vectors(int batch, int length) => new CpuSpace<T>(batch, length, Threads);

    /// <inheritdoc/>
    public ITensorMemory<Span<T>> Allocate(long count)
    {
        if (count > Array.MaxLength)
            throw new OutOfMemoryException($"{count} elements were asked for at once; an array holds at most {Array.MaxLength}. Use smaller micro-batches.");
        return new CpuMemory<T>(new T[count]);
    }

    /// <inheritdoc/>
    public Span<T> Slice(Span<T> view, long start, long count) => view.Slice(checked((int)start), checked((int)count));

    /// <inheritdoc/>
    public void Read(Span<T> source, Span<double> destination)
    {
        for (int i = 0; i < source.Length; i++) destination[i] = double.CreateTruncating(source[i]);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<double> source, Span<T> destination)
    {
        for (int i = 0; i < source.Length; i++) destination[i] = T.CreateTruncating(source[i]);
    }

    /// <inheritdoc/>
    public void Copy(Span<T> source, Span<T> destination) => source.CopyTo(destination);

    /// <inheritdoc/>
    public void CopyRows(int rows, int columns, Span<T> source, long sourceStride, Span<T> destination, long destinationStride)
    {
        for (int r = 0; r < rows; r++)
            source.Slice((int)(r * sourceStride), columns).CopyTo(destination.Slice((int)(r * destinationStride), columns));
    }

    /// <inheritdoc/>
    public void GatherRows(ReadOnlySpan<int> rows, int columns, Span<T> source, Span<T> destination)
    {
        for (int r = 0; r < rows.Length; r++) source.Slice(rows[r] * columns, columns).CopyTo(destination[(r * columns)..]);
    }

    /// <inheritdoc/>
    public void Transpose(int batch, int rows, int columns, Span<T> source, Span<T> destination)
    {
        for (int b = 0; b < batch; b++)
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < columns; c++)
                    destination[(b * columns + c) * rows + r] = source[(b * rows + r) * columns + c];
    }

    /// <inheritdoc/>
    public void Gemm(
        bool transposeA, bool transposeB, int m, int n, int k, double alpha, Span<T> a, Span<T> b, double beta, Span<T> c,
        int batch = 1, long strideA = 0, long strideB = 0, long strideC = 0)
    {
        if (m == 0 || n == 0) return;
        fixed (T* pa = a, pb = b, pc = c)
        {
            for (int g = 0; g < batch; g++)
            {
                Kernels.Gemm.Multiply(
                    transposeA, transposeB, m, n, k, T.CreateTruncating(alpha), pa + g * strideA, transposeA ? m : k, pb + g * strideB, transposeB ? k : n,
                    T.CreateTruncating(beta), pc + g * strideC, n, Threads);
            }
        }
    }
}
