using System.Numerics;
using System.Runtime.InteropServices;
using HessianKernels.Kernels;
using HessianKernels.Networks.Tensors;
using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

/// <summary>
/// Tensors of float or double on a device: what a network needs there. Every member but <see cref="Read"/> and <see cref="Write"/> only
/// enqueues kernels.
/// </summary>
/// <remarks>
/// The same bits every run on one device. Sums over groups, softmax and powers are taken in double. Matrix products are cuBLAS' where it
/// is present, else by tiles; convolutions are products with panels of windows, <see cref="PanelElements"/> numbers at a time. Element by
/// element loads are of 16 bytes where every operand begins at a multiple of that, and single for the few numbers beyond the last. An activation and its derivatives
/// are one kernel. A shape's groups hold fewer than 2^31 numbers in all. One caller at a time.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed partial class GpuTensorSpace<T> : ITensorSpace<ArrayView<T>>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TensorLaunches<T> _launches;
    private readonly Dictionary<(int Batch, int Length), GpuSpace<T>> _vectors = [];
    private MemoryBuffer1D<double, Stride1D.Dense>? _partial;
    private MemoryBuffer1D<int, Stride1D.Dense>? _rows;
    private MemoryBuffer1D<T, Stride1D.Dense>? _panel;
    private T[] _host = [];

    /// <summary>A space on a device.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="panelElements">Most numbers of a convolution's panel; one image's windows are taken even where they are more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The panel has no element.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public GpuTensorSpace(GpuContext gpu, int panelElements = 1 << 24)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentOutOfRangeException.ThrowIfLessThan(panelElements, 1);
        ElementType.ThrowIfUnsupported<T>();
        (Gpu, PanelElements) = (gpu, panelElements);
        _launches = TensorLaunches<T>.Of(gpu);
    }

    /// <summary>The device.</summary>
    public GpuContext Gpu { get; }

    /// <summary>Most numbers of a convolution's panel.</summary>
    public int PanelElements { get; }

    /// <inheritdoc/>
    public double Epsilon => ElementType.Epsilon<T>();

    /// <inheritdoc/>
    public int ElementBytes => Interop.SizeOf<T>();

    /// <inheritdoc/>
    /// <remarks>The space keeps it: another call for the same sizes returns the same.</remarks>
    public IVectorSpace<ArrayView<T>> Vectors(int batch, int length)
    {
        if (!_vectors.TryGetValue((batch, length), out GpuSpace<T>? space)) _vectors.Add((batch, length), space = new(Gpu, batch, length));
        return space;
    }

    /// <inheritdoc/>
    public int VectorStride(int length) => GpuSpace<T>.Padded(length);

    /// <inheritdoc/>
    /// <exception cref="GpuMemoryException">There is not that much; the message has both numbers.</exception>
    public ITensorMemory<ArrayView<T>> Allocate(long count) => new GpuTensorMemory<T>(Gpu, count, $"A tensor of {count} numbers");

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The view does not hold so many from there.</exception>
    public ArrayView<T> Slice(ArrayView<T> view, long start, long count)
    {
        if (start < 0 || count < 0 || count > view.Length - start)
            throw new ArgumentOutOfRangeException(nameof(start), start,
                $"Found a view of {view.Length} elements; expected {count} from {start} on.");
        // ILGPU allows no view that begins at another's end.
        return count == 0 ? ArrayView<T>.Empty : view.SubView(start, count);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void Read(ArrayView<T> source, Span<double> destination)
    {
        if (destination.Length < source.Length)
            throw new ArgumentException($"destination has {destination.Length} elements; at least {source.Length} are needed.",
                nameof(destination));
        int count = (int)source.Length;
        if (typeof(T) == typeof(double)) Gpu.Download(source, MemoryMarshal.Cast<double, T>(destination[..count]));
        else
        {
            Span<T> host = Host(count);
            Gpu.Download(source, host);
            for (int i = 0; i < count; i++) destination[i] = double.CreateTruncating(host[i]);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void Write(ReadOnlySpan<double> source, ArrayView<T> destination)
    {
        Require(destination, source.Length, nameof(destination));
        if (typeof(T) == typeof(double)) Gpu.Upload(MemoryMarshal.Cast<double, T>(source), destination);
        else
        {
            Span<T> host = Host(source.Length);
            for (int i = 0; i < host.Length; i++) host[i] = T.CreateTruncating(source[i]);
            Gpu.Upload<T>(host, destination);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void Copy(ArrayView<T> source, ArrayView<T> destination)
    {
        Require(destination, source.Length, nameof(destination));
        Gpu.Copy(source, destination);
    }

    /// <summary>Gives back what the space itself holds; tensors are given back by who took them.</summary>
    public void Dispose()
    {
        Gpu.Synchronize();
        foreach (GpuSpace<T> space in _vectors.Values) space.Dispose();
        _vectors.Clear();
        if (_partial is not null) Gpu.Release(_partial);
        if (_rows is not null) Gpu.Release(_rows);
        if (_panel is not null) Gpu.Release(_panel);
    }

    /// <summary>
    /// Doubles in which sums and products work. Of sums as many as a cut into chunks can give: at most MostChunks groups of threads, each of
    /// no more results than threads.
    /// </summary>
    internal static long ScratchLength(GpuContext gpu)
    {
        long room = (Gemm<T>.RoomLength(gpu) * Interop.SizeOf<T>() + sizeof(double) - 1) / sizeof(double);
        return Math.Max((long)TensorGrid.MostChunks * gpu.GroupSize, room);
    }

    private ArrayView<double> Scratch() => Grown(ref _partial, ScratchLength(Gpu), "Sums of chunks");

    /// <summary>A kernel does not check its bounds: every view is measured before.</summary>
    private static void Require(ArrayView<T> tensor, long needed, string name)
    {
        if (tensor.Length < needed)
            throw new ArgumentException($"{name} has {tensor.Length} elements; at least {needed} are needed.", name);
    }

    private Span<T> Host(int count)
    {
        if (_host.Length < count) _host = new T[count];
        return _host.AsSpan(0, count);
    }

    private ArrayView<TElement> Grown<TElement>(ref MemoryBuffer1D<TElement, Stride1D.Dense>? buffer, long count, string what)
        where TElement : unmanaged
    {
        if (buffer is null || buffer.Length < count)
        {
            if (buffer is not null)
            {
                Gpu.Synchronize();
                Gpu.Release(buffer);
                buffer = null;
            }

            buffer = Gpu.Allocate<TElement>(count, what);
        }

        return ((ArrayView<TElement>)buffer.View).SubView(0, count);
    }
}
