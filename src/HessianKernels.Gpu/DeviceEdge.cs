using HessianKernels.Krylov;
using HessianKernels.SecondMoment;

namespace HessianKernels.Gpu;

/// <summary>
/// K_exact and eta* on a device for <see cref="StochasticEdge"/>, which does all the rest on the CPU: give it as <see cref="StochasticEdgeOptions.Searches"/>.
/// </summary>
/// <param name="gpu">The device.</param>
/// <example><code>
/// StochasticEdgeReport report = StochasticEdge.Analyze(set, learningRate, batchSize, new() { Searches = new DeviceEdge(gpu) });
/// </code></example>
public sealed class DeviceEdge(GpuContext gpu) : IEdgeSearch
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An example's factor has more than 64 rows.</exception>
    /// <exception cref="GpuMemoryException">It does not fit on the device.</exception>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    public TopEigenvalue ExactNoise(
        FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions options, IProgress<LanczosProgress>? progress,
        CancellationToken cancellation)
        => DeviceSecondMoment.ExactNoise(gpu, space, learningRate, sampling, options, progress, cancellation);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An example's factor has more than 64 rows.</exception>
    /// <exception cref="GpuMemoryException">It does not fit on the device.</exception>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    public TopEigenvalue ExactNoiseWithMomentum(
        FunctionSpace space, double learningRate, BatchSampling sampling, double momentum, double weightDecay, SecondMomentOptions options,
        IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        => DeviceSecondMoment.ExactNoiseWithMomentum(gpu, space, learningRate, sampling, momentum, weightDecay, options, progress, cancellation);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An example's factor has more than 64 rows.</exception>
    /// <exception cref="GpuMemoryException">It does not fit on the device.</exception>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    public CriticalLearningRate CriticalLearningRate(
        FunctionSpace space, BatchSampling sampling, SecondMomentOptions options, IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        => DeviceSecondMoment.CriticalLearningRate(gpu, space, sampling, options, progress, cancellation);
}
