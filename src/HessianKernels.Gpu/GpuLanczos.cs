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
        => Run(gpu, matrix, k, options, default, progress, cancellation);

    /// <summary>Bytes that a run takes on the device; the operator's own are not among them.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="k">Number of pairs of each.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="options">The options of the run.</param>
    public static long RequiredBytes<T>(int n, int k, int batch = 1, LanczosOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Lanczos.SpaceElements(n, batch, k, ElementType.Epsilon<T>(), options) * Interop.SizeOf<T>() + GpuSpace<T>.RequiredBytes(batch, n);

    internal static LanczosResult<T>[] Run<T>(
        GpuContext gpu, ILinearOperator<ArrayView<T>> matrix, int k, LanczosOptions? options, ReadOnlySpan<double> start,
        IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(matrix);
        (int n, int batch) = (matrix.Length, matrix.Batch);
        long elements = Lanczos.SpaceElements(n, batch, k, ElementType.Epsilon<T>(), options);
        gpu.ThrowIfShort(RequiredBytes<T>(n, k, batch, options), $"A Lanczos run of {batch} x n = {n}, k = {k}");
        using GpuSpace<T> space = new(gpu, batch, n);
        MemoryBuffer1D<T, Stride1D.Dense> memory = gpu.Allocate<T>(elements, "A Lanczos basis");
        try
        {
            ArrayView<T> view = memory.View;
            if (!start.IsEmpty) space.Write(start, view);
            return Lanczos.TopKOn<T, ArrayView<T>, GpuSpace<T>, ILinearOperator<ArrayView<T>>>(
                space, matrix, view, k, options, !start.IsEmpty, progress, cancellation);
        }
        finally
        {
            gpu.Release(memory);
        }
    }
}
