using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Spaces;
using ILGPU;

namespace HessianKernels.Gpu;

/// <summary>The trace of operators on a device: <see cref="Trace"/>'s own methods, on a <see cref="GpuSpace{T}"/>, with the CPU's random vectors.</summary>
public static class GpuTrace
{
    /// <summary>Estimates <c>tr A_b</c> of each item. The equations stand at <see cref="TraceMethod"/>.</summary>
    /// <remarks>The host reads once for the samples of 8 probes.</remarks>
    /// <param name="gpu">The device.</param>
    /// <param name="matrix">A batch of symmetric operators.</param>
    /// <param name="options">Method, products, the error asked for, seed; the defaults where null.</param>
    /// <param name="progress">Told the number of products enqueued so far.</param>
    /// <param name="cancellation">Once there is a sample, cancelling gives the estimate so far with the status Cancelled.</param>
    /// <returns>One estimate a batch item, the same bits as the item gives alone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="GpuMemoryException">The run does not fit on the device; nothing was allocated.</exception>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was a sample.</exception>
    public static TraceEstimate[] Estimate<T>(
        GpuContext gpu, ILinearOperator<ArrayView<T>> matrix, TraceOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(matrix);
        (int n, int batch) = (matrix.Length, matrix.Batch);
        int stride = GpuSpace<T>.StrideFor(matrix);
        gpu.ThrowIfShort(RequiredBytes<T>(n, batch, options, stride), $"A trace estimate of {batch} x n = {n}");
        return gpu.Attempt(() =>
        {
            using GpuSpace<T> space = new(gpu, batch, n, stride: stride);
            using DeviceMemory<T> memory = new(gpu, Trace.SpaceElements(n, batch, options, space.ReadInterval, stride), "The vectors of a trace estimate");
            return Trace.EstimateOn(space, matrix, memory.View, options, progress, cancellation);
        });
    }

    /// <summary>Bytes that an estimate takes on the device; the operator's own are not among them.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="options">The defaults where null.</param>
    /// <param name="stride">The operators' stride; <see cref="GpuSpace{T}.Padded"/> where null, as of a single one.</param>
    public static long RequiredBytes<T>(int n, int batch = 1, TraceOptions? options = null, int? stride = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options ??= TraceOptions.Default;
        int basis = TraceLayout.Basis(options, n);
        return Trace.SpaceElements(n, batch, options, GpuSpace<T>.StepsARead, stride ?? GpuSpace<T>.Padded(n)) * Interop.SizeOf<T>() + GpuSpace<T>.RequiredBytes(batch, n, basis);
    }
}
