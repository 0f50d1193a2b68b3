using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace HessianKernels.Gpu;

public sealed unsafe partial class GpuContext
{
    /// <summary>Bytes of shared memory that a kernel's groups have unasked, where the device has as much.</summary>
    internal const int SharedUnasked = 48 * 1024;

    // CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN and CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES.
    private const int MostSharedOfADevice = 97, MostDynamicOfAKernel = 8;

    /// <summary>Most bytes of shared memory that a group of threads can have; beyond <see cref="SharedUnasked"/> its kernel has to be allowed them.</summary>
    internal int SharedBytes { get; set; }

    /// <summary>Lets a kernel be launched with so many bytes of shared memory whose size is told at the launch: CUDA refuses it more than is left of 48 KiB unasked.</summary>
    /// <exception cref="GpuUnavailableException">The driver refused.</exception>
    internal void AllowShared(Delegate launch, int bytes)
    {
        if (Accelerator is not CudaAccelerator) return;
        Accelerator.Bind();
        nint function = ((CudaKernel)launch.GetKernel()).FunctionPtr;
        int status = ((delegate* unmanaged<nint, int, int, int>)DriverLibraries.CudaFunction("cuFuncSetAttribute"))(function, MostDynamicOfAKernel, bytes);
        if (status != 0) throw new GpuUnavailableException($"{Device.Request} ({Device.Name}) has {SharedBytes} bytes of shared memory for a group, by its driver, which refused {bytes} with status {status}.");
    }

    private static int MostShared(Accelerator accelerator)
    {
        int most = accelerator.MaxSharedMemoryPerGroup, found = 0;
        if (accelerator is not CudaAccelerator cuda) return most;
        int status = ((delegate* unmanaged<int*, int, int, int>)DriverLibraries.CudaFunction("cuDeviceGetAttribute"))(&found, MostSharedOfADevice, cuda.DeviceId);
        return status == 0 ? Math.Max(most, found) : most;
    }
}
