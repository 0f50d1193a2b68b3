using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

public sealed unsafe partial class GpuContext
{
    /// <summary>Brings numbers to the device; done when it returns.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="destination">At least as many places.</param>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    public void Upload<T>(ReadOnlySpan<T> source, ArrayView<T> destination)
        where T : unmanaged
    {
        if (source.IsEmpty) return;
        // ILGPU 1.5.3 takes the address of what it is given and does not pin it: a collection between that and the copy would move the array.
        fixed (T* pinned = source)
        {
            try
            {
                destination.SubView(0, source.Length).CopyFromCPU(Stream, ref *pinned, source.Length);
            }
            catch (AcceleratorException fault)
            {
                throw Lose(fault);
            }
        }
    }

    /// <summary>Moves numbers on the device; of a place to itself nothing, which OpenCL would call an overlap and refuse.</summary>
    internal void Copy<T>(ArrayView<T> source, ArrayView<T> destination)
        where T : unmanaged
    {
        if (source.Length > 0 && source.LoadEffectiveAddressAsPtr() != destination.LoadEffectiveAddressAsPtr())
            source.CopyTo(Stream, destination.SubView(0, source.Length));
    }

    /// <summary>Brings numbers to the host, after all that was enqueued before; done when it returns.</summary>
    /// <param name="source">At least as many numbers.</param>
    /// <param name="destination">The places.</param>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    public void Download<T>(ArrayView<T> source, Span<T> destination)
        where T : unmanaged
    {
        if (destination.IsEmpty) return;
        fixed (T* pinned = destination)
        {
            try
            {
                source.SubView(0, destination.Length).CopyToCPU(Stream, ref *pinned, destination.Length);
            }
            catch (AcceleratorException fault)
            {
                throw Lose(fault);
            }
        }
    }
}
