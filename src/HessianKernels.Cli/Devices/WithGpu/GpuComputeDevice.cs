using System.Numerics;
using HessianKernels.Gpu;
using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;

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
        catch (InvalidOperationException e) when (Told(e, "--basis or stack") is { } told)
        {
            throw told;
        }
    }

    public override SpectralQuadrature[] Density<T>(
        ReadOnlySpan<T> matrices, int n, SpectralDensityOptions options, IProgress<int>? progress, CancellationToken cancellation)
    {
        try
        {
            using DeviceSymmetric<T> matrix = new(gpu, matrices, n, validate: false);
            return GpuSpectralDensity.Estimate(gpu, matrix, options, progress, cancellation);
        }
        catch (InvalidOperationException e) when (Told(e, "--steps or stack") is { } told)
        {
            throw told;
        }
    }

    public override TraceEstimate[] Trace<T>(
        ReadOnlySpan<T> matrices, int n, TraceOptions options, IProgress<int>? progress, CancellationToken cancellation)
    {
        try
        {
            using DeviceSymmetric<T> matrix = new(gpu, matrices, n, validate: false);
            return GpuTrace.Estimate(gpu, matrix, options, progress, cancellation);
        }
        catch (InvalidOperationException e) when (Told(e, "--products or stack") is { } told)
        {
            throw told;
        }
    }

    public override IEdgeSearch Edge => new Searches(gpu);

    public override IDisposable Batches(ExampleDerivatives derivatives, out IBatchQuotients quotients)
    {
        try
        {
            DeviceBatches batches = new(gpu, derivatives);
            quotients = new Quotients(this, batches);
            return batches;
        }
        catch (InvalidOperationException e) when (Told(e, "number of examples") is { } told)
        {
            throw told;
        }
    }

    public override void Dispose() => gpu.Dispose();

    /// <summary>What the user can do about it, where the device is at fault.</summary>
    private BadInputException? Told(InvalidOperationException e, string smaller) => e switch
    {
        GpuMemoryException => new($"--device {gpu.Device.Request}: {e.Message} Use --device cpu, or a smaller {smaller}", e),
        GpuDeviceLostException => new($"--device {gpu.Device.Request}: {e.Message}", e),
        _ => null,
    };

    private sealed class Quotients(GpuComputeDevice device, DeviceBatches batches) : IBatchQuotients
    {
        public ExampleDerivatives Derivatives => batches.Derivatives;

        public int Compute(
            ReadOnlySpan<int> draws, ReadOnlySpan<int> starts, int batchSize, Span<double> quotients, Span<double> eigenvalues, ulong seed,
            CancellationToken cancellation)
        {
            try
            {
                return batches.Compute(draws, starts, batchSize, quotients, eigenvalues, seed, cancellation);
            }
            catch (InvalidOperationException e) when (device.Told(e, "number of examples") is { } told)
            {
                throw told;
            }
        }
    }

    private sealed class Searches(GpuContext gpu) : IEdgeSearch
    {
        private readonly DeviceEdge _edge = new(gpu);

        public TopEigenvalue ExactNoise(
            FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions options, IProgress<LanczosProgress>? progress,
            CancellationToken cancellation)
            => Searching(() => _edge.ExactNoise(space, learningRate, sampling, options, progress, cancellation));

        public CriticalLearningRate CriticalLearningRate(
            FunctionSpace space, BatchSampling sampling, SecondMomentOptions options, IProgress<LanczosProgress>? progress, CancellationToken cancellation)
            => Searching(() => _edge.CriticalLearningRate(space, sampling, options, progress, cancellation));

        private TResult Searching<TResult>(Func<TResult> search)
        {
            try
            {
                return search();
            }
            catch (ArgumentException e)
            {
                throw BadInputException.From($"--device {gpu.Device.Request}", e);
            }
            catch (InvalidOperationException e) when (e is GpuMemoryException or GpuDeviceLostException)
            {
                throw new BadInputException($"--device {gpu.Device.Request}: {e.Message} Use --device cpu", e);
            }
        }
    }
}
