using System.Numerics;
using HessianKernels.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

/// <summary>The kernels of a tensor space of one element type, each compiled when it is first used.</summary>
internal abstract class TensorLaunches<T>
    where T : unmanaged
{
    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<T>, GroupGrid,
        double, int, int> Sum { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<T>, int, int, int, double, int> FinishSum { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long> Spread { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, int> Collect { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Maximum { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Gather { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Scatter { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, T> Average { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, T> Distribute { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int> Softmax { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int> Draw { get; }

    /// <summary>Loads of one element.</summary>
    public abstract ElementLaunches<T> Narrow { get; }

    /// <summary>Loads of 16 bytes.</summary>
    public abstract ElementLaunches<T> Wide { get; }

    public static TensorLaunches<T> Of(GpuContext gpu)
        => gpu.Launches<TensorLaunches<T>>(
            static gpu => typeof(T) == typeof(float)
                ? (TensorLaunches<T>)(object)new TensorLaunches<float, OneSingle, Quad, QuadOfSingles, DeviceMath.InSingle>(gpu)
                : (TensorLaunches<T>)(object)new TensorLaunches<double, OneDouble, Pair, PairOfDoubles, DeviceMath.InDouble>(gpu));
}

/// <summary>The same for one arithmetic.</summary>
internal sealed class TensorLaunches<T, TOne, TWide, TOps, TMath>(GpuContext gpu) : TensorLaunches<T>
    where T : unmanaged, INumber<T>
    where TOne : struct, IWide<T, T>
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
    where TMath : struct, IElementary<T>
{
    private readonly Accelerator _device = gpu.Accelerator;

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<T>, GroupGrid,
        double, int, int> Sum
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<T>, GroupGrid, double, int, int>(
            GroupKernels<T, TOne>.Sum);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<T>, int, int, int, double, int> FinishSum
        => field ??= _device.LoadKernel<ArrayView<double>, ArrayView<T>, int, int, int, double, int>(GroupKernels<T, TOne>.FinishSum);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long> Spread
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, WindowSizes, long>(WindowKernels<T, TOne>.Spread);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, int> Collect
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, WindowSizes, long, int>(WindowKernels<T, TOne>.Collect);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Maximum
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long>(WindowKernels<T, TOne>.Maximum);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Gather
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long>(WindowKernels<T, TOne>.Gather);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Scatter
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long>(WindowKernels<T, TOne>.Scatter);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, T> Average
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, WindowSizes, long, T>(WindowKernels<T, TOne>.Average);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, T> Distribute
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, WindowSizes, long, T>(WindowKernels<T, TOne>.Distribute);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int> Softmax
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int>(RowKernels<T, TOne>.Softmax);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int> Draw
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int>(RowKernels<T, TOne>.Draw);

    public override ElementLaunches<T> Narrow => field ??= new ElementLaunches<T, T, TOne, TMath>(gpu);

    public override ElementLaunches<T> Wide => field ??= new ElementLaunches<T, TWide, TOps, TMath>(gpu);
}
