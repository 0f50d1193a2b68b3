using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Operators;

namespace HessianKernels;

/// <summary>
/// The top eigenpairs of symmetric operators with proof of how good each is: thick-restart Lanczos with Kahan-Parlett orthogonalisation, on the CPU.
/// </summary>
/// <remarks>
/// <c>TopK</c> is for one operator, <c>TopKBatch</c> for many different ones of one order. Each comes for a dense matrix in a span, for an
/// <see cref="Spaces.ILinearOperator{TView}"/> and for a callback; each returns arrays, or fills the caller's spans and then allocates nothing.
/// For every pair an eigenvalue lies within <c>EnclosureRadii</c> of <c>Eigenvalues</c> (Parlett, The Symmetric Eigenvalue Problem, 4.5); not
/// converging is a status, and the result still carries what was found. Same seed, same bits: with any thread count, and alone as in a batch.
/// Cost: one product, and about 4 n m flops with a basis of m vectors, a step.
/// </remarks>
public static unsafe partial class Lanczos
{
    /// <summary>The k wanted eigenpairs of a dense symmetric matrix.</summary>
    /// <param name="matrix">A, <c>[n, n]</c>, stored whole, row-major.</param>
    /// <param name="n">Order of the matrix, at least 1.</param>
    /// <param name="k">Number of pairs, 1 to n.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="warmStart">Earlier eigenvectors to start from, <c>[any count, n]</c>; empty for a random start.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two steps; what was found is returned.</param>
    /// <returns>The pairs with their evidence.</returns>
    /// <exception cref="ArgumentException">A is not n x n, holds a NaN or an infinity, or is not symmetric; a size or option is out of its range. The message says what was found and what was expected.</exception>
    public static LanczosResult<T> TopK<T>(
        ReadOnlySpan<T> matrix, int n, int k, LanczosOptions? options = null, ReadOnlySpan<T> warmStart = default,
        IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfNotOne<T>(matrix.Length, n);
        return Fresh(matrix, n, k, options, warmStart, null, progress, cancellation);
    }

    /// <summary>The k wanted eigenpairs of a dense symmetric matrix, into the caller's spans and with the caller's workspace: allocates nothing.</summary>
    /// <param name="matrix">A, <c>[n, n]</c>, stored whole, row-major.</param>
    /// <param name="n">Order of the matrix, at least 1.</param>
    /// <param name="k">Number of pairs, 1 to n.</param>
    /// <param name="destination">Where the pairs go; must not overlap <paramref name="matrix"/>. Written only once the run is over.</param>
    /// <param name="workspace">From <see cref="LanczosWorkspace{T}.ForMatrix"/> with the same n, k and options.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="warmStart">Earlier eigenvectors to start from, <c>[any count, n]</c>; empty for a random start.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two steps; what was found is returned.</param>
    /// <returns>The evidence.</returns>
    /// <exception cref="ArgumentException">As the overload that returns arrays; or a span is too short, overlaps the matrix, or the workspace is another run's.</exception>
    public static LanczosEvidence TopK<T>(
        ReadOnlySpan<T> matrix, int n, int k, Eigenpairs<T> destination, LanczosWorkspace<T> workspace, LanczosOptions? options = null,
        ReadOnlySpan<T> warmStart = default, IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfNotOne<T>(matrix.Length, n);
        return Into(matrix, n, k, destination, workspace, options, warmStart, null, keep: false, progress, cancellation, out _);
    }

    /// <summary>Goes on with a run of a dense matrix that ended early; the end is bit for bit that of a run never interrupted.</summary>
    /// <param name="matrix">The same A, <c>[n, n]</c>.</param>
    /// <param name="checkpoint">From <see cref="LanczosResult{T}.Checkpoint"/>.</param>
    /// <param name="options">The same options; limits, threads and the tolerance may differ.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two steps; what was found is returned.</param>
    /// <returns>The pairs; the evidence counts from the first start.</returns>
    /// <exception cref="ArgumentException">The matrix or the options do not fit the checkpoint; the message names both values.</exception>
    public static LanczosResult<T> Resume<T>(
        ReadOnlySpan<T> matrix, LanczosCheckpoint<T> checkpoint, LanczosOptions? options = null, IProgress<LanczosProgress>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ThrowIfNotOne<T>(matrix.Length, checkpoint.Length);
        return Fresh(matrix, checkpoint.Length, checkpoint.Wanted, options, default, checkpoint, progress, cancellation);
    }

    private static LanczosResult<T> Fresh<T>(
        ReadOnlySpan<T> matrix, int n, int k, LanczosOptions? options, ReadOnlySpan<T> warmStart, LanczosCheckpoint<T>? from,
        IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        LanczosWorkspace<T> workspace = LanczosWorkspace<T>.ForMatrix(n, k, options);
        LanczosResult<T> result = new(k, n);
        bool keep = options?.KeepCheckpoint ?? false;
        result.Evidence = Into(
            matrix, n, k, Spans(result), workspace, options, warmStart, from, keep, progress, cancellation, out LanczosCheckpoint<T>? checkpoint);
        result.Checkpoint = checkpoint;
        return result;
    }

    private static LanczosEvidence Into<T>(
        ReadOnlySpan<T> matrix, int n, int k, Eigenpairs<T> destination, LanczosWorkspace<T> workspace, LanczosOptions? options,
        ReadOnlySpan<T> warmStart, LanczosCheckpoint<T>? from, bool keep, IProgress<LanczosProgress>? progress, CancellationToken cancellation,
        out LanczosCheckpoint<T>? checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(workspace);
        LanczosSettings settings = LanczosSettings.From(options, n, 1, k, ElementType.Epsilon<T>(), storeProducts: true);
        workspace.ThrowIfOther(settings);
        destination.ThrowIfTooShort(1, k, n);
        ThrowIfOverlapping(matrix, destination.Vectors);
        ThrowIfNotVectors(warmStart, n);
        options ??= LanczosOptions.Default;
        if (options.Validate) DenseSymmetric.Validate(matrix, n, nameof(matrix), threads: options.Threads);
        int threads = ThreadsOf(options);
        from?.ThrowIfOther(settings);
        fixed (T* a = matrix)
        {
            PinnedSymmetric<T> symmetric = new(a, n, threads);
            return Solve(symmetric, settings, threads, workspace, 0, destination, Begin(warmStart), warmStart, from, keep, progress, cancellation, out checkpoint);
        }
    }

    private static LanczosStart Begin<T>(ReadOnlySpan<T> warmStart) => warmStart.IsEmpty ? LanczosStart.Random : LanczosStart.Callers;

    private static Eigenpairs<T> Spans<T>(LanczosResult<T> result)
        => new(result.Eigenvalues, result.Eigenvectors, result.ResidualNorms, result.EnclosureRadii, result.Converged);

    private static int ThreadsOf(LanczosOptions options) => options.Threads == 0 ? Environment.ProcessorCount : options.Threads;

    private static void ThrowIfNotOne<T>(int elements, int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int batch = DenseSymmetric<T>.BatchOf(elements, n, "matrix");
        if (batch != 1)
            throw new ArgumentException($"Found {elements} elements, {batch} matrices of {n} x {n}; expected one. Use TopKBatch for a stack.", "matrix");
    }

    private static void ThrowIfOverlapping<T>(ReadOnlySpan<T> matrix, Span<T> vectors)
    {
        if (matrix.Overlaps(vectors, out int offset))
            throw new ArgumentException(
                $"The span for eigenvectors overlaps the matrix: it starts {offset} elements after the matrix's first. They must be apart.", "destination");
    }

    private static void ThrowIfNotVectors<T>(ReadOnlySpan<T> warmStart, int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (warmStart.Length % n != 0)
            throw new ArgumentException($"Found {warmStart.Length} elements; expected whole vectors of n = {n}.", nameof(warmStart));
        for (int i = 0; i < warmStart.Length; i++)
            if (!T.IsFinite(warmStart[i]))
                throw new ArgumentException($"Found {warmStart[i]} in vector {i / n}, element {i % n}; expected finite numbers.", nameof(warmStart));
    }
}
