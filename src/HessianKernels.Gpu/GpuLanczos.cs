using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Kernels;
using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>
/// The top eigenpairs of operators on a device: <see cref="Lanczos"/>' own loop, on a <see cref="GpuSpace{T}"/>. Coefficients and decisions
/// stay on the device and are read every few steps.
/// </summary>
/// <remarks>
/// With <see cref="LanczosOptions.KeepCheckpoint"/> a run of one operator brings the vectors that a restart keeps to the host at each restart: a device that fails costs no
/// more than the products since the last one.
/// </remarks>
public static partial class GpuLanczos
{
    /// <summary>The k wanted eigenpairs of one operator.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="matrix">The operator, of batch 1.</param>
    /// <param name="k">Number of pairs, 1 to n.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <returns>The pairs with their evidence, on the host.</returns>
    /// <exception cref="ArgumentException">The batch is not 1, or a size or option is out of its range.</exception>
    /// <exception cref="GpuMemoryException">The run does not fit on the device; nothing was allocated.</exception>
    /// <exception cref="GpuDeviceLostException{T}">The device failed; what the host has of the run comes with it.</exception>
    public static LanczosResult<T> TopK<T>(
        GpuContext gpu, ILinearOperator<ArrayView<T>> matrix, int k, LanczosOptions? options = null, IProgress<LanczosProgress>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (matrix.Batch != 1) throw new ArgumentException($"Found operators of batch {matrix.Batch}; expected batch 1. Use TopKBatch.", nameof(matrix));
        return TopKBatch(gpu, matrix, k, options, progress, cancellation)[0];
    }

    /// <summary>The k wanted eigenpairs of each of a batch of operators, all in step.</summary>
    /// <inheritdoc cref="TopK" path="/param"/>
    /// <inheritdoc cref="TopK" path="/exception"/>
    /// <returns>A result for each operator.</returns>
    public static LanczosResult<T>[] TopKBatch<T>(
        GpuContext gpu, ILinearOperator<ArrayView<T>> matrix, int k, LanczosOptions? options = null, IProgress<LanczosProgress>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Run(gpu, matrix, k, options, default, null, progress, cancellation);

    /// <summary>
    /// Goes on with a run of one operator that ended early, here, on another device or on the CPU: on the same device with the bits of a run never interrupted.
    /// </summary>
    /// <param name="gpu">The device.</param>
    /// <param name="matrix">The same operator.</param>
    /// <param name="checkpoint">From <see cref="LanczosResult{T}.Checkpoint"/>, or <see cref="GpuDeviceLostException{T}.Checkpoint"/>.</param>
    /// <param name="options">The same options; limits and the tolerance may differ.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <returns>The pairs; the evidence counts from the first start.</returns>
    /// <exception cref="ArgumentException">The operator or the options do not fit the checkpoint; the message names both values.</exception>
    /// <exception cref="GpuMemoryException">The run does not fit on the device; nothing was allocated.</exception>
    /// <exception cref="GpuDeviceLostException{T}">The device failed.</exception>
    public static LanczosResult<T> Resume<T>(
        GpuContext gpu, ILinearOperator<ArrayView<T>> matrix, LanczosCheckpoint<T> checkpoint, LanczosOptions? options = null,
        IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return Run(gpu, matrix, checkpoint.Wanted, options, default, checkpoint, progress, cancellation)[0];
    }

    /// <summary>Bytes that a run takes on the device; the operator's own are not among them.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="k">Number of pairs of each.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="stride">The operators' stride; <see cref="GpuSpace{T}.Padded"/> where null, as of a single one.</param>
    public static long RequiredBytes<T>(int n, int k, int batch = 1, LanczosOptions? options = null, int? stride = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double epsilon = ElementType.Epsilon<T>();
        long elements = Lanczos.SpaceElements(n, batch, k, epsilon, options, stride ?? GpuSpace<T>.Padded(n));
        LanczosSettings settings = LanczosSettings.From(options, n, batch, k, epsilon, storeProducts: false);
        return elements * Interop.SizeOf<T>() + GpuSpace<T>.RequiredBytes(batch, n, settings.Basis, settings.Kept);
    }

    internal static LanczosResult<T>[] Run<T>(
        GpuContext gpu, ILinearOperator<ArrayView<T>> matrix, int k, LanczosOptions? options, ReadOnlySpan<double> start, LanczosCheckpoint<T>? from,
        IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(matrix);
        (int n, int batch) = (matrix.Length, matrix.Batch);
        int stride = GpuSpace<T>.StrideFor(matrix);
        long elements = Lanczos.SpaceElements(n, batch, k, ElementType.Epsilon<T>(), options, stride);
        LastCheckpoint<T>? saved = options?.KeepCheckpoint ?? false ? new() { Value = from } : null;
        try
        {
            gpu.ThrowIfShort(RequiredBytes<T>(n, k, batch, options, stride), $"A Lanczos run of {batch} x n = {n}, k = {k}");
            using GpuSpace<T> space = new(gpu, batch, n, stride: stride);
            using DeviceMemory<T> memory = new(gpu, elements, "A Lanczos basis");
            ArrayView<T> view = memory.View;
            if (from is not null)
                return [Lanczos.ResumeOn<T, ArrayView<T>, GpuSpace<T>, ILinearOperator<ArrayView<T>>>(space, matrix, view, from, options, progress, saved, cancellation)];
            if (!start.IsEmpty) space.Write(start, view);
            return Lanczos.TopKOn<T, ArrayView<T>, GpuSpace<T>, ILinearOperator<ArrayView<T>>>(
                space, matrix, view, k, options, !start.IsEmpty, progress, saved, cancellation);
        }
        catch (AcceleratorException fault)
        {
            throw Lost(gpu.Lose(fault));
        }
        catch (GpuDeviceLostException lost)
        {
            throw Lost(lost);
        }

        GpuDeviceLostException<T> Lost(GpuDeviceLostException lost) => new(lost.Device, saved?.Value, lost.InnerException!);
    }

    /// <summary>The last state that a run told of, on the host.</summary>
    private sealed class LastCheckpoint<T> : IProgress<LanczosCheckpoint<T>>
    {
        public LanczosCheckpoint<T>? Value { get; set; }

        public void Report(LanczosCheckpoint<T> value) => Value = value;
    }
}
