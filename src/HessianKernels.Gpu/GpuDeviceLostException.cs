using HessianKernels.Krylov;

namespace HessianKernels.Gpu;

/// <summary>The device failed in the midst of work: what was on it is lost, and its context serves no further call. Open another.</summary>
/// <param name="device">The device.</param>
/// <param name="inner">What the driver said.</param>
public class GpuDeviceLostException(GpuDevice device, Exception inner)
    : InvalidOperationException($"The device {Named(device)} failed: {inner?.Message} What was on it is lost; dispose of its context and open it again, or another.", inner)
{
    /// <summary>The device.</summary>
    public GpuDevice Device => device;

    private static string Named(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return $"{device.Request} ({device.Name})";
    }
}

/// <summary>A device that failed in the midst of a Lanczos run, and what the host has of the run.</summary>
/// <typeparam name="T">Element type of the vectors.</typeparam>
/// <param name="device">The device.</param>
/// <param name="checkpoint">The state at the last restart.</param>
/// <param name="inner">What the driver said.</param>
public sealed class GpuDeviceLostException<T>(GpuDevice device, LanczosCheckpoint<T>? checkpoint, Exception inner)
    : GpuDeviceLostException(device, inner)
{
    /// <summary>
    /// Where the run can be resumed: on another context (<see cref="GpuLanczos.Resume"/>) or on the CPU (<see cref="Lanczos"/>.Resume). Null where
    /// <see cref="LanczosOptions.KeepCheckpoint"/> did not ask for it, or no restart was reached.
    /// </summary>
    public LanczosCheckpoint<T>? Checkpoint => checkpoint;
}
