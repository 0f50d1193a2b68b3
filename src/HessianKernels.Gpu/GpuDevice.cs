namespace HessianKernels.Gpu;

/// <summary>A device that was found.</summary>
/// <param name="Backend">What runs it.</param>
/// <param name="Index">Which of its backend, from 0.</param>
/// <param name="Name">As its driver calls it.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="Driver">The version of the driver, or of OpenCL.</param>
/// <param name="Architecture">sm_90, or the vendor.</param>
/// <param name="Refusal">Why it cannot be used; null where it can.</param>
/// <param name="IsProcessor">Whether it is the machine's processor, which OpenCL lists as a device too: <c>auto</c> passes it over, and
/// <see cref="GpuLanczos.LargestOfMany"/> refuses it.</param>
public sealed record GpuDevice(
    GpuBackend Backend, int Index, string Name, long MemoryBytes, string Driver, string Architecture, string? Refusal, bool IsProcessor = false)
{
    /// <summary>How a caller asks for it: <c>cuda:0</c>.</summary>
    public string Request => Backend == GpuBackend.Emulator ? "emulator" : $"{(Backend == GpuBackend.Cuda ? "cuda" : "opencl")}:{Index}";
}
