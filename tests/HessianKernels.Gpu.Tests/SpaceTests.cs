using System.Numerics;
using HessianKernels.Conformance;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tests;

/// <summary>The suite for vectors on a device.</summary>
public abstract class GpuSpaceConformance<T> : VectorSpaceConformance<GpuSpace<T>, MemoryBuffer1D<T, Stride1D.Dense>, ArrayView<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override GpuSpace<T> Space(int batch, int length) => new(Gpu.Context, batch, length);

    protected override MemoryBuffer1D<T, Stride1D.Dense> Allocate(int count)
    {
        // Nothing may be read before it is written.
        MemoryBuffer1D<T, Stride1D.Dense> memory = Gpu.Context.Allocate<T>(count, "A test");
        T[] nothing = new T[count];
        Array.Fill(nothing, T.NaN);
        memory.View.CopyFromCPU(Gpu.Context.Stream, nothing);
        return memory;
    }

    protected override ArrayView<T> View(MemoryBuffer1D<T, Stride1D.Dense> memory) => memory.View;
}

public sealed class GpuSpaceOfDouble : GpuSpaceConformance<double>;

public sealed class GpuSpaceOfSingle : GpuSpaceConformance<float>;
