using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace HessianKernels.Gpu;

public sealed partial class GpuContext
{
    private Exception? _fault;

    /// <summary>Whether the device failed: what was on it is lost, and no further call is served.</summary>
    public bool IsLost => _fault is not null;

    /// <summary>Gives memory back. What a device that failed says of it is no news: the memory went with the device.</summary>
    internal void Release<T>(MemoryBuffer1D<T, Stride1D.Dense> buffer)
        where T : unmanaged
    {
        if (buffer.IsDisposed) return;
        Allocated -= buffer.LengthInBytes;
        Discard(buffer);
    }

    /// <summary>Gives the device back; everything allocated on it is gone.</summary>
    public void Dispose()
    {
        Blas?.Dispose();
        if (Accelerator is not CPUAccelerator) Discard(Stream);
        Discard(Accelerator);
        Discard(_context);
    }

    /// <summary>
    /// Work on the device, whose failure in its midst is told as what it is: for work with a <see cref="Tensors.GpuTensorSpace{T}"/> or
    /// kernels of one's own. The library's methods that take a context do this themselves.
    /// </summary>
    /// <param name="work">What to do.</param>
    /// <returns>What it returns.</returns>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    public TResult Attempt<TResult>(Func<TResult> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            return work();
        }
        catch (AcceleratorException fault)
        {
            throw Lose(fault);
        }
    }

    /// <summary>Takes note that the device failed.</summary>
    /// <param name="fault">What its driver said.</param>
    internal GpuDeviceLostException Lose(AcceleratorException fault)
    {
        _fault ??= fault;
        return new(Device, fault);
    }

    internal void ThrowIfLost()
    {
        if (_fault is { } fault) throw new GpuDeviceLostException(Device, fault);
    }

    /// <summary>Whether a driver says that memory is short: then it has lost nothing. OpenCL has many words for it.</summary>
    private static bool IsShortage(AcceleratorException fault) => fault is not CudaException cuda || cuda.Error.Contains("OUT_OF_MEMORY", StringComparison.Ordinal);

    private void Discard(IDisposable held)
    {
        try
        {
            held.Dispose();
        }
        catch (AcceleratorException fault)
        {
            _fault ??= fault;
        }
    }
}
