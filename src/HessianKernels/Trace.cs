using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;

namespace HessianKernels;

/// <summary>The trace of a symmetric matrix from products with it alone, by Hutchinson, Hutch++ or XTrace, with a standard error.</summary>
/// <example><code>
/// TraceEstimate trace = Trace.Estimate&lt;double&gt;(hessian, new() { Applications = 60, Seed = 1 })[0];
/// Console.WriteLine($"{trace.Value} +- {2 * trace.StandardError} from {trace.OperatorApplications} products");
/// </code></example>
public static partial class Trace
{
    /// <summary>Estimates <c>tr A_b</c> of each item. The equations stand at <see cref="TraceMethod"/>.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="matrix">A batch of symmetric operators.</param>
    /// <param name="options">Method, products, the error asked for, seed; the defaults where null.</param>
    /// <param name="progress">Told the number of products so far.</param>
    /// <param name="cancellation">Once there is a sample, cancelling gives the estimate so far with the status Cancelled.</param>
    /// <returns>One estimate a batch item, the same bits as the item gives alone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range, or the memory that they need is more than one array holds.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was a sample.</exception>
    public static TraceEstimate[] Estimate<T>(
        ILinearOperator<Span<T>> matrix, TraceOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrix);
        options ??= TraceOptions.Default;
        options.Check();
        CpuSpace<T> space = new(matrix.Batch, matrix.Length, options.Threads);
        T[] memory = Workspace.Allocate<T>(TraceLayout.Elements(options, matrix.Length, matrix.Length, matrix.Batch, 1));
        return EstimateOn<Span<T>, CpuSpace<T>, ILinearOperator<Span<T>>>(space, matrix, memory, options, progress, cancellation);
    }

    /// <summary>The same for a stack of dense symmetric matrices: for trying the methods out, since their traces can be read off.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="matrices"><c>[batch, n, n]</c>, row-major; only read.</param>
    /// <param name="n">Order of each matrix.</param>
    /// <param name="options">Method, products, the error asked for, seed; the defaults where null.</param>
    /// <param name="progress">Told the number of products so far.</param>
    /// <param name="cancellation">Once there is a sample, cancelling gives the estimate so far with the status Cancelled.</param>
    /// <returns>One estimate a matrix.</returns>
    /// <exception cref="ArgumentException">The memory does not hold a whole number of n x n matrices.</exception>
    public static TraceEstimate[] Estimate<T>(
        ReadOnlyMemory<T> matrices, int n, TraceOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Estimate(new DenseSymmetric<T>(matrices, n, options?.Threads ?? 0), options, progress, cancellation);

    /// <summary>
    /// Bytes that an estimate takes: two vectors an item for Hutchinson, a third of the products (Hutch++) or half of them (XTrace) more for the range. Where a standard
    /// error is asked for, the products are <see cref="TraceOptions.MaximumApplications"/>.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="length">n.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="options">The defaults where null.</param>
    public static long RequiredBytes<T>(int length, int batch = 1, TraceOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options ??= TraceOptions.Default;
        options.Check();
        return Workspace.Bytes<T>(TraceLayout.Elements(options, length, length, batch, 1), TraceLayout.HostDoubles(options, length, batch));
    }
}
