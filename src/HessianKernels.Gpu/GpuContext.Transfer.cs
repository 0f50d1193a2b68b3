using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

public sealed unsafe partial class GpuContext
{
    /// <summary>Elements in which rows wait on the host, where they lie apart on the device.</summary>
    private const int StagedElements = 1 << 20;

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

    /// <summary>Brings rows to the device, each a stride from the one before; what lies between them there holds nothing of use. Done when it returns.</summary>
    /// <param name="source">The rows, one after another.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="destination">Places for all of them.</param>
    /// <param name="stride">From one row to the next, at least the columns.</param>
    internal void UploadRows<T>(ReadOnlySpan<T> source, int columns, ArrayView<T> destination, int stride)
        where T : unmanaged
    {
        if (stride == columns || source.Length == columns)
        {
            Upload(source, destination);
            return;
        }

        T[] staged = [];
        foreach ((int first, int count, int length) in Pieces(source.Length / columns, columns, stride))
        {
            // The first piece is the longest.
            if (first == 0) staged = new T[length];
            for (int i = 0; i < count; i++) source.Slice((first + i) * columns, columns).CopyTo(staged.AsSpan(i * stride));
            Upload<T>(staged.AsSpan(0, length), destination.SubView((long)first * stride, length));
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

    /// <summary>Brings rows to the host, one after another there. Done when it returns.</summary>
    /// <param name="source">The rows, to the last one's last number.</param>
    /// <param name="stride">From one row to the next, at least the columns.</param>
    /// <param name="destination">Places for all of them.</param>
    /// <param name="columns">Numbers of a row.</param>
    internal void DownloadRows<T>(ArrayView<T> source, int stride, Span<T> destination, int columns)
        where T : unmanaged
    {
        if (stride == columns || destination.Length == columns)
        {
            Download(source, destination);
            return;
        }

        T[] staged = [];
        foreach ((int first, int count, int length) in Pieces(destination.Length / columns, columns, stride))
        {
            if (first == 0) staged = new T[length];
            Download(source.SubView((long)first * stride, length), staged.AsSpan(0, length));
            for (int i = 0; i < count; i++) staged.AsSpan(i * stride, columns).CopyTo(destination[((first + i) * columns)..]);
        }
    }

    /// <summary>Rows that wait on the host together: the first, how many, and the elements from its start to the last one's end.</summary>
    private static IEnumerable<(int First, int Count, int Length)> Pieces(int rows, int columns, int stride)
    {
        int most = Math.Max(1, StagedElements / stride);
        for (int first = 0; first < rows; first += most)
        {
            int count = Math.Min(most, rows - first);
            yield return (first, count, (count - 1) * stride + columns);
        }
    }
}
