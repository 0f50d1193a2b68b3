using System.Numerics;
using HessianKernels.Gpu.Kernels;
using HessianKernels.Kernels;
using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>
/// Vectors of float or double on a device. Every member but <see cref="Read"/> and <see cref="Write"/> only enqueues kernels; the decision of
/// Kahan and Parlett is taken there, for each item.
/// </summary>
/// <remarks>
/// Sums are taken in double, in an order that the length alone decides: the same bits every run, in any batch and wherever vectors lie. Unless it is
/// told otherwise, a space's <see cref="Stride"/> makes every vector begin at a multiple of 16 bytes, and loads are of 16 bytes. Views that begin
/// elsewhere are read a number at a time. One caller at a time.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed partial class GpuSpace<T> : IVectorSpace<ArrayView<T>>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements of the scratch in which a combination in place waits.</summary>
    private const long MostWaiting = 1 << 22;

    /// <summary>Steps between two readings, unless a space is told otherwise.</summary>
    internal const int StepsARead = 8;

    private readonly Arithmetic<T> _arithmetic;
    private readonly MemoryBuffer1D<double, Stride1D.Dense> _partial, _norms;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _state;
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _once;
    private readonly ChunkGrid _grid;
    private MemoryBuffer1D<T, Stride1D.Dense>? _second, _waiting;
    private T[] _host = [];

    /// <summary>A space of <paramref name="batch"/> vectors of <paramref name="length"/> elements.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="batch">Number of independent problems, at least 1.</param>
    /// <param name="length">Number of elements of a vector, at least 1.</param>
    /// <param name="readInterval">Steps an algorithm may enqueue before it reads coefficients back, at least 1.</param>
    /// <param name="stride">Elements from one vector to the next, at least the length; <see cref="Padded"/> where null. Changes no bit of any result.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below its least.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    /// <exception cref="GpuMemoryException">The scratch does not fit on the device.</exception>
    public GpuSpace(GpuContext gpu, int batch, int length, int readInterval = StepsARead, int? stride = null)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(readInterval, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride ?? length, length, nameof(stride));
        ElementType.ThrowIfUnsupported<T>();
        (Gpu, Batch, Length, Stride, ReadInterval) = (gpu, batch, length, stride ?? Padded(length), readInterval);
        _grid = new(batch, length, Stride);
        gpu.ThrowIfShort(Fixed(batch, length), "The scratch of a vector space");
        _partial = gpu.Allocate<double>(Partials(_grid), "Partial sums");
        _norms = gpu.Allocate<double>(2L * batch, "Norms");
        _state = gpu.Allocate<int>(batch, "Decisions");
        _once = gpu.Allocate<T>(batch, "Norms");
        _arithmetic = gpu.Launches(Arithmetic<T>.Load);
    }

    /// <summary>The device.</summary>
    public GpuContext Gpu { get; }

    /// <inheritdoc/>
    public int Batch { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <inheritdoc/>
    public int Stride { get; }

    /// <inheritdoc/>
    public double Epsilon => ElementType.Epsilon<T>();

    /// <inheritdoc/>
    public int ReadInterval { get; }

    /// <summary>The least stride at which vectors of a length begin at multiples of 16 bytes, the first of them doing so.</summary>
    /// <param name="length">Number of elements of a vector.</param>
    public static int Padded(int length)
    {
        int lanes = 16 / Interop.SizeOf<T>();
        // The longest vectors of all have no room beside them.
        return length > int.MaxValue - lanes ? length : (length + lanes - 1) / lanes * lanes;
    }

    /// <summary>The stride of a space for operators: a batch's own, a single one's padded, since it is given a vector at a time.</summary>
    internal static int StrideFor(ILinearOperator<ArrayView<T>> matrix) => matrix.Batch > 1 ? matrix.Stride : Padded(matrix.Length);

    /// <summary>Bytes of scratch that a space takes on the device, all told.</summary>
    /// <param name="batch">Number of independent problems.</param>
    /// <param name="length">Number of elements of a vector.</param>
    /// <param name="basis">Most vectors that one will be made orthogonal to: their coefficients of a second pass have a place of their own.</param>
    /// <param name="combined">Most vectors that a combination in place makes.</param>
    public static long RequiredBytes(int batch, int length, int basis = 0, int combined = 0)
        => Fixed(batch, length) + Interop.SizeOf<T>() * (Grown((long)basis * batch) + (combined == 0 ? 0 : Grown(Waiting(batch, length, combined))));

    private static long Fixed(int batch, int length)
        => sizeof(double) * (Partials(new(batch, length, length)) + 2L * batch) + (long)batch * (sizeof(int) + Interop.SizeOf<T>());

    /// <inheritdoc/>
    public ArrayView<T> Slice(ArrayView<T> view, long start, long count) => view.SubView(start, count);

    /// <inheritdoc/>
    public void Copy(ArrayView<T> source, ArrayView<T> destination) => Gpu.Copy(source, destination);

    /// <inheritdoc/>
    public void Read(ArrayView<T> source, Span<double> destination)
    {
        if (source.Length == 0) return;
        Span<T> host = Host(checked((int)source.Length));
        Gpu.Download(source, host);
        for (int i = 0; i < host.Length; i++) destination[i] = double.CreateTruncating(host[i]);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<double> source, ArrayView<T> destination)
    {
        if (source.IsEmpty) return;
        Span<T> host = Host(source.Length);
        for (int i = 0; i < host.Length; i++) host[i] = T.CreateTruncating(source[i]);
        Gpu.Upload<T>(host, destination);
    }

    /// <inheritdoc/>
    public void Random(RandomDistribution distribution, ulong seed, ulong stream, ArrayView<T> result)
    {
        Vectors(result, 1);
        bool normal = distribution == RandomDistribution.Normal;
        long threads = normal ? ((long)Length + 1) / 2 : ((long)Length + 31) / 32;
        int groups = (int)Math.Clamp((threads + Gpu.GroupSize - 1) / Gpu.GroupSize, 1, 4096);
        (normal ? _arithmetic.Normal : _arithmetic.Rademacher)(Gpu.Stream, (groups, Gpu.GroupSize), result, Batch, Length, Stride, seed, stream);
    }

    /// <inheritdoc/>
    public void Dot(ArrayView<T> x, ArrayView<T> y, ArrayView<T> result)
        => For(Vectors(x, 1), Vectors(y, 1)).Dot(_grid, x, y, _partial.View, Coefficients(result, 1));

    /// <summary><c>result[b] = &lt;g_b, h_b&gt; / &lt;g_b, g_b&gt;</c>, 0 / 0 being 0: the Rayleigh quotients of gradients g and products h = H g, in one pass.</summary>
    /// <param name="g"><c>[Batch, Length]</c>.</param>
    /// <param name="h"><c>[Batch, Length]</c>.</param>
    /// <param name="result"><c>[Batch]</c>.</param>
    public void RayleighQuotients(ArrayView<T> g, ArrayView<T> h, ArrayView<T> result)
        => For(Vectors(g, 1), Vectors(h, 1)).Quotient(_grid, g, h, _partial.View, Coefficients(result, 1));

    /// <inheritdoc/>
    public void SubtractScaled(ArrayView<T> scale, ArrayView<T> x, ArrayView<T> y)
        => For(Vectors(x, 1), Vectors(y, 1)).SubtractScaled(_grid, Coefficients(scale, 1), x, y);

    /// <inheritdoc/>
    public void SubtractScaled(ArrayView<T> scale1, ArrayView<T> x1, ArrayView<T> scale2, ArrayView<T> x2, ArrayView<T> y)
    {
        SubtractScaled(scale1, x1, y);
        SubtractScaled(scale2, x2, y);
    }

    /// <inheritdoc/>
    public void Normalize(ArrayView<T> x, ArrayView<T> norm)
    {
        VectorArithmetic<T> kernels = For(Vectors(x, 1), x);
        kernels.Norm(_grid, x, _partial.View, Before, Coefficients(norm, 1));
        kernels.DivideExactly(_grid, Before, x);
    }

    /// <inheritdoc/>
    public void Divide(ArrayView<T> scale, ArrayView<T> x) => For(Vectors(x, 1), x).Divide(_grid, Coefficients(scale, 1), x);

    /// <inheritdoc/>
    public void DivideWhere(
        ArrayView<T> measure, ArrayView<T> bound, ArrayView<T> x, ArrayView<T> y, ArrayView<T> otherwise, ArrayView<T> result)
        => _arithmetic.AtOnce.DivideWhere(
            _grid, Coefficients(measure, 1), Coefficients(bound, 1), Coefficients(x, 1), Coefficients(y, 1), Coefficients(otherwise, 1),
            Coefficients(result, 1));

    /// <inheritdoc/>
    public void Project(ArrayView<T> basis, int count, ArrayView<T> y, ArrayView<T> coefficients)
    {
        if (count == 0) return;
        For(Vectors(basis, count), Vectors(y, 1)).Project(_grid, basis, count, y, _partial.View, _state.View, -1, Coefficients(coefficients, count));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Gpu.Release(_partial);
        Gpu.Release(_norms);
        Gpu.Release(_state);
        Gpu.Release(_once);
        if (_second is not null) Gpu.Release(_second);
        if (_waiting is not null) Gpu.Release(_waiting);
    }

    private static long Partials(in ChunkGrid grid) => (long)grid.Batch * grid.Chunks * VectorArithmetic<T>.Slab;

    private ArrayView<double> Before => ((ArrayView<double>)_norms.View).SubView(0, Batch);

    private ArrayView<double> Once => ((ArrayView<double>)_norms.View).SubView(Batch, Batch);

    /// <summary>Loads of 16 bytes, where both arguments allow them.</summary>
    private VectorArithmetic<T> For(ArrayView<T> x, ArrayView<T> y)
        => Stride % (16 / Interop.SizeOf<T>()) == 0 && Aligned(x) && Aligned(y) ? _arithmetic.AtOnce : _arithmetic.OneByOne;

    private static bool Aligned(ArrayView<T> view) => view.LoadEffectiveAddressAsPtr() % 16 == 0;

    private Span<T> Host(int count)
    {
        if (_host.Length < count) _host = new T[Math.Max(count, 256)];
        return _host.AsSpan(0, count);
    }

    /// <summary>A kernel does not check its bounds: every view is measured before.</summary>
    private ArrayView<T> Vectors(ArrayView<T> view, int count)
        => view.Length >= ((long)count * Batch - 1) * Stride + Length ? view : throw TooShort(view.Length, Stride == Length ? $"{count} vectors [{Batch}, {Length}]" : $"{count} vectors [{Batch}, {Length}], {Stride} apart");

    private ArrayView<T> Coefficients(ArrayView<T> view, long count)
        => view.Length >= count * Batch ? view : throw TooShort(view.Length, $"coefficients [{count}, {Batch}]");

    private static ArgumentException TooShort(long found, string expected) => new($"A view of {found} elements cannot hold {expected}.");
}
