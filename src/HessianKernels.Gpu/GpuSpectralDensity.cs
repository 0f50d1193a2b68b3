using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Spaces;
using ILGPU;

namespace HessianKernels.Gpu;

/// <summary>
/// The distribution of eigenvalues of operators on a device: <see cref="SpectralDensity"/>'s own quadrature, on a <see cref="GpuSpace{T}"/>, from the CPU's probes.
/// </summary>
public static class GpuSpectralDensity
{
    /// <summary>Runs Lanczos from each probe and keeps its Gauss rule, as <see cref="SpectralDensity"/>.</summary>
    /// <remarks>The host reads T's coefficients every 8 steps, and at the end of a probe.</remarks>
    /// <param name="gpu">The device.</param>
    /// <param name="matrix">A batch of symmetric operators.</param>
    /// <param name="options">Probes, steps, seed; the defaults where null.</param>
    /// <param name="progress">Told the number of products enqueued so far.</param>
    /// <param name="cancellation">Once a probe is finished, cancelling gives the finished ones with the status Cancelled.</param>
    /// <returns>One result a batch item, the same bits as the item gives alone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="GpuMemoryException">The run does not fit on the device; nothing was allocated.</exception>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first probe was finished.</exception>
    public static SpectralQuadrature[] Estimate<T>(
        GpuContext gpu, ILinearOperator<ArrayView<T>> matrix, SpectralDensityOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(matrix);
        (int n, int batch) = (matrix.Length, matrix.Batch);
        int stride = GpuSpace<T>.StrideFor(matrix);
        gpu.ThrowIfShort(RequiredBytes<T>(n, batch, options, stride), $"A spectral density of {batch} x n = {n}");
        return gpu.Attempt(() =>
        {
            using GpuSpace<T> space = new(gpu, batch, n, stride: stride);
            using DeviceMemory<T> memory = new(gpu, SpectralDensity.SpaceElements(n, batch, options, stride), "The vectors of a spectral density");
            return SpectralDensity.EstimateOn(space, matrix, memory.View, options, progress, cancellation);
        });
    }

    /// <summary>Bytes that an estimate takes on the device; the operator's own are not among them.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="options">The defaults where null.</param>
    /// <param name="stride">The operators' stride; <see cref="GpuSpace{T}.Padded"/> where null, as of a single one.</param>
    public static long RequiredBytes<T>(int n, int batch = 1, SpectralDensityOptions? options = null, int? stride = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options ??= SpectralDensityOptions.Default;
        return SpectralDensity.SpaceElements(n, batch, options, stride ?? GpuSpace<T>.Padded(n)) * Interop.SizeOf<T>() + GpuSpace<T>.RequiredBytes(batch, n, Math.Min(options.Steps, n));
    }
}
