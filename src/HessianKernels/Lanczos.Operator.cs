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
        LanczosWorkspace<T> workspace = LanczosWorkspace<T>.ForOperator(matrix.Length, k, options);
        LanczosResult<T> result = new(k, matrix.Length);
        result.Evidence = TopK(matrix, k, Spans(result), workspace, options, warmStart, progress, cancellation);
        return result;
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
        ArgumentNullException.ThrowIfNull(workspace);
        LanczosSettings settings = LanczosSettings.From(options, matrix.Length, 1, k, ElementType.Epsilon<T>(), storeProducts: false);
        workspace.ThrowIfOther(settings);
        destination.ThrowIfTooShort(1, k, matrix.Length);
        ThrowIfNotVectors(warmStart, matrix.Length);
        return Solve(
            matrix, settings, ThreadsOf(options ?? LanczosOptions.Default), workspace, 0, destination, warmStart, progress, cancellation);
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
