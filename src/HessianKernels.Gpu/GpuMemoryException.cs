namespace HessianKernels.Gpu;

/// <summary>The device has not the memory asked for; the context stays usable.</summary>
/// <param name="required">Bytes asked for.</param>
/// <param name="available">Bytes there were.</param>
/// <param name="what">What for.</param>
/// <param name="inner">What the driver said.</param>
public sealed class GpuMemoryException(long required, long available, string what, Exception? inner = null)
    : InvalidOperationException($"{what} takes {required} bytes on the device; {available} bytes are free there.", inner)
{
    /// <summary>Bytes asked for.</summary>
    public long Required => required;

    /// <summary>Bytes there were.</summary>
    public long Available => available;
}
