using HessianKernels.Networks.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

/// <summary>Numbers on a device, zero at first.</summary>
internal sealed class GpuTensorMemory<T> : ITensorMemory<ArrayView<T>>
    where T : unmanaged
{
    private readonly GpuContext _gpu;
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _buffer;

    public GpuTensorMemory(GpuContext gpu, long length, string what)
    {
        (_gpu, Length) = (gpu, length);
        _buffer = gpu.Allocate<T>(length, what);
        _buffer.MemSetToZero(gpu.Stream);
    }

    public long Length { get; }

    public ArrayView<T> View => ((ArrayView<T>)_buffer.View).SubView(0, Length);

    public void Dispose()
    {
        // What was enqueued may still work in it.
        if (!_buffer.IsDisposed) _gpu.Synchronize();
        _gpu.Release(_buffer);
    }
}
