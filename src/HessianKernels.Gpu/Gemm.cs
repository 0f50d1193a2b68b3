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
    private readonly GpuContext _gpu;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, GemmShape> _multiply;

    private Gemm(GpuContext gpu)
    {
        _gpu = gpu;
        _multiply = typeof(T) == typeof(float)
            ? (Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, GemmShape>)(object)
                gpu.Accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, GemmShape>(GemmKernels<float, OneSingle>.Multiply)
            : (Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, GemmShape>)(object)
                gpu.Accelerator.LoadKernel<ArrayView<double>, ArrayView<double>, ArrayView<double>, GemmShape>(GemmKernels<double, OneDouble>.Multiply);
    }

    public static Gemm<T> Of(GpuContext gpu) => gpu.Launches(static gpu => new Gemm<T>(gpu));

    /// <summary><c>C = alpha op(A) op(B) + beta C</c>, for each of a batch; matrices do not overlap.</summary>
    public void Multiply(in GemmShape shape, ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, int batch = 1)
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

        int sideShift = 0;
        while (sideShift < 4 && 4 << (2 * sideShift) <= _gpu.GroupSize) sideShift++;
        int tile = 4 << sideShift;
        GemmShape sized = shape with { SideShift = sideShift };
        int rows = (shape.Rows + tile - 1) / tile, columns = (shape.Columns + tile - 1) / tile;
        if (columns > 65535 || batch > 65535)
            throw new ArgumentException($"Found a product of {shape.Columns} columns, batch {batch}; without cuBLAS at most {65535L * tile} columns and a batch of 65535.");
        _multiply(_gpu.Stream, (new Index3D(rows, columns, batch), new Index3D(1 << (2 * sideShift), 1, 1)), a, b, c, sized);
    }

    private static nint Address(ArrayView<T> view) => view.LoadEffectiveAddressAsPtr();

    /// <summary>A kernel does not check its bounds.</summary>
    private static void Check(ArrayView<T> view, int rows, int columns, int leading, long stride, int batch, string name)
    {
        long needed = rows == 0 || columns == 0 ? 0 : (batch - 1) * stride + (rows - 1L) * leading + columns;
        if (leading < columns || view.Length < needed)
            throw new ArgumentException(
                $"Found {view.Length} elements for {name}, {batch} x [{rows}, {columns}] with a leading dimension of {leading}; expected at least {needed}.", name);
    }
}
