using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>Symmetric positive definite systems on a device: <see cref="ConjugateGradients"/>' own iteration, on a <see cref="GpuSpace{T}"/>.</summary>
public static class GpuConjugateGradients
{
    /// <summary>Solves <c>A_b x_b = b_b</c> for each item; b and x lie on the host.</summary>
    /// <remarks>Step lengths and ends are decided on the device; the host reads what they were decided by every 8 iterations.</remarks>
    /// <param name="gpu">The device.</param>
    /// <param name="matrix">A batch of symmetric operators, positive definite; one that is not is found out where a direction shows it.</param>
    /// <param name="rightHandSide">b, <c>[Batch, n]</c>; not changed.</param>
    /// <param name="solution">x, <c>[Batch, n]</c>; on entry the guess, where the options say so.</param>
    /// <param name="options">Tolerances, limits; the defaults where null.</param>
    /// <param name="preconditioner">M, about A^-1, symmetric positive definite, on the same device; none where null.</param>
    /// <param name="progress">Told the number of iterations so far.</param>
    /// <param name="cancellation">Ends the run with the iterate so far and the status Cancelled.</param>
    /// <returns>The evidence, one a batch item; x and it have the bits that the item gives alone.</returns>
    /// <exception cref="ArgumentException">A length differs from Batch n, or an option is out of its range.</exception>
    /// <exception cref="GpuMemoryException">The run does not fit on the device; nothing was allocated.</exception>
    /// <exception cref="GpuDeviceLostException">The device failed; x is as it was on entry.</exception>
    public static ConjugateGradientsEvidence[] Solve<T>(
        GpuContext gpu, ILinearOperator<ArrayView<T>> matrix, ReadOnlySpan<T> rightHandSide, Span<T> solution, ConjugateGradientsOptions? options = null,
        ILinearOperator<ArrayView<T>>? preconditioner = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(matrix);
        (int n, int batch) = (matrix.Length, matrix.Batch);
        long size = (long)batch * n;
        ThrowIfLengthIsNot(size, rightHandSide.Length, nameof(rightHandSide), batch, n);
        ThrowIfLengthIsNot(size, solution.Length, nameof(solution), batch, n);
        bool guessed = (options ?? ConjugateGradientsOptions.Default).StartFromSolution;
        int stride = GpuSpace<T>.StrideFor(matrix);
        gpu.ThrowIfShort(RequiredBytes<T>(n, batch, preconditioner is not null, stride), $"A solution of {batch} systems of n = {n}");
        try
        {
            using GpuSpace<T> space = new(gpu, batch, n, stride: stride);
            using DeviceMemory<T> b = new(gpu, (long)batch * stride, "Right-hand sides"), x = new(gpu, (long)batch * stride, "Solutions");
            using DeviceMemory<T> memory = new(
                gpu, ConjugateGradients.SpaceElements(n, batch, preconditioner is not null, space.ReadInterval, stride), "The vectors of conjugate gradients");
            gpu.UploadRows(rightHandSide, n, b.View, stride);
            if (guessed) gpu.UploadRows((ReadOnlySpan<T>)solution, n, x.View, stride);
            ConjugateGradientsEvidence[] evidence = ConjugateGradients.SolveOn(
                space, matrix, memory.View, b.View, x.View, options, preconditioner, progress, cancellation);
            gpu.DownloadRows(x.View, stride, solution, n);
            return evidence;
        }
        catch (AcceleratorException fault)
        {
            throw gpu.Lose(fault);
        }
    }

    /// <summary>Bytes that a solution takes on the device; the operators' own are not among them.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="batch">Number of systems.</param>
    /// <param name="preconditioned">Whether there is a preconditioner.</param>
    /// <param name="stride">The operators' stride; <see cref="GpuSpace{T}.Padded"/> where null, as of a single one.</param>
    public static long RequiredBytes<T>(int n, int batch = 1, bool preconditioned = false, int? stride = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int apart = stride ?? GpuSpace<T>.Padded(n);
        long elements = ConjugateGradients.SpaceElements(n, batch, preconditioned, GpuSpace<T>.StepsARead, apart) + 2L * batch * apart;
        return elements * Interop.SizeOf<T>() + GpuSpace<T>.RequiredBytes(batch, n, combined: 1);
    }

    private static void ThrowIfLengthIsNot(long expected, int found, string name, int batch, int n)
    {
        if (found != expected) throw new ArgumentException($"Found {found} elements; expected {expected} = [{batch}, {n}].", name);
    }
}
