using System.Numerics;
using HessianKernels.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>All kernels of a vector space of one element type.</summary>
/// <param name="Narrow">Loads of one element.</param>
/// <param name="Wide">Loads of 16 bytes.</param>
/// <param name="Normal">Normal numbers.</param>
/// <param name="Rademacher">Signs.</param>
internal sealed record Arithmetic<T>(
    VectorArithmetic<T> Narrow, VectorArithmetic<T> Wide, Action<AcceleratorStream, KernelConfig, ArrayView<T>, int, int, ulong, ulong> Normal,
    Action<AcceleratorStream, KernelConfig, ArrayView<T>, int, int, ulong, ulong> Rademacher)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Arithmetic<T> Load(GpuContext gpu)
        => typeof(T) == typeof(float) ? (Arithmetic<T>)(object)Load<float, OneSingle, Quad, QuadOfSingles>(gpu)
            : (Arithmetic<T>)(object)Load<double, OneDouble, Pair, PairOfDoubles>(gpu);

    private static Arithmetic<TElement> Load<TElement, TOne, TWide, TOps>(GpuContext gpu)
        where TElement : unmanaged, IBinaryFloatingPointIeee754<TElement>
        where TOne : struct, IWide<TElement, TElement>
        where TWide : unmanaged
        where TOps : struct, IWide<TElement, TWide>
        => new(
            new VectorArithmetic<TElement, TElement, TOne>(gpu), new VectorArithmetic<TElement, TWide, TOps>(gpu),
            gpu.Accelerator.LoadKernel<ArrayView<TElement>, int, int, ulong, ulong>(PhiloxKernels<TElement, TOne>.Normal),
            gpu.Accelerator.LoadKernel<ArrayView<TElement>, int, int, ulong, ulong>(PhiloxKernels<TElement, TOne>.Rademacher));
}
