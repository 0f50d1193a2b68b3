using System.Numerics;
using System.Runtime.CompilerServices;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Networks.Tensors;

/// <summary>Tensors of float or double in spans, worked on by SIMD kernels.</summary>
/// <remarks>
/// The same bits for any number of threads. Safe for use by one thread at a time. Nothing is allocated by a call but the first convolution of a size:
/// the space keeps a panel of windows a thread, half a mebibyte or 192 windows, whichever is more, a copy of the weights, and for the adjoint in
/// the weights up to 16 sums of their size, no more than 2^23 numbers unless one is. An activation is within 5 units in the last place, its
/// derivatives within 24 of their largest term. Lengths that do not fit throw; a tensor may be longer than is needed.
/// </remarks>
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
    public int VectorStride(int length) => length;

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
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void Read(Span<T> source, Span<double> destination)
    {
        if (destination.Length < source.Length)
            throw new ArgumentException($"destination has {destination.Length} elements; at least {source.Length} are needed.", nameof(destination));
        for (int i = 0; i < source.Length; i++) destination[i] = double.CreateTruncating(source[i]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void Write(ReadOnlySpan<double> source, Span<T> destination)
    {
        Require(destination, source.Length, nameof(destination));
        for (int i = 0; i < source.Length; i++) destination[i] = T.CreateTruncating(source[i]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void Copy(Span<T> source, Span<T> destination) => source.CopyTo(destination);

    /// <summary>Kernels take addresses: what is too short must be seen before.</summary>
    private static void Require(ReadOnlySpan<T> tensor, long needed, string name)
    {
        if (tensor.Length < needed) throw new ArgumentException($"{name} has {tensor.Length} elements; at least {needed} are needed.", name);
    }
}
