using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace HessianKernels.Gpu;

/// <summary>
/// Where the system keeps what ILGPU and cuBLAS are called by. ILGPU asks for libraries named cuda and OpenCL: with only libcuda.so.1 or
/// libOpenCL.so.1 present, as a driver installs them, it would find no device and say nothing.
/// </summary>
internal static class DriverLibraries
{
    private static readonly Lock Gate = new();

    // A resolver may be set once an assembly.
    private static readonly Lazy<bool> Resolver = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
        return true;
    });

    /// <summary>Names of CUDA's driver, most usual first.</summary>
    private static readonly string[] Driver = OperatingSystem.IsWindows() ? ["nvcuda"] : ["libcuda.so.1", "libcuda.so"];

    /// <summary>Names of what lists OpenCL's drivers, most usual first.</summary>
    private static readonly string[] OpenCL = OperatingSystem.IsWindows() ? ["opencl"] : ["libOpenCL.so.1", "libOpenCL.so"];

    /// <summary>Names of cuBLAS, newest first.</summary>
    private static readonly string[] Blas = OperatingSystem.IsWindows()
        ? ["cublas64_13", "cublas64_12", "cublas64_11", "cublas64_10"]
        : ["libcublas.so.13", "libcublas.so.12", "libcublas.so.11", "libcublas.so.10", "libcublas.so"];

    /// <summary>Has ILGPU look where the driver is; to be called before a context is made.</summary>
    public static void Prepare()
    {
        lock (Gate) _ = Resolver.Value;
    }

    /// <summary>Whether CUDA's driver is on this machine.</summary>
    public static bool HasCudaDriver => IsThere(Driver);

    /// <summary>Whether what lists OpenCL's drivers is on this machine.</summary>
    public static bool HasOpenCL => IsThere(OpenCL);

    /// <summary>A function of CUDA's driver that ILGPU does not call; the driver is on this machine.</summary>
    /// <exception cref="EntryPointNotFoundException">The driver has none of that name.</exception>
    public static nint CudaFunction(string name)
        => TryLoad(Driver, out nint library) ? NativeLibrary.GetExport(library, name) : throw new EntryPointNotFoundException($"Found no CUDA driver to ask for {name}.");

    /// <summary>cuBLAS, and the name it was found under; 0 where there is none.</summary>
    public static nint LoadBlas(out string? name)
    {
        foreach (string candidate in Blas)
        {
            name = candidate;
            if (NativeLibrary.TryLoad(candidate, out nint library)) return library;
        }

        name = null;
        return 0;
    }

    /// <summary>The names that cuBLAS is looked for under, for a message.</summary>
    public static string BlasNames => string.Join(", ", Blas);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        string[] names = name switch { "cuda" => Driver, "OpenCL" => OpenCL, _ => [] };
        return TryLoad(names, out nint library) ? library : 0;
    }

    private static bool TryLoad(string[] names, out nint library)
    {
        foreach (string name in names)
            if (NativeLibrary.TryLoad(name, out library)) return true;
        library = 0;
        return false;
    }

    private static bool IsThere(string[] names)
    {
        if (!TryLoad(names, out nint library)) return false;
        NativeLibrary.Free(library);
        return true;
    }
}
