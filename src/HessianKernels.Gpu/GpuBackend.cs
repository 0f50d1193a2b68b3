namespace HessianKernels.Gpu;

/// <summary>What runs the kernels.</summary>
public enum GpuBackend
{
    /// <summary>An NVIDIA device, by its driver.</summary>
    Cuda,

    /// <summary>A device with OpenCL 2 or later.</summary>
    OpenCL,

    /// <summary>Threads of this machine that play a device: for tests of the kernels, far slower than the CPU's own.</summary>
    Emulator,
}
