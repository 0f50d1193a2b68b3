using System.Numerics;
using HessianKernels.Gpu;
using HessianKernels.Krylov;

namespace HessianKernels.Cli.Devices;

/// <summary>A GPU.</summary>
internal sealed class GpuComputeDevice(GpuContext gpu) : ComputeDevice
{
    public override string Name => $"{gpu.Device.Request} ({gpu.Device.Name})";

    public override LanczosResult<T>[] TopK<T>(
        ReadOnlySpan<T> matrices, int n, int k, LanczosOptions options, IProgress<LanczosProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            using DeviceSymmetric<T> matrix = new(gpu, matrices, n, options.Validate);
            return GpuLanczos.TopKBatch(gpu, matrix, k, options, progress, cancellation);
        }
        catch (GpuMemoryException e)
        {
            throw new BadInputException($"--device {gpu.Device.Request}: {e.Message}; use --device cpu, or a smaller --basis or stack", e);
        }
    }

    public override void Dispose() => gpu.Dispose();
}
