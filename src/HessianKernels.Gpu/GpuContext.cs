using System.Collections.Concurrent;
using System.Globalization;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace HessianKernels.Gpu;

/// <summary>
/// A device, made ready: its memory, its stream, its compiled kernels, and cuBLAS where it is present. One thread at a time; spaces and
/// operators of one context share one stream, on which work is done in the order it was asked for.
/// </summary>
/// <example><code>
/// using GpuContext gpu = GpuContext.Open("auto");
/// using DeviceSymmetric&lt;double&gt; matrix = new(gpu, a, n);
/// LanczosResult&lt;double&gt; top = GpuLanczos.TopK(gpu, matrix, k: 5);
/// </code></example>
public sealed partial class GpuContext : IDisposable
{
    private readonly Context _context;
    private readonly ConcurrentDictionary<Type, object> _launches = [];

    private GpuContext(Context context, Accelerator accelerator, GpuDevice device)
    {
        (_context, Accelerator, Device) = (context, accelerator, device);
        // Stream 0 waits for every other: a stream of its own from the start, and nothing else ever.
        Stream = accelerator is CPUAccelerator ? accelerator.DefaultStream : accelerator.CreateStream();
        GroupSize = PowerOfTwo(Math.Min(Kernels.Reduction.MostThreads, accelerator.MaxNumThreadsPerGroup));
        SharedBytes = MostShared(accelerator);
        if (accelerator is not CudaAccelerator) return;
        Blas = CuBlas.TryLoad((CudaStream)Stream, out string? why);
        if (why is not null) WhyNoBlas = $"{why}; this library's own kernels make the products of matrices, at a lower rate: install NVIDIA's cuBLAS, of a version from 10 to 13";
    }

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>ILGPU's accelerator.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>The one stream that everything is enqueued on.</summary>
    public AcceleratorStream Stream { get; }

    /// <summary>cuBLAS, where it was found.</summary>
    public string? BlasLibrary => Blas?.Name;

    /// <summary>Why a CUDA device has no cuBLAS, and what to do; null where it has, and on other devices, which have no use for it.</summary>
    public string? WhyNoBlas { get; }

    /// <summary>Most bytes that may be allocated on the device; what is free there where null.</summary>
    public long? MemoryLimit { get; set; }

    /// <summary>Bytes that may still be allocated.</summary>
    public long FreeBytes
    {
        get
        {
            long free = Accelerator is CudaAccelerator cuda ? Attempt(cuda.GetFreeMemory) : Accelerator.MemorySize;
            return MemoryLimit is { } limit ? Math.Min(free, Math.Max(0, limit - Allocated)) : free;
        }
    }

    internal long Allocated { get; private set; }

    /// <summary>Threads of a group, a power of 2.</summary>
    internal int GroupSize { get; }

    internal CuBlas? Blas { get; }

    /// <summary>Opens a device.</summary>
    /// <param name="request">
    /// <c>auto</c>: CUDA, else OpenCL but for a processor. <c>cuda</c>, <c>cuda:1</c>, <c>opencl</c>, <c>opencl:0</c>: that one. <c>emulator</c>: threads of this machine, for
    /// tests of the kernels.
    /// </param>
    /// <exception cref="ArgumentException">The request is none of these.</exception>
    /// <exception cref="GpuUnavailableException">There is no such device, or it cannot be used.</exception>
    public static GpuContext Open(string request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request == "auto") return OpenAny();
        if (request == "emulator") return OpenEmulator();
        (GpuBackend backend, int index) = Parse(request);
        Context? context = TryCreate(backend, out Exception? fault);
        Device[] devices = context is null ? [] : [.. Of(context, backend)];
        if (devices.Length == 0)
        {
            context?.Dispose();
            throw new GpuUnavailableException($"Found no {backend} device for '{request}': {WhyNone(backend)}.", fault);
        }

        if (index >= devices.Length)
        {
            context!.Dispose();
            string name = backend == GpuBackend.Cuda ? "cuda" : "opencl";
            throw new GpuUnavailableException(
                $"Found {devices.Length} {backend} device{(devices.Length == 1 ? "" : "s")} for '{request}'; expected an index below that, as {name}:{devices.Length - 1}.");
        }

        return Make(context!, devices[index], Describe(devices[index], backend, index));
    }

    /// <summary>
    /// Waits until all that was enqueued is done.
    /// </summary>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    public void Synchronize()
    {
        try
        {
            Stream.Synchronize();
        }
        catch (AcceleratorException fault)
        {
            throw Lose(fault);
        }
    }

    /// <summary>Memory on the device.</summary>
    /// <param name="count">Elements.</param>
    /// <param name="what">What for: the message's first words.</param>
    /// <exception cref="GpuMemoryException">There is less.</exception>
    public MemoryBuffer1D<T, Stride1D.Dense> Allocate<T>(long count, string what)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long bytes = checked(Math.Max(count, 1) * Interop.SizeOf<T>());
        ThrowIfShort(bytes, what);
        try
        {
            MemoryBuffer1D<T, Stride1D.Dense> buffer = Accelerator.Allocate1D<T>(Math.Max(count, 1));
            Allocated += bytes;
            return buffer;
        }
        catch (AcceleratorException exception) when (IsShortage(exception))
        {
            throw new GpuMemoryException(bytes, FreeBytes, what, exception);
        }
        catch (AcceleratorException exception)
        {
            throw Lose(exception);
        }
    }

    /// <summary>Throws, with both numbers, where there is less memory than a call will take.</summary>
    /// <param name="bytes">All that it will take.</param>
    /// <param name="what">The message's first words.</param>
    /// <exception cref="GpuMemoryException">There is less.</exception>
    /// <exception cref="GpuDeviceLostException">The device failed before.</exception>
    public void ThrowIfShort(long bytes, string what)
    {
        ThrowIfLost();
        long free = FreeBytes;
        if (bytes > free) throw new GpuMemoryException(bytes, free, what);
    }

    /// <summary>A set of compiled kernels, made once.</summary>
    internal TLaunches Launches<TLaunches>(Func<GpuContext, TLaunches> make)
        where TLaunches : class
        => (TLaunches)_launches.GetOrAdd(typeof(TLaunches), _ => make(this));

    private static GpuContext OpenAny()
    {
        List<string> reasons = [];
        foreach (GpuBackend backend in (GpuBackend[])[GpuBackend.Cuda, GpuBackend.OpenCL])
        {
            Context? context = TryCreate(backend, out _);
            if (context is not null)
            {
                Device[] devices = [.. Of(context, backend)];
                for (int i = 0; i < devices.Length; i++)
                {
                    GpuDevice device = Describe(devices[i], backend, i);
                    // A processor is better off with the library's own kernels for it.
                    string? refusal = device.Refusal ?? (device.IsProcessor ? "it is this machine's processor; it is used where it is asked for by this name" : null);
                    if (refusal is null) return Make(context, devices[i], device);
                    reasons.Add($"{device.Request} ({device.Name}): {refusal}");
                }

                context.Dispose();
            }

            if (WhyNone(backend) is { } reason) reasons.Add($"{backend}: {reason}");
        }

        throw new GpuUnavailableException($"Found no device that can be used. {string.Join("; ", reasons)}.");
    }

    private static GpuContext OpenEmulator()
    {
        // Few threads a group: each is a thread of this machine, and a barrier wakes them all.
        CPUDevice threads = new(numThreadsPerWarp: 4, numWarpsPerMultiprocessor: 1, numMultiprocessors: 1);
        Context context = Context.Create(builder => builder.Optimize(OptimizationLevel.O1).CPU(threads));
        Device device = context.GetCPUDevice(0);
        return Make(context, device, new(GpuBackend.Emulator, 0, "threads of this machine", device.MemorySize, "none", "threads", null));
    }

    private static GpuContext Make(Context context, Device device, GpuDevice description)
    {
        try
        {
            if (description.Refusal is { } refusal)
                throw new GpuUnavailableException($"Found {description.Request}, {description.Name}, which cannot be used: {refusal}.");
            return new(context, device.CreateAccelerator(context), description);
        }
        catch (Exception exception)
        {
            context.Dispose();
            if (exception is GpuUnavailableException) throw;
            throw new GpuUnavailableException($"Found {description.Request}, {description.Name}, which could not be opened: {exception.Message}", exception);
        }
    }

    private static (GpuBackend Backend, int Index) Parse(string request)
    {
        string[] parts = request.Split(':');
        GpuBackend? backend = parts[0] switch { "cuda" => GpuBackend.Cuda, "opencl" => GpuBackend.OpenCL, _ => null };
        int index = 0;
        bool sound = backend is not null && parts.Length <= 2
            && (parts.Length == 1 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index));
        return sound
            ? (backend!.Value, index)
            : throw new ArgumentException($"Found the device '{request}'; expected auto, cuda, cuda:INDEX, opencl, opencl:INDEX or emulator.", nameof(request));
    }

    private static int PowerOfTwo(int most)
    {
        int size = 1;
        while (2 * size <= most) size *= 2;
        return size;
    }
}
