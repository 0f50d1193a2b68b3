using HessianKernels.Gpu.Kernels;
using HessianKernels.SecondMoment;
using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>
/// <c>X to D o X + scale w o A(w o X)</c> on packed symmetric m x m matrices on a device, <c>A(M) = sum_i H_i M H_i</c>: T, the pencil of the
/// critical learning rate and the noise kernel, according to D, w and the scale.
/// </summary>
/// <remarks>
/// A product is <c>Z = Phi M</c>, one pass in which <c>Q_i = Z_i Phi_i^T</c> and <c>Z_i = Q_i Phi_i</c>, and the lower triangle of <c>Phi^T
/// Z</c>: 3 n r m^2 flops (4 n r m^2 without cuBLAS' SYRKX skipping within tiles), all but O(n r^2 m + m^2) of them in the two matrix products.
/// </remarks>
internal sealed class DeviceMoment : ILinearOperator<ArrayView<double>>, IDisposable
{
    private readonly GpuContext _gpu;
    private readonly Gemm<double> _gemm;
    private readonly MomentLaunches _launches;
    private readonly FunctionSpace _space;
    private readonly MemoryBuffer1D<double, Stride1D.Dense> _factors, _products, _matrix;
    private readonly MemoryBuffer1D<double, Stride1D.Dense>? _signs, _diagonal, _root, _room;
    private readonly double _scale;

    // From one row of factors, products and the matrix to the next: each begins at a multiple of 16 bytes.
    private readonly int _leading;

    public DeviceMoment(GpuContext gpu, FunctionSpace space, double[]? diagonal, double[]? root, double scale)
    {
        if (space.Rows > MomentKernels.MostRows)
            throw new ArgumentException($"Found factors of {space.Rows} rows; on a device at most {MomentKernels.MostRows}.", nameof(space));
        gpu.ThrowIfShort(RequiredBytes(gpu, space, (diagonal is null ? 0 : 1) + (root is null ? 0 : 1)), $"A second moment of {space.Examples} examples on {space.Rank} dimensions");
        (_gpu, _space, _scale, Length) = (gpu, space, scale, PackedSymmetric.Length(space.Rank));
        _leading = GpuSpace<double>.Padded(space.Rank);
        (_gemm, _launches) = (Gemm<double>.Of(gpu), gpu.Launches(MomentLaunches.Load));
        long rows = (long)space.Examples * space.Rows;
        _factors = gpu.Allocate<double>(rows * _leading, "Factors");
        gpu.UploadRows<double>(space.FactorsArray, space.Rank, _factors.View, _leading);
        _products = gpu.Allocate<double>(rows * _leading, "Products with the factors");
        _matrix = gpu.Allocate<double>((long)space.Rank * _leading, "A matrix");
        _room = Gemm<double>.RoomLength(gpu) is > 0 and long room ? gpu.Allocate<double>(room, "Parts of products") : null;
        // For r = 1 the two signs cancel.
        _signs = space.Rows > 1 && space.SignsArray is { } signs ? Upload(signs) : null;
        _diagonal = diagonal is null ? null : Upload(diagonal);
        _root = root is null ? null : Upload(root);
    }

    public int Batch => 1;

    public int Length { get; }

    private static long RequiredBytes(GpuContext gpu, FunctionSpace space, int arrays)
    {
        long m = space.Rank, leading = GpuSpace<double>.Padded(space.Rank), rows = (long)space.Examples * space.Rows;
        return sizeof(double) * ((2 * rows + m) * leading + (space.Signs.IsEmpty ? 0 : rows) + arrays * (m * (m + 1) / 2) + Gemm<double>.RoomLength(gpu));
    }

    public void Apply(ArrayView<double> input, ArrayView<double> output)
    {
        int m = _space.Rank, rows = _space.Examples * _space.Rows;
        ArrayView<double> empty = ArrayView<double>.Empty, root = _root is null ? empty : _root.View, diagonal = _diagonal is null ? empty : _diagonal.View;
        ArrayView<double> room = _room is null ? empty : _room.View, factors = _factors.View, products = _products.View, matrix = _matrix.View;
        KernelConfig over = (Math.Min((Length + _gpu.GroupSize - 1) / _gpu.GroupSize, 65535), _gpu.GroupSize);
        _launches.Unpack(_gpu.Stream, over, input, root, matrix, m, _leading, _root is null ? 0 : 1);
        _gemm.Multiply(new(false, false, rows, m, m, 1, _leading, _leading, 0, _leading), factors, matrix, products, room: room);
        if (_space.Rows == 1) _launches.RowDots(_gpu.Stream, (_space.Examples, _gpu.GroupSize), products, factors, m, _leading);
        else
            _launches.BlockDots(
                _gpu.Stream, (_space.Examples, _gpu.GroupSize), products, factors, _signs is null ? empty : _signs.View, m, _leading, _space.Rows, _signs is null ? 0 : 1);
        _gemm.Multiply(new GemmShape(true, false, m, m, rows, _scale / _space.Examples, _leading, _leading, 0, _leading) { Lower = 1 }, factors, products, matrix, room: room);
        _launches.Pack(_gpu.Stream, over, matrix, root, diagonal, input, output, m, _leading, _root is null ? 0 : 1, _diagonal is null ? 0 : 1);
    }

    public void Dispose()
    {
        _gpu.Release(_factors);
        _gpu.Release(_products);
        _gpu.Release(_matrix);
        if (_signs is not null) _gpu.Release(_signs);
        if (_diagonal is not null) _gpu.Release(_diagonal);
        if (_root is not null) _gpu.Release(_root);
        if (_room is not null) _gpu.Release(_room);
    }

    private MemoryBuffer1D<double, Stride1D.Dense> Upload(double[] numbers)
    {
        MemoryBuffer1D<double, Stride1D.Dense> buffer = _gpu.Allocate<double>(numbers.Length, "A second moment");
        _gpu.Upload<double>(numbers, buffer.View);
        return buffer;
    }
}

/// <summary>The kernels of a second moment, compiled.</summary>
internal sealed record MomentLaunches(
    Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<double>, ArrayView<double>, int, int, int> Unpack,
    Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>, int, int, int, int> Pack,
    Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<double>, int, int> RowDots,
    Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<double>, ArrayView<double>, int, int, int, int> BlockDots)
{
    public static MomentLaunches Load(GpuContext gpu)
        => new(
            gpu.Accelerator.LoadKernel<ArrayView<double>, ArrayView<double>, ArrayView<double>, int, int, int>(MomentKernels.Unpack),
            gpu.Accelerator.LoadKernel<ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>, int, int, int, int>(MomentKernels.Pack),
            gpu.Accelerator.LoadKernel<ArrayView<double>, ArrayView<double>, int, int>(MomentKernels.RowDots),
            gpu.Accelerator.LoadKernel<ArrayView<double>, ArrayView<double>, ArrayView<double>, int, int, int, int>(MomentKernels.BlockDots));
}
