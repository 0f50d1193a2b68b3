using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;

namespace HessianKernels;

public static unsafe partial class Lanczos
{
    /// <summary>The k wanted eigenpairs of each of a stack of dense symmetric matrices.</summary>
    /// <remarks>Matrices are solved one at a time in the cache, several at once on different threads; each answer has the bits it has alone.</remarks>
    /// <param name="matrices">The matrices, <c>[batch, n, n]</c>, stored whole, row-major.</param>
    /// <param name="n">Order of each matrix, at least 1.</param>
    /// <param name="k">Number of pairs of each, 1 to n.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="progress">Told when an item is finished, from the thread that finished it.</param>
    /// <param name="cancellation">Ends the run; items not begun are returned with nothing found.</param>
    /// <returns>A result for each matrix.</returns>
    /// <exception cref="ArgumentException">As <see cref="TopK{T}(ReadOnlySpan{T}, int, int, LanczosOptions?, ReadOnlySpan{T}, IProgress{LanczosProgress}?, CancellationToken)"/>; the message names the matrix.</exception>
    public static LanczosResult<T>[] TopKBatch<T>(
        ReadOnlySpan<T> matrices, int n, int k, LanczosOptions? options = null, IProgress<LanczosProgress>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int batch = DenseSymmetric<T>.BatchOf(matrices.Length, n, nameof(matrices));
        LanczosSettings settings = LanczosSettings.From(options, n, 1, k, ElementType.Epsilon<T>(), storeProducts: true);
        options ??= LanczosOptions.Default;
        if (options.Validate) DenseSymmetric.Validate(matrices, n, nameof(matrices), threads: options.Threads);
        LanczosResult<T>[] results = Results<T>(batch, k, n);
        fixed (T* a = matrices)
        {
            DenseToResults<T> items = new(a, n, results);
            SolveEach(items, batch, settings, options, new LanczosWorkspace<T>(settings, Lanes(options, batch)), progress, cancellation);
        }

        return results;
    }

    /// <summary>The k wanted eigenpairs of each of a stack of dense symmetric matrices, into the caller's spans: allocates nothing.</summary>
    /// <param name="matrices">The matrices, <c>[batch, n, n]</c>, stored whole, row-major.</param>
    /// <param name="n">Order of each matrix, at least 1.</param>
    /// <param name="k">Number of pairs of each, 1 to n.</param>
    /// <param name="destination">Where the pairs go; must not overlap <paramref name="matrices"/>.</param>
    /// <param name="evidence">Where each matrix's evidence goes, <c>[batch]</c>.</param>
    /// <param name="workspace">From <see cref="LanczosWorkspace{T}.ForMatrix"/> with the same n, k and options; as many threads work as it has lanes.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="progress">Told when an item is finished, from the thread that finished it.</param>
    /// <param name="cancellation">Ends the run; items not begun have nothing found.</param>
    /// <exception cref="ArgumentException">As the overload that returns arrays; or a span is too short, overlaps the matrices, or the workspace is another run's.</exception>
    public static void TopKBatch<T>(
        ReadOnlySpan<T> matrices, int n, int k, Eigenpairs<T> destination, Span<LanczosEvidence> evidence, LanczosWorkspace<T> workspace,
        LanczosOptions? options = null, IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int batch = DenseSymmetric<T>.BatchOf(matrices.Length, n, nameof(matrices));
        ArgumentNullException.ThrowIfNull(workspace);
        LanczosSettings settings = LanczosSettings.From(options, n, 1, k, ElementType.Epsilon<T>(), storeProducts: true);
        workspace.ThrowIfOther(settings);
        destination.ThrowIfTooShort(batch, k, n);
        if (evidence.Length < batch) throw new ArgumentException($"Found {evidence.Length} elements; expected at least {batch}.", nameof(evidence));
        ThrowIfOverlapping(matrices, destination.Vectors);
        options ??= LanczosOptions.Default;
        if (options.Validate) DenseSymmetric.Validate(matrices, n, nameof(matrices), threads: options.Threads);
        fixed (T* a = matrices, vectors = destination.Vectors)
        fixed (double* values = destination.Values, residuals = destination.ResidualNorms, radii = destination.EnclosureRadii)
        fixed (bool* converged = destination.Converged)
        fixed (LanczosEvidence* found = evidence)
        {
            DenseToSpans<T> items = new(a, n, k)
            {
                Values = values, Vectors = vectors, ResidualNorms = residuals, EnclosureRadii = radii, Converged = converged, Evidence = found,
            };
            SolveEach(items, batch, settings, options, workspace, progress, cancellation);
        }
    }

    /// <summary>The k wanted eigenpairs of each of a batch of symmetric operators given by their products.</summary>
    /// <remarks>
    /// A batch that is separable (<see cref="ISeparableOperator{TView}"/>) is solved item by item, several at once; any other in step, all items to a product, each stopping on its own.
    /// The bits are the same.
    /// </remarks>
    /// <param name="matrices">The operators.</param>
    /// <param name="k">Number of pairs of each, 1 to n.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="progress">Told of progress, from the thread that made it.</param>
    /// <param name="cancellation">Ends the run; what was found is returned.</param>
    /// <returns>A result for each operator.</returns>
    /// <exception cref="ArgumentException">A size or option is out of its range. What the operator throws passes through.</exception>
    public static LanczosResult<T>[] TopKBatch<T>(
        ILinearOperator<Span<T>> matrices, int k, LanczosOptions? options = null, IProgress<LanczosProgress>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrices);
        int n = matrices.Length, batch = matrices.Batch;
        options ??= LanczosOptions.Default;
        LanczosResult<T>[] results = Results<T>(batch, k, n);
        if (matrices is ISeparableOperator<Span<T>> separable)
        {
            LanczosSettings settings = LanczosSettings.From(options, n, 1, k, ElementType.Epsilon<T>(), storeProducts: false);
            LanczosWorkspace<T> workspace = new(settings, Lanes(options, batch));
            SolveEach(new SeparableToResults<T>(separable, results), batch, settings, options, workspace, progress, cancellation);
        }
        else
        {
            LanczosSettings settings = LanczosSettings.From(options, n, batch, k, ElementType.Epsilon<T>(), storeProducts: false);
            SolveInStep(matrices, settings, options, results, progress, cancellation);
        }

        return results;
    }

    private static LanczosResult<T>[] Results<T>(int batch, int k, int n)
    {
        if (k < 1 || k > n) throw new ArgumentOutOfRangeException(nameof(k), k, $"Found k = {k}; expected 1 <= k <= n = {n}.");
        LanczosResult<T>[] results = new LanczosResult<T>[batch];
        for (int b = 0; b < batch; b++) results[b] = new(k, n);
        return results;
    }

    private static int Lanes(LanczosOptions options, int batch) => Math.Min(batch, ThreadsOf(options));
}
