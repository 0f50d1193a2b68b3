using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels;

public static unsafe partial class Lanczos
{
    /// <summary>Elements that <see cref="TopKOn"/> needs on the space's side.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="k">Number of pairs of each.</param>
    /// <param name="epsilon">The space's.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="stride">The space's <see cref="IVectorSpace{TView}.Stride"/>; n where null.</param>
    /// <exception cref="ArgumentException">A size or option is out of its range, as the run itself would say.</exception>
    public static long SpaceElements(int n, int batch, int k, double epsilon, LanczosOptions? options = null, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride ?? n, n, nameof(stride));
        return new LanczosLayout(LanczosSettings.From(options, n, batch, k, epsilon, storeProducts: false), stride ?? n).Elements;
    }

    /// <summary>
    /// The k wanted eigenpairs of each of a batch of symmetric operators on any space: the same loop, whatever holds the vectors. All items take
    /// their steps together, and each stops on its own.
    /// </summary>
    /// <remarks>
    /// On a space that says reading is not free, coefficients are read every <see cref="IVectorSpace{TView}.ReadInterval"/> steps, or every m - k where a basis of m leaves fewer. Where a
    /// Krylov space is exhausted before k vectors of it were found, as one of few distinct eigenvalues is, every step until they are. What is seen then only, the limit of products or
    /// convergence, may come those steps late.
    /// </remarks>
    /// <param name="space">The arithmetic.</param>
    /// <param name="matrices">The operators, of the space's batch and length.</param>
    /// <param name="memory">At least <see cref="SpaceElements"/> elements on the space's side. Afterwards the wanted vectors are its first k [batch, n], the space's stride apart.</param>
    /// <param name="k">Number of pairs of each, 1 to n.</param>
    /// <param name="options">How; the defaults where null. A checkpoint is kept of one operator, not of a batch.</param>
    /// <param name="startInMemory">Whether the memory begins with vectors to start from, [batch, n].</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="saved">
    /// Given, at every restart of a run of one operator, the state that the run can be resumed from, here or on another space; for storage that may be lost. Costs a reading of as
    /// many vectors as a restart keeps.
    /// </param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <typeparam name="T">Element type of the vectors returned.</typeparam>
    /// <typeparam name="TView">How vectors are held.</typeparam>
    /// <typeparam name="TSpace">The space.</typeparam>
    /// <typeparam name="TOperator">The operators.</typeparam>
    /// <returns>A result for each operator.</returns>
    /// <exception cref="ArgumentException">Operator and space differ in size, or a size or option is out of its range. What the operator throws passes through.</exception>
    public static LanczosResult<T>[] TopKOn<T, TView, TSpace, TOperator>(
        TSpace space, TOperator matrices, TView memory, int k, LanczosOptions? options = null, bool startInMemory = false,
        IProgress<LanczosProgress>? progress = null, IProgress<LanczosCheckpoint<T>>? saved = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        SpaceFit.Check<TView, TSpace, TOperator>(space, matrices, nameof(matrices));
        return SolveOn<T, TView, TSpace, TOperator>(
            space, matrices, memory, k, options, startInMemory ? LanczosStart.Callers : LanczosStart.Random, null, progress, saved, cancellation);
    }

    /// <summary>
    /// Goes on, on any space, with a run of one operator that ended early on this or on another: on the same space with the bits of a run never interrupted, on another with that
    /// one's rounding.
    /// </summary>
    /// <param name="space">The arithmetic, of batch 1.</param>
    /// <param name="matrix">The same operator.</param>
    /// <param name="memory">At least <see cref="SpaceElements"/> elements on the space's side.</param>
    /// <param name="checkpoint">From <see cref="LanczosResult{T}.Checkpoint"/>, or saved by a run that was lost.</param>
    /// <param name="options">The same options; limits, threads and the tolerance may differ.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="saved">As of <see cref="TopKOn"/>.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <returns>The pairs; the evidence counts from the first start.</returns>
    /// <exception cref="ArgumentException">The operator, the space or the options do not fit the checkpoint; the message names both values.</exception>
    public static LanczosResult<T> ResumeOn<T, TView, TSpace, TOperator>(
        TSpace space, TOperator matrix, TView memory, LanczosCheckpoint<T> checkpoint, LanczosOptions? options = null,
        IProgress<LanczosProgress>? progress = null, IProgress<LanczosCheckpoint<T>>? saved = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        SpaceFit.Check<TView, TSpace, TOperator>(space, matrix, nameof(matrix));
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (space.Batch != 1) throw new ArgumentException($"Found a space of batch {space.Batch}; a checkpoint is of one operator.", nameof(space));
        return SolveOn<T, TView, TSpace, TOperator>(
            space, matrix, memory, checkpoint.Wanted, options, LanczosStart.Callers, checkpoint, progress, saved, cancellation)[0];
    }

    private static LanczosResult<T>[] SolveOn<T, TView, TSpace, TOperator>(
        TSpace space, TOperator matrices, TView memory, int k, LanczosOptions? options, LanczosStart begin, LanczosCheckpoint<T>? from,
        IProgress<LanczosProgress>? progress, IProgress<LanczosCheckpoint<T>>? saved, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        int n = space.Length, batch = space.Batch;
        LanczosSettings settings = LanczosSettings.From(options, n, batch, k, space.Epsilon, storeProducts: false);
        from?.ThrowIfOther(settings);
        LanczosLayout layout = new(settings, space.Stride);
        LanczosResult<T>[] results = Results<T>(batch, k, n);
        int[] integers = new int[layout.HostIntegers];
        LanczosIteration<TView, TSpace, TOperator> run = new(
            space, matrices, settings, memory, new double[layout.HostDoubles], integers, new LanczosItem[batch]);
        if (from is not null)
        {
            WriteVectors(space, from.Vectors, memory);
            WriteVectors(space, from.Products, space.Slice(memory, layout.Vectors, layout.Products));
            run.Resume(from.Snapshot);
        }
        else
        {
            run.Start(begin);
        }

        bool whole = run.FillBasis(progress, cancellation);
        while (whole && run.TryRestart())
        {
            if (saved is not null && run.CanResume) saved.Report(Checkpoint<T, TView, TSpace, TOperator>(space, run, settings, memory));
            whole = run.FillBasis(progress, cancellation);
        }

        if ((options?.KeepCheckpoint ?? false) && run.CanResume) results[0].Checkpoint = Checkpoint<T, TView, TSpace, TOperator>(space, run, settings, memory);
        run.Conclude(cancelled: !whole);
        for (int b = 0; b < batch; b++)
        {
            LanczosResult<T> result = results[b];
            run.RitzValues(b).CopyTo(result.Eigenvalues);
            run.ResidualNorms(b).CopyTo(result.ResidualNorms);
            for (int i = 0; i < k; i++)
            {
                result.EnclosureRadii[i] = run.EnclosureRadius(b, i);
                result.Converged[i] = run.HasConverged(b, i);
                ReadVectors(space, space.Slice(run.RitzVectors, ((long)i * batch + b) * space.Stride, n), result.Eigenvectors.AsSpan(i * n, n));
            }

            result.Evidence = run.Evidence(b);
        }

        return results;
    }

    /// <summary>The state of a run of one operator, brought to the host.</summary>
    private static LanczosCheckpoint<T> Checkpoint<T, TView, TSpace, TOperator>(
        TSpace space, in LanczosIteration<TView, TSpace, TOperator> run, in LanczosSettings settings, TView memory)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        LanczosLayout layout = new(settings, space.Stride);
        T[] vectors = Workspace.Allocate<T>((run.Next + 1L) * settings.Length);
        T[] products = settings.StoreProducts ? Workspace.Allocate<T>((long)run.Next * settings.Length) : [];
        ReadVectors(space, memory, vectors);
        ReadVectors(space, space.Slice(memory, layout.Vectors, layout.Products), products);
        return new(settings, run.Snapshot(), vectors, products, []);
    }

    /// <summary>The numbers at the front of a view, a vector at a time.</summary>
    private static void ReadVectors<T, TView, TSpace>(TSpace space, TView view, Span<T> numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
    {
        double[] vector = new double[space.Length];
        long from = 0;
        for (int at = 0; at < numbers.Length; at += vector.Length, from += space.Stride)
        {
            space.Read(space.Slice(view, from, vector.Length), vector);
            for (int i = 0; i < vector.Length; i++) numbers[at + i] = T.CreateTruncating(vector[i]);
        }
    }

    private static void WriteVectors<T, TView, TSpace>(TSpace space, ReadOnlySpan<T> numbers, TView view)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
    {
        double[] vector = new double[space.Length];
        long to = 0;
        for (int at = 0; at < numbers.Length; at += vector.Length, to += space.Stride)
        {
            for (int i = 0; i < vector.Length; i++) vector[i] = double.CreateTruncating(numbers[at + i]);
            space.Write(vector, space.Slice(view, to, vector.Length));
        }
    }
}
