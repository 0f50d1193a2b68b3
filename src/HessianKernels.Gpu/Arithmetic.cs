using System.Numerics;
using HessianKernels.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>All kernels of a vector space of one element type.</summary>
/// <param name="atOnce">For vectors that begin at multiples of 16 bytes.</param>
/// <param name="oneByOne">For vectors that begin anywhere: compiled when the first of them comes.</param>
/// <param name="normal">Normal numbers.</param>
/// <param name="rademacher">Signs.</param>
internal sealed class Arithmetic<T>(
    VectorArithmetic<T> atOnce, Func<VectorArithmetic<T>> oneByOne, Action<AcceleratorStream, KernelConfig, ArrayView<T>, int, int, int, ulong, ulong> normal,
    Action<AcceleratorStream, KernelConfig, ArrayView<T>, int, int, int, ulong, ulong> rademacher)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public VectorArithmetic<T> AtOnce => atOnce;

    public VectorArithmetic<T> OneByOne => field ??= oneByOne();

    public Action<AcceleratorStream, KernelConfig, ArrayView<T>, int, int, int, ulong, ulong> Normal => normal;

    public Action<AcceleratorStream, KernelConfig, ArrayView<T>, int, int, int, ulong, ulong> Rademacher => rademacher;

    public static Arithmetic<T> Load(GpuContext gpu)
        => typeof(T) == typeof(float) ? (Arithmetic<T>)(object)Load<float, OneSingle, Quad, QuadOfSingles>(gpu)
            : (Arithmetic<T>)(object)Load<double, OneDouble, Pair, PairOfDoubles>(gpu);

    private static Arithmetic<TElement> Load<TElement, TOne, TWide, TOps>(GpuContext gpu)
        where TElement : unmanaged, IBinaryFloatingPointIeee754<TElement>
        where TOne : struct, IWide<TElement, TElement>
        where TWide : unmanaged
        where TOps : struct, IWide<TElement, TWide>
        => new(
            new VectorArithmetic<TElement, TWide, TOps, AtOnce<TElement, TWide, TOps>>(gpu),
            () => new VectorArithmetic<TElement, TWide, TOps, OneByOne<TElement, TWide, TOps>>(gpu),
            gpu.Accelerator.LoadKernel<ArrayView<TElement>, int, int, int, ulong, ulong>(PhiloxKernels<TElement, TOne>.Normal),
            gpu.Accelerator.LoadKernel<ArrayView<TElement>, int, int, int, ulong, ulong>(PhiloxKernels<TElement, TOne>.Rademacher));
}
