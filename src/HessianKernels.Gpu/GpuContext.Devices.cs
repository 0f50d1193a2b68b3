using System.Globalization;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace HessianKernels.Gpu;

public sealed partial class GpuContext
{
    /// <summary>The devices of this machine, CUDA's first, with those that cannot be used and why.</summary>
    public static IReadOnlyList<GpuDevice> Devices()
    {
        List<GpuDevice> devices = [];
        foreach (GpuBackend backend in (GpuBackend[])[GpuBackend.Cuda, GpuBackend.OpenCL])
        {
            using Context? context = TryCreate(backend, out _);
            if (context is not null) devices.AddRange(Of(context, backend).Select((device, i) => Describe(device, backend, i)));
        }

        return devices;
    }

    /// <summary>Why a backend has no device on this machine; null where it has one.</summary>
    /// <param name="backend">CUDA or OpenCL.</param>
    public static string? WhyNone(GpuBackend backend)
    {
        using Context? context = TryCreate(backend, out Exception? fault);
        if (context is not null && Of(context, backend).Any()) return null;
        if (backend == GpuBackend.Cuda && !DriverLibraries.HasCudaDriver) return "no CUDA driver was found (libcuda.so.1); install NVIDIA's driver";
        if (backend == GpuBackend.OpenCL && !DriverLibraries.HasOpenCL) return "no OpenCL loader was found (libOpenCL.so.1); install the vendor's OpenCL driver";
        string found = backend == GpuBackend.Cuda ? "the CUDA driver reports no device" : "no OpenCL device was found; install the vendor's OpenCL driver";
        return fault is null ? found : $"{found} ({fault.Message})";
    }

    private static Context? TryCreate(GpuBackend backend, out Exception? fault)
    {
        DriverLibraries.Prepare();
        fault = null;
        try
        {
            return Context.Create(builder =>
            {
                // O1: the level that its authors test; see docs/gpu.md.
                builder.Optimize(OptimizationLevel.O1).Math(MathMode.Default);
                if (backend == GpuBackend.Cuda) builder.Cuda(_ => true);
                else if (backend == GpuBackend.OpenCL) builder.OpenCL(_ => true);
            });
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever a driver's library does when it is asked for devices: it is reported, and has none.
            fault = exception;
            return null;
        }
    }

    private static IEnumerable<Device> Of(Context context, GpuBackend backend)
        => context.Devices.Where(device => backend == GpuBackend.Cuda ? device is CudaDevice : device is CLDevice);

    private static GpuDevice Describe(Device device, GpuBackend backend, int index)
    {
        (string driver, string architecture) = device switch
        {
            CudaDevice cuda => (
                string.Create(CultureInfo.InvariantCulture, $"CUDA {cuda.DriverVersion.Major}.{cuda.DriverVersion.Minor}"),
                cuda.Architecture is { } a ? string.Create(CultureInfo.InvariantCulture, $"sm_{a.Major}{a.Minor}") : "unknown"),
            CLDevice cl => ($"OpenCL {cl.CLStdVersion.Major}.{cl.CLStdVersion.Minor}", cl.VendorName),
            _ => ("none", "threads"),
        };
        return new(backend, index, device.Name.Trim(), device.MemorySize, driver, architecture, Refusal(device),
            device is CLDevice { DeviceType: CLDeviceType.CL_DEVICE_TYPE_CPU });
    }

    /// <summary>Why a device cannot be used.</summary>
    private static string? Refusal(Device device) => device switch
    {
        CudaDevice { Architecture: null } => "its architecture is unknown to ILGPU 1.5.3",
        CudaDevice { InstructionSet: null } => "its driver is too old for, or unknown to, ILGPU 1.5.3: install a newer driver",
        CLDevice cl when cl.CLStdVersion < CLBackend.MinimumVersion => $"it has OpenCL C {cl.CLStdVersion.Major}.{cl.CLStdVersion.Minor}; 2.0 is the least",
        CLDevice { Capabilities.GenericAddressSpace: false } => "it has no generic address space, which ILGPU needs",
        CLDevice { Capabilities.Float64: false } => "it has no double precision, in which sums are taken even for float",
        _ => null,
    };
}
