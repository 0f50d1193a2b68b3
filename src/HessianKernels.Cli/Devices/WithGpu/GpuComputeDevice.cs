using System.Numerics;
using HessianKernels.Gpu;
using HessianKernels.Gpu.Tensors;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;

namespace HessianKernels.Cli.Devices;

/// <summary>A GPU.</summary>
internal sealed class GpuComputeDevice(GpuContext gpu) : ComputeDevice
{
    private const string SmallerBatches = "number of examples";

    /// <summary>What makes the device slower than it could be; null where there is nothing.</summary>
    public string? Warning => gpu.WhyNoBlas;

    public override string Name => $"{gpu.Device.Request} ({gpu.Device.Name})";

    public override IEdgeSearch Edge => new Searches(this, gpu);

    public override LanczosResult<T>[] TopK<T>(
        ReadOnlySpan<T> matrices, int n, int k, LanczosOptions options, IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        => Of(matrices, n, options.Validate, "--basis or stack", matrix => GpuLanczos.TopKBatch(gpu, matrix, k, options, progress, cancellation));

    public override SpectralQuadrature[] Density<T>(
        ReadOnlySpan<T> matrices, int n, SpectralDensityOptions options, IProgress<int>? progress, CancellationToken cancellation)
        => Of(matrices, n, false, "--steps or stack", matrix => GpuSpectralDensity.Estimate(gpu, matrix, options, progress, cancellation));

    public override TraceEstimate[] Trace<T>(
        ReadOnlySpan<T> matrices, int n, TraceOptions options, IProgress<int>? progress, CancellationToken cancellation)
        => Of(matrices, n, false, "--products or stack", matrix => GpuTrace.Estimate(gpu, matrix, options, progress, cancellation));

    public override IDisposable Batches(ExampleDerivatives derivatives, out IBatchQuotients quotients)
    {
        DeviceBatches batches = Telling(SmallerBatches, () => new DeviceBatches(gpu, derivatives));
        quotients = new Quotients(this, batches);
        return batches;
    }

    public override TResult Tensors<T, TResult>(ITensorWork<TResult> work, string? smaller)
        => Telling(smaller, () => gpu.Attempt(() =>
        {
            using GpuTensorSpace<T> space = new(gpu);
            return work.On(space);
        }));

    public override void RequirePoint<T>(Model model, Loss loss, int examples, ModelPointOptions options)
        => Telling(SmallerPoint, () =>
        {
            using GpuTensorSpace<T> space = new(gpu);
            GpuModelPoint.ThrowIfShort(space, model, loss, examples, options);
            return space;
        });

    public override void Dispose() => gpu.Dispose();

    private TResult Of<T, TResult>(ReadOnlySpan<T> matrices, int n, bool validate, string smaller, Func<DeviceSymmetric<T>, TResult> work)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        try
        {
            using DeviceSymmetric<T> matrix = new(gpu, matrices, n, validate);
            return work(matrix);
        }
        catch (InvalidOperationException e) when (Told(e, smaller) is { } told)
        {
            throw told;
        }
    }

    /// <summary>Work on the device; where that is at fault the user is told what can be done about it.</summary>
    private TResult Telling<TResult>(string? smaller, Func<TResult> work)
    {
        try
        {
            return work();
        }
        catch (InvalidOperationException e) when (Told(e, smaller) is { } told)
        {
            throw told;
        }
    }

    private BadInputException? Told(InvalidOperationException e, string? smaller) => e switch
    {
        GpuMemoryException => new($"--device {gpu.Device.Request}: {e.Message} Use --device cpu{(smaller is null ? "" : $", or a smaller {smaller}")}", e),
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
            catch (InvalidOperationException e) when (device.Told(e, SmallerBatches) is { } told)
            {
                throw told;
            }
        }
    }

    private sealed class Searches(GpuComputeDevice device, GpuContext gpu) : IEdgeSearch
    {
        private readonly DeviceEdge _edge = new(gpu);

        public TopEigenvalue ExactNoise(
            FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions options, IProgress<LanczosProgress>? progress,
            CancellationToken cancellation)
            => Searching(() => _edge.ExactNoise(space, learningRate, sampling, options, progress, cancellation));

        public TopEigenvalue ExactNoiseWithMomentum(
            FunctionSpace space, double learningRate, BatchSampling sampling, double momentum, double weightDecay, SecondMomentOptions options,
            IProgress<LanczosProgress>? progress, CancellationToken cancellation)
            => Searching(() => _edge.ExactNoiseWithMomentum(space, learningRate, sampling, momentum, weightDecay, options, progress, cancellation));

        public CriticalLearningRate CriticalLearningRate(
            FunctionSpace space, BatchSampling sampling, SecondMomentOptions options, IProgress<LanczosProgress>? progress, CancellationToken cancellation)
            => Searching(() => _edge.CriticalLearningRate(space, sampling, options, progress, cancellation));

        private TResult Searching<TResult>(Func<TResult> search)
        {
            try
            {
                return device.Telling(SmallerBatches, search);
            }
            catch (ArgumentException e)
            {
                throw BadInputException.From($"--device {gpu.Device.Request}", e);
            }
        }
    }
}
