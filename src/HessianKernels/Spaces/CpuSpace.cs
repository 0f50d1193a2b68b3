using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.Spaces;

/// <summary>
/// Vectors of float or double in spans, worked on by the SIMD kernels of <c>Kernels/</c>.
/// </summary>
/// <remarks>
/// Sums are taken in double and in an order that the length alone decides: the same bits for any number of threads and with any
/// instruction set. Vectors longer than 8192 elements are worked on by several threads. Nothing is allocated.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct CpuSpace<T> : IVectorSpace<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A space of <paramref name="batch"/> vectors of <paramref name="length"/> elements.</summary>
    /// <param name="batch">Number of independent problems, at least 1.</param>
    /// <param name="length">Number of elements of a vector, at least 1.</param>
    /// <param name="threads">Most threads a kernel may use; 0 for one a processor. Changes no bit of any result.</param>
    /// <param name="stride">Elements from one vector to the next, at least the length; the length where null. Changes no bit either.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below its least.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public CpuSpace(int batch, int length, int threads = 0, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride ?? length, length, nameof(stride));
        ElementType.ThrowIfUnsupported<T>();
        Batch = batch;
        Length = length;
        Stride = stride ?? length;
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
    }

    /// <inheritdoc/>
    public int Batch { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <inheritdoc/>
    public int Stride { get; }

    /// <summary>Most threads a kernel may use.</summary>
    public int Threads { get; }

    /// <inheritdoc/>
    public double Epsilon => ElementType.Epsilon<T>();

    /// <inheritdoc/>
    public int ReadInterval => 1;

    /// <inheritdoc/>
    public Span<T> Slice(Span<T> view, long start, long count) => view.Slice(checked((int)start), checked((int)count));

    /// <inheritdoc/>
    public void Copy(Span<T> source, Span<T> destination) => source.CopyTo(destination);

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
    public void Random(RandomDistribution distribution, ulong seed, ulong stream, Span<T> result)
    {
        Span<T> first = Vectors(result, 1)[..Length];
        fixed (T* r = first)
        {
            if (distribution == RandomDistribution.Normal) RandomVector.Normal(seed, stream, r, Length, Threads);
            else RandomVector.Rademacher(seed, stream, r, Length, Threads);
        }

        for (int b = 1; b < Batch; b++) first.CopyTo(result.Slice(b * Stride, Length));
    }

    /// <inheritdoc/>
    public void Dot(Span<T> x, Span<T> y, Span<T> result)
    {
        fixed (T* px = Vectors(x, 1), py = Vectors(y, 1))
            for (int b = 0; b < Batch; b++)
                result[b] = T.CreateTruncating(Kernels.Dot.Of(px + (nint)b * Stride, py + (nint)b * Stride, Length, Threads));
    }

    /// <inheritdoc/>
    public void SubtractScaled(Span<T> scale, Span<T> x, Span<T> y)
    {
        fixed (T* px = Vectors(x, 1), py = Vectors(y, 1))
            for (int b = 0; b < Batch; b++)
                Kernels.SubtractScaled.Apply(scale[b], px + (nint)b * Stride, py + (nint)b * Stride, Length, Threads);
    }

    /// <inheritdoc/>
    public void SubtractScaled(Span<T> scale1, Span<T> x1, Span<T> scale2, Span<T> x2, Span<T> y)
    {
        fixed (T* p1 = Vectors(x1, 1), p2 = Vectors(x2, 1), py = Vectors(y, 1))
        {
            for (int b = 0; b < Batch; b++)
            {
                nint at = (nint)b * Stride;
                Kernels.SubtractScaled.Apply(scale1[b], p1 + at, scale2[b], p2 + at, py + at, Length, Threads);
            }
        }
    }

    /// <inheritdoc/>
    public void Normalize(Span<T> x, Span<T> norm)
    {
        fixed (T* px = Vectors(x, 1))
        {
            for (int b = 0; b < Batch; b++)
            {
                double value = Norm.Of(px + (nint)b * Stride, Length, Threads);
                norm[b] = T.CreateTruncating(value);
                Norm.Divide(px + (nint)b * Stride, value, Length, Threads);
            }
        }
    }

    /// <inheritdoc/>
    public void Divide(Span<T> scale, Span<T> x)
    {
        fixed (T* px = Vectors(x, 1))
            for (int b = 0; b < Batch; b++) Norm.Divide(px + (nint)b * Stride, double.CreateTruncating(scale[b]), Length, Threads);
    }

    /// <inheritdoc/>
    public void DivideWhere(Span<T> measure, Span<T> bound, Span<T> x, Span<T> y, Span<T> otherwise, Span<T> result)
    {
        for (int b = 0; b < Batch; b++) result[b] = measure[b] > bound[b] ? x[b] / y[b] : otherwise[b];
    }

    /// <inheritdoc/>
    public void Project(Span<T> basis, int count, Span<T> y, Span<T> coefficients)
    {
        fixed (T* v = Vectors(basis, count), py = Vectors(y, 1), c = Coefficients(coefficients, count))
            for (int b = 0; b < Batch; b++)
                Panel.Project(v + (nint)b * Stride, PanelStride, count, py + (nint)b * Stride, Length, c + b, Batch, Threads);
    }

    /// <inheritdoc/>
    public void Orthogonalize(
        Span<T> basis, int count, Span<T> reference, Span<T> y, Span<T> coefficients, Span<T> norm, Span<T> secondPasses)
    {
        fixed (T* v = Vectors(basis, count), py = Vectors(y, 1), c = Coefficients(coefficients, count))
        {
            for (int b = 0; b < Batch; b++)
            {
                double value = Kernels.Orthogonalize.Apply(
                    v + (nint)b * Stride, PanelStride, count, double.CreateTruncating(reference[b]), py + (nint)b * Stride, Length, c + b, Batch, Epsilon,
                    out bool again, Threads);
                norm[b] = T.CreateTruncating(value);
                if (again) secondPasses[b] += T.One;
            }
        }
    }

    /// <inheritdoc/>
    public void Combine(Span<T> basis, int count, Span<T> coefficients, int resultCount, Span<T> result)
    {
        fixed (T* v = Vectors(basis, count), r = Vectors(result, resultCount), c = Coefficients(coefficients, (long)count * resultCount))
            for (int b = 0; b < Batch; b++)
                Panel.Combine(
                    v + (nint)b * Stride, PanelStride, count, c + b, Batch, resultCount, r + (nint)b * Stride, PanelStride, Length, Threads);
    }

    /// <summary>Elements from an item's vector to its next.</summary>
    private nint PanelStride => (nint)Batch * Stride;

    /// <summary>The kernels work through pointers: every view is measured before its address is taken.</summary>
    private Span<T> Vectors(Span<T> view, int count)
        => view.Length >= ((long)count * Batch - 1) * Stride + Length ? view : throw TooShort(view.Length, $"{count} vectors [{Batch}, {Length}]");

    private Span<T> Coefficients(Span<T> view, long count)
        => view.Length >= count * Batch ? view : throw TooShort(view.Length, $"coefficients [{count}, {Batch}]");

    private static ArgumentException TooShort(int found, string expected)
        => new($"A view of {found} elements cannot hold {expected}.");
}
