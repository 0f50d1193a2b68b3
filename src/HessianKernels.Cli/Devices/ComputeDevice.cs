using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;

namespace HessianKernels.Cli.Devices;

/// <summary>A device that a command computes on in the CPU's place.</summary>
internal abstract class ComputeDevice : IDisposable
{
    /// <summary>What the result says it ran on.</summary>
    public const string Cpu = "cpu";

    /// <summary>What the user makes smaller where a point of a model has no room.</summary>
    protected const string SmallerPoint = "--micro-batch or --examples";

    /// <summary>The values of --device, for its help and its errors.</summary>
    public const string Requests = "cpu, auto, cuda, cuda:INDEX, opencl or opencl:INDEX";

    /// <summary>What the result says it ran on.</summary>
    public abstract string Name { get; }

    /// <summary>The k wanted pairs of each matrix of a stack.</summary>
    public abstract LanczosResult<T>[] TopK<T>(
        ReadOnlySpan<T> matrices, int n, int k, LanczosOptions options, IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The distribution of the eigenvalues of each matrix of a stack.</summary>
    public abstract SpectralQuadrature[] Density<T>(
        ReadOnlySpan<T> matrices, int n, SpectralDensityOptions options, IProgress<int>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The trace of each matrix of a stack.</summary>
    public abstract TraceEstimate[] Trace<T>(
        ReadOnlySpan<T> matrices, int n, TraceOptions options, IProgress<int>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>K_exact and eta*.</summary>
    public abstract IEdgeSearch Edge { get; }

    /// <summary>What batches of examples are asked; to be disposed of before the device.</summary>
    public abstract IDisposable Batches(ExampleDerivatives derivatives, out IBatchQuotients quotients);

    /// <summary>Work on the device's tensors.</summary>
    /// <param name="work">The work.</param>
    /// <param name="smaller">What the user may make smaller where the memory is short; null where there is nothing.</param>
    public abstract TResult Tensors<T, TResult>(ITensorWork<TResult> work, string? smaller)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Refuses a point of a model that the device has no memory for.</summary>
    public abstract void RequirePoint<T>(Model model, Loss loss, int examples, ModelPointOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    public abstract void Dispose();

    /// <summary>Work on the device's tensors, or on the CPU's where there is none.</summary>
    public static TResult TensorsOf<T, TResult>(ComputeDevice? device, int threads, ITensorWork<TResult> work)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => device is null ? work.On(new CpuTensorSpace<T>(threads)) : device.Tensors<T, TResult>(work, SmallerPoint);

    /// <summary>Where a result comes from: the device asked for, or the CPU where there is none.</summary>
    /// <param name="device">The device.</param>
    /// <param name="request">What the user asked for.</param>
    /// <param name="onCpu">What the CPU does beside a device.</param>
    public static Place PlaceOf(ComputeDevice? device, string request, string? onCpu = null)
        => new(device?.Name ?? Cpu, request != Cpu, device is null ? null : onCpu);

    /// <summary>
    /// The device asked for; null for the CPU. <c>auto</c> falls back to the CPU and says so on the standard error.
    /// </summary>
    public static ComputeDevice? Open(string request)
    {
        if (request == Cpu) return null;
        BadInputException.Unless(IsRequest(request), $"--device: found '{request}'; expected {Requests}");
        ComputeDevice? device = GpuBuild.Open(request, out string? why);
        if (device is not null) return device;
        BadInputException.Unless(request == "auto", $"--device: {why}");
        Console.Error.WriteLine($"hk: --device auto: computing on the CPU: {why}");
        return null;
    }

    /// <summary>What threads of this machine play, for tests of the kernels, is a device too; the help does not name it.</summary>
    private static bool IsRequest(string request)
    {
        string[] parts = request.Split(':');
        return request is "auto" or "emulator"
            || (parts[0] is "cuda" or "opencl" && (parts.Length == 1 || (parts.Length == 2 && parts[1].Length is > 0 and < 5 && parts[1].All(char.IsAsciiDigit))));
    }
}
