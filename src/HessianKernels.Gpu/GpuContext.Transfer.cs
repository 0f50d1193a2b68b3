using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

public sealed unsafe partial class GpuContext
{
    /// <summary>Brings numbers to the device; done when it returns.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="destination">At least as many places.</param>
    public void Upload<T>(ReadOnlySpan<T> source, ArrayView<T> destination)
        where T : unmanaged
    {
        if (source.IsEmpty) return;
        // ILGPU 1.5.3 takes the address of what it is given and does not pin it: a collection between that and the copy would move the array.
        fixed (T* pinned = source) destination.SubView(0, source.Length).CopyFromCPU(Stream, ref *pinned, source.Length);
    }

    /// <summary>Brings numbers to the host, after all that was enqueued before; done when it returns.</summary>
    /// <param name="source">At least as many numbers.</param>
    /// <param name="destination">The places.</param>
    public void Download<T>(ArrayView<T> source, Span<T> destination)
        where T : unmanaged
    {
        if (destination.IsEmpty) return;
        fixed (T* pinned = destination) source.SubView(0, destination.Length).CopyToCPU(Stream, ref *pinned, destination.Length);
    }
}
