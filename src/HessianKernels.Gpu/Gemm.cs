using System.Numerics;
using HessianKernels.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>Products of row-major matrices on a device: cuBLAS' where it is present, else by tiles.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class Gemm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A part of fewer columns of A costs more to add than it saves.
    private const int LeastOfAPart = 64, GroupsOfAMultiprocessor = 6;

    private readonly GpuContext _gpu;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, GemmShape> _multiply;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, GemmShape, long> _addParts;

    private Gemm(
        GpuContext gpu, Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, GemmShape> multiply,
        Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, GemmShape, long> addParts)
        => (_gpu, _multiply, _addParts) = (gpu, multiply, addParts);

    public static Gemm<T> Of(GpuContext gpu) => gpu.Launches(
        static gpu => typeof(T) == typeof(float) ? (Gemm<T>)(object)Load<float, OneSingle>(gpu) : (Gemm<T>)(object)Load<double, OneDouble>(gpu));

    /// <summary>Elements in which products of few tiles work, without cuBLAS; 0 with it.</summary>
    public static long RoomLength(GpuContext gpu) => gpu.Blas is null ? (long)MostGroups(gpu) << (2 * (SideShift(gpu) + 2)) : 0;

    /// <summary><c>C = alpha op(A) op(B) + beta C</c>, for each of a batch; matrices do not overlap.</summary>
    /// <param name="shape">Sizes and factors.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="c">C.</param>
    /// <param name="batch">Number of products.</param>
    /// <param name="room">
    /// <see cref="RoomLength"/> elements, for products of few tiles and a long inner dimension: with it they keep the device busy.
    /// </param>
    public void Multiply(in GemmShape shape, ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, int batch = 1, ArrayView<T> room = default)
    {
        if (shape.Rows == 0 || shape.Columns == 0 || batch == 0) return;
        Check(a, shape.TransposeA != 0 ? shape.Inner : shape.Rows, shape.TransposeA != 0 ? shape.Rows : shape.Inner, shape.LeadingA, shape.StrideA, batch, "A");
        Check(b, shape.TransposeB != 0 ? shape.Columns : shape.Inner, shape.TransposeB != 0 ? shape.Inner : shape.Columns, shape.LeadingB, shape.StrideB, batch, "B");
        Check(c, shape.Rows, shape.Columns, shape.LeadingC, shape.StrideC, batch, "C");
        if (_gpu.Blas is { } blas)
        {
            _gpu.Accelerator.Bind();
            if (shape.Lower != 0 && batch == 1) blas.MultiplyLower(typeof(T) == typeof(float), shape, Address(a), Address(b), Address(c));
            else blas.Multiply(typeof(T) == typeof(float), shape, Address(a), Address(b), Address(c), batch);
            return;
        }

        int sideShift = SideShift(_gpu), tile = 4 << sideShift;
        int rows = (shape.Rows + tile - 1) / tile, columns = (shape.Columns + tile - 1) / tile;
        if (columns > 65535 || batch > 65535)
            throw new ArgumentException($"Found a product of {shape.Columns} columns, batch {batch}; without cuBLAS at most {65535L * tile} columns and a batch of 65535.");
        long results = (long)batch * shape.Rows * shape.Columns, tiles = shape.Lower != 0 ? batch * (rows * (rows + 1L) / 2) : (long)batch * rows * columns;
        long parts = Math.Min(Math.Min(MostGroups(_gpu) / tiles, shape.Inner / LeastOfAPart), room.Length / results);
        KernelConfig grid = (new Index3D(rows, columns, batch), new Index3D(1 << (2 * sideShift), 1, 1));
        if (parts < 2)
        {
            _multiply(_gpu.Stream, grid, a, b, c, shape with { SideShift = sideShift, Parts = 1, Chunk = shape.Inner });
            return;
        }

        int depth = GemmShape.Depth, chunk = (int)((shape.Inner + parts - 1) / parts + depth - 1) / depth * depth;
        GemmShape cut = shape with { SideShift = sideShift, Parts = (shape.Inner + chunk - 1) / chunk, Chunk = chunk };
        grid = (new Index3D(rows, columns, batch * cut.Parts), new Index3D(1 << (2 * sideShift), 1, 1));
        _multiply(
            _gpu.Stream, grid, a, b, room,
            cut with { Alpha = 1, Beta = 0, LeadingC = shape.Columns, StrideC = (long)shape.Rows * shape.Columns });
        _addParts(_gpu.Stream, Tensors.TensorGrid.Over(_gpu, results), room, c, cut, results);
    }

    private static int MostGroups(GpuContext gpu) => GroupsOfAMultiprocessor * gpu.Accelerator.NumMultiprocessors;

    /// <summary>The logarithm of the threads of a group's side: as many as a group has, at most 16.</summary>
    private static int SideShift(GpuContext gpu) => Math.Min(4, BitOperations.Log2((uint)gpu.GroupSize) / 2);

    private static Gemm<TElement> Load<TElement, TOps>(GpuContext gpu)
        where TElement : unmanaged, IBinaryFloatingPointIeee754<TElement>
        where TOps : struct, IWide<TElement, TElement>
        => new(
            gpu,
            gpu.Accelerator.LoadKernel<ArrayView<TElement>, ArrayView<TElement>, ArrayView<TElement>, GemmShape>(GemmKernels<TElement, TOps>.Multiply),
            gpu.Accelerator.LoadKernel<ArrayView<TElement>, ArrayView<TElement>, GemmShape, long>(GemmKernels<TElement, TOps>.AddParts));

    /// <summary>Of an empty view, as products without an inner dimension have, none.</summary>
    private static nint Address(ArrayView<T> view) => view.IsValid ? view.LoadEffectiveAddressAsPtr() : 0;

    /// <summary>A kernel does not check its bounds.</summary>
    private static void Check(ArrayView<T> view, int rows, int columns, int leading, long stride, int batch, string name)
    {
        long needed = rows == 0 || columns == 0 ? 0 : (batch - 1) * stride + (rows - 1L) * leading + columns;
        if (leading < columns || view.Length < needed)
            throw new ArgumentException(
                $"Found {view.Length} elements for {name}, {batch} x [{rows}, {columns}] with a leading dimension of {leading}; expected at least {needed}.", name);
    }
}
