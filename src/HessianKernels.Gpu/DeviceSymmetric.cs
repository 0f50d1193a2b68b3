using System.Numerics;
using HessianKernels.Gpu.Kernels;
using HessianKernels.Kernels;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>
/// A stack of dense symmetric matrices on a device, <c>[batch, n, n]</c>, each stored whole and row-major, its rows begun at multiples of 16 bytes: a
/// product reads the lower triangle once, half of what a general one moves, and the same bits come out every run. In double precision cuBLAS' symv, where it is present, multiplies
/// matrices from order 4096 on, one after another; all else is done by kernels whose sums are double.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class DeviceSymmetric<T> : ILinearOperator<ArrayView<T>>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GpuContext _gpu;
    private readonly SymmetricLaunches<T> _launches;
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _matrices;
    private readonly MemoryBuffer1D<T, Stride1D.Dense>? _sums;

    /// <summary>Brings matrices to the device.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="matrices"><c>[batch, n, n]</c>, row-major.</param>
    /// <param name="n">Order of each matrix, at least 1.</param>
    /// <param name="validate">Whether they are searched for NaN, infinities and asymmetry first.</param>
    /// <exception cref="ArgumentException">The span does not hold a whole number of n x n matrices, or validation finds a fault.</exception>
    /// <exception cref="GpuMemoryException">They do not fit on the device.</exception>
    public DeviceSymmetric(GpuContext gpu, ReadOnlySpan<T> matrices, int n, bool validate = true)
        : this(gpu, Count(matrices, n, validate), n)
    {
        gpu.UploadRows(matrices, n, _matrices.View, Stride);
    }

    /// <summary>Room for matrices that are made on the device.</summary>
    internal DeviceSymmetric(GpuContext gpu, int batch, int n)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ElementType.ThrowIfUnsupported<T>();
        (Batch, Length, Stride, _gpu) = (batch, n, GpuSpace<T>.Padded(n), gpu);
        if (Batch * Pairs > int.MaxValue)
            throw new ArgumentException($"Found {Batch} matrices of order {n}; a launch has {int.MaxValue} groups, and they need {Batch * Pairs}.", nameof(batch));
        gpu.ThrowIfShort(RequiredBytes(Batch, n), $"A stack of {Batch} matrices of order {n}");
        _launches = gpu.Launches(SymmetricLaunches<T>.Load);
        _matrices = gpu.Allocate<T>((long)batch * n * Stride, "A stack of matrices");
        if (Tiles > 1) _sums = gpu.Allocate<T>((long)Batch * Tiles * Stride, "Sums of tiles");
    }

    /// <summary>The least order that cuBLAS multiplies: a smaller matrix is read in less time than a call takes. The same for one as for many,
    /// so that a batch has the bits of its items alone.</summary>
    internal int LeastOrderForBlas { get; init; } = 4096;

    /// <summary>The matrices, to be made, <c>[batch, n, n]</c>, rows <see cref="Stride"/> apart.</summary>
    internal ArrayView<T> Matrices => _matrices.View;

    private static int Count(ReadOnlySpan<T> matrices, int n, bool validate)
    {
        int batch = DenseSymmetric<T>.BatchOf(matrices.Length, n, nameof(matrices));
        if (validate) DenseSymmetric.Validate(matrices, n, nameof(matrices));
        return batch;
    }

    /// <inheritdoc/>
    public int Batch { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <summary>Elements from one vector, and from one row of a matrix, to the next: the order, or what more begins them at multiples of 16 bytes.</summary>
    public int Stride { get; }

    private int Tiles => (Length + SymmetricKernels<double, OneDouble, Pair, PairOfDoubles>.Tile - 1) / SymmetricKernels<double, OneDouble, Pair, PairOfDoubles>.Tile;

    private long Pairs => (long)Tiles * (Tiles + 1) / 2;

    /// <summary>Bytes that it takes on the device.</summary>
    /// <param name="batch">Number of matrices.</param>
    /// <param name="n">Order of each.</param>
    public static long RequiredBytes(int batch, int n)
    {
        const int Tile = SymmetricKernels<double, OneDouble, Pair, PairOfDoubles>.Tile;
        long tiles = ((long)n + Tile - 1) / Tile, leading = GpuSpace<T>.Padded(n);
        return batch * (n * leading + (tiles > 1 ? tiles * leading : 0)) * Interop.SizeOf<T>();
    }

    /// <inheritdoc/>
    public void Apply(ArrayView<T> input, ArrayView<T> output)
    {
        long size = (Batch - 1L) * Stride + Length;
        if (input.Length < size || output.Length < size)
            throw new ArgumentException($"Found views of {input.Length} and {output.Length} elements; expected at least {size}, [{Batch}, {Length}] and {Stride} from one vector to the next.");
        if (typeof(T) == typeof(double) && Length >= LeastOrderForBlas && _gpu.Blas is { } blas)
        {
            _gpu.Accelerator.Bind();
            nint matrix = ((ArrayView<T>)_matrices.View).LoadEffectiveAddressAsPtr(), x = input.LoadEffectiveAddressAsPtr(), y = output.LoadEffectiveAddressAsPtr();
            nint square = (nint)Length * Stride * sizeof(double), vector = (nint)Stride * sizeof(double);
            for (int item = 0; item < Batch; item++) blas.MultiplySymmetric(Length, Stride, matrix + item * square, x + item * vector, y + item * vector);
            return;
        }

        _launches.Multiply(
            _gpu.Stream, (new Index3D((int)(Batch * Pairs), 1, 1), new Index3D(_gpu.GroupSize, 1, 1)), _matrices.View, input,
            _sums is null ? output : (ArrayView<T>)_sums.View, Length, Stride, Tiles);
        if (_sums is null) return;
        int groups = Math.Min((Length + _gpu.GroupSize - 1) / _gpu.GroupSize, 4096);
        // At most 65535 items in a grid's second dimension.
        for (int first = 0; first < Batch; first += 65535)
        {
            int items = Math.Min(65535, Batch - first);
            _launches.FinishMultiply(
                _gpu.Stream, (new Index3D(groups, items, 1), new Index3D(_gpu.GroupSize, 1, 1)),
                ((ArrayView<T>)_sums.View).SubView((long)first * Tiles * Stride, (long)items * Tiles * Stride),
                output.SubView((long)first * Stride, (items - 1L) * Stride + Length), Length, Stride, Tiles);
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _gpu.Release(_matrices);
        if (_sums is not null) _gpu.Release(_sums);
    }
}

/// <summary>The kernels of symmetric products, compiled.</summary>
internal sealed record SymmetricLaunches<T>(
    Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int> Multiply,
    Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, int, int, int> FinishMultiply)
    where T : unmanaged
{
    public static SymmetricLaunches<T> Load(GpuContext gpu)
        => typeof(T) == typeof(float) ? (SymmetricLaunches<T>)(object)Load<float, OneSingle, Quad, QuadOfSingles>(gpu)
            : (SymmetricLaunches<T>)(object)Load<double, OneDouble, Pair, PairOfDoubles>(gpu);

    private static SymmetricLaunches<TElement> Load<TElement, TOps, TWide, TWideOps>(GpuContext gpu)
        where TElement : unmanaged
        where TOps : struct, IWide<TElement, TElement>
        where TWide : unmanaged
        where TWideOps : struct, IWide<TElement, TWide>
        => new(
            gpu.Accelerator.LoadKernel<ArrayView<TElement>, ArrayView<TElement>, ArrayView<TElement>, int, int, int>(
                SymmetricKernels<TElement, TOps, TWide, TWideOps>.Multiply),
            gpu.Accelerator.LoadKernel<ArrayView<TElement>, ArrayView<TElement>, int, int, int>(
                SymmetricKernels<TElement, TOps, TWide, TWideOps>.FinishMultiply));
}
