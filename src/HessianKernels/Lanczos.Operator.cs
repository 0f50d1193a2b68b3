using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;

namespace HessianKernels;

public static unsafe partial class Lanczos
{
    /// <summary>The k wanted eigenpairs of a symmetric operator given by its products.</summary>
    /// <param name="matrix">The operator, of batch 1.</param>
    /// <param name="k">Number of pairs, 1 to n.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="warmStart">Earlier eigenvectors to start from, <c>[any count, n]</c>; empty for a random start.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <returns>The pairs with their evidence.</returns>
    /// <exception cref="ArgumentException">The batch is not 1, or a size or option is out of its range. What the operator throws passes through.</exception>
    public static LanczosResult<T> TopK<T>(
        ILinearOperator<Span<T>> matrix, int k, LanczosOptions? options = null, ReadOnlySpan<T> warmStart = default,
        IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfNotOne(matrix);
        return Fresh(matrix, k, options, warmStart, null, progress, cancellation);
    }

    /// <summary>
    /// The k wanted eigenpairs of a symmetric operator, into the caller's spans and with the caller's workspace: allocates nothing but what the operator does.
    /// </summary>
    /// <param name="matrix">The operator, of batch 1.</param>
    /// <param name="k">Number of pairs, 1 to n.</param>
    /// <param name="destination">Where the pairs go. Written only once the run is over.</param>
    /// <param name="workspace">From <see cref="LanczosWorkspace{T}.ForOperator"/> with the same n, k and options.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="warmStart">Earlier eigenvectors to start from, <c>[any count, n]</c>; empty for a random start.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <returns>The evidence.</returns>
    /// <exception cref="ArgumentException">As the overload that returns arrays; or a span is too short, or the workspace is another run's.</exception>
    public static LanczosEvidence TopK<T>(
        ILinearOperator<Span<T>> matrix, int k, Eigenpairs<T> destination, LanczosWorkspace<T> workspace, LanczosOptions? options = null,
        ReadOnlySpan<T> warmStart = default, IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfNotOne(matrix);
        return Into(matrix, k, destination, workspace, options, warmStart, null, keep: false, progress, cancellation, out _);
    }

    /// <summary>Goes on with a run of an operator that ended early; the end is bit for bit that of a run never interrupted.</summary>
    /// <param name="matrix">The same operator.</param>
    /// <param name="checkpoint">From <see cref="LanczosResult{T}.Checkpoint"/>.</param>
    /// <param name="options">The same options; limits, threads and the tolerance may differ.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <returns>The pairs; the evidence counts from the first start.</returns>
    /// <exception cref="ArgumentException">The operator or the options do not fit the checkpoint; the message names both values.</exception>
    public static LanczosResult<T> Resume<T>(
        ILinearOperator<Span<T>> matrix, LanczosCheckpoint<T> checkpoint, LanczosOptions? options = null, IProgress<LanczosProgress>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfNotOne(matrix);
        ArgumentNullException.ThrowIfNull(checkpoint);
        return Fresh(matrix, checkpoint.Wanted, options, default, checkpoint, progress, cancellation);
    }

    private static LanczosResult<T> Fresh<T>(
        ILinearOperator<Span<T>> matrix, int k, LanczosOptions? options, ReadOnlySpan<T> warmStart, LanczosCheckpoint<T>? from,
        IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        LanczosWorkspace<T> workspace = LanczosWorkspace<T>.ForOperator(matrix.Length, k, options);
        LanczosResult<T> result = new(k, matrix.Length);
        bool keep = options?.KeepCheckpoint ?? false;
        result.Evidence = Into(
            matrix, k, Spans(result), workspace, options, warmStart, from, keep, progress, cancellation, out LanczosCheckpoint<T>? checkpoint);
        result.Checkpoint = checkpoint;
        return result;
    }

    private static LanczosEvidence Into<T>(
        ILinearOperator<Span<T>> matrix, int k, Eigenpairs<T> destination, LanczosWorkspace<T> workspace, LanczosOptions? options,
        ReadOnlySpan<T> warmStart, LanczosCheckpoint<T>? from, bool keep, IProgress<LanczosProgress>? progress, CancellationToken cancellation,
        out LanczosCheckpoint<T>? checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(workspace);
        LanczosSettings settings = LanczosSettings.From(options, matrix.Length, 1, k, ElementType.Epsilon<T>(), storeProducts: false);
        workspace.ThrowIfOther(settings);
        destination.ThrowIfTooShort(1, k, matrix.Length);
        ThrowIfNotVectors(warmStart, matrix.Length);
        from?.ThrowIfOther(settings);
        int threads = ThreadsOf(options ?? LanczosOptions.Default);
        return Solve(matrix, settings, threads, workspace, 0, destination, Begin(warmStart), warmStart, from, keep, progress, cancellation, out checkpoint);
    }

    /// <summary>The k wanted eigenpairs of a symmetric operator given by a callback.</summary>
    /// <param name="apply">Puts A v into its second argument: <c>(v, av) => ...</c>. What it throws passes through.</param>
    /// <param name="n">Order of the operator, at least 1.</param>
    /// <param name="k">Number of pairs, 1 to n.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="warmStart">Earlier eigenvectors to start from, <c>[any count, n]</c>; empty for a random start.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <returns>The pairs with their evidence.</returns>
    /// <exception cref="ArgumentException">A size or option is out of its range.</exception>
    public static LanczosResult<T> TopK<T>(
        OperatorCallback<T> apply, int n, int k, LanczosOptions? options = null, ReadOnlySpan<T> warmStart = default,
        IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => TopK(new CallbackOperator<T>(n, apply), k, options, warmStart, progress, cancellation);

    private static void ThrowIfNotOne<T>(ILinearOperator<Span<T>> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (matrix.Batch != 1)
            throw new ArgumentException($"Found an operator of batch {matrix.Batch}; expected batch 1. Use TopKBatch.", nameof(matrix));
    }
}
