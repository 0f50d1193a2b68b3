using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>Memory on a device for as long as a call takes.</summary>
internal readonly struct DeviceMemory<T>(GpuContext gpu, long count, string what) : IDisposable
    where T : unmanaged
{
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _buffer = gpu.Allocate<T>(count, what);

    public ArrayView<T> View => _buffer.View;

    public void Dispose() => gpu.Release(_buffer);
}
