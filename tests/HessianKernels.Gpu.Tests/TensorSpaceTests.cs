using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Gpu.Tensors;
using HessianKernels.Networks.Tensors;
using ILGPU;

namespace HessianKernels.Gpu.Tests;

/// <summary>The suite for tensors on a device.</summary>
public abstract class GpuTensorSpaceConformance<T> : TensorSpaceConformance<ArrayView<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Panels so small that convolutions are made in several.
    private static readonly GpuTensorSpace<T> Tensors = new(Gpu.Context, 700);

    protected override ITensorSpace<ArrayView<T>> Space(int threads) => Tensors;

    // Whatever the number, the same device, again.
    protected override int[] Threads => [1, 2];

    // Threads that play a device take a second for a million elements.
    protected override int MostElements => Gpu.Context.Device.Backend == GpuBackend.Emulator ? 4000 : int.MaxValue;
}

public sealed class GpuTensorSpaceOfDouble : GpuTensorSpaceConformance<double>;

public sealed class GpuTensorSpaceOfSingle : GpuTensorSpaceConformance<float>;
