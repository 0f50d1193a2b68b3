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
    /// <exception cref="ArgumentException">A size or option is out of its range, as the run itself would say.</exception>
    public static long SpaceElements(int n, int batch, int k, double epsilon, LanczosOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return new LanczosLayout(LanczosSettings.From(options, n, batch, k, epsilon, storeProducts: false)).Elements;
    }

    /// <summary>
    /// The k wanted eigenpairs of each of a batch of symmetric operators on any space: the same loop, whatever holds the vectors. All items take
    /// their steps together, and each stops on its own.
    /// </summary>
    /// <remarks>On a space that says reading is not free, coefficients are read every <see cref="IVectorSpace{TView}.ReadInterval"/> steps, or every m / k where that is less.</remarks>
    /// <param name="space">The arithmetic.</param>
    /// <param name="matrices">The operators, of the space's batch and length.</param>
    /// <param name="memory">At least <see cref="SpaceElements"/> elements on the space's side. Afterwards the wanted vectors are its first k [batch, n].</param>
    /// <param name="k">Number of pairs of each, 1 to n.</param>
    /// <param name="options">How; the defaults where null. No checkpoint is kept.</param>
    /// <param name="startInMemory">Whether the first [batch, n] elements of the memory are vectors to start from.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <typeparam name="T">Element type of the vectors returned.</typeparam>
    /// <typeparam name="TView">How vectors are held.</typeparam>
    /// <typeparam name="TSpace">The space.</typeparam>
    /// <typeparam name="TOperator">The operators.</typeparam>
    /// <returns>A result for each operator.</returns>
    /// <exception cref="ArgumentException">Operator and space differ in size, or a size or option is out of its range. What the operator throws passes through.</exception>
    public static LanczosResult<T>[] TopKOn<T, TView, TSpace, TOperator>(
        TSpace space, TOperator matrices, TView memory, int k, LanczosOptions? options = null, bool startInMemory = false,
        IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        SpaceFit.Check<TView, TSpace, TOperator>(space, matrices, nameof(matrices));
        int n = space.Length, batch = space.Batch;
        LanczosSettings settings = LanczosSettings.From(options, n, batch, k, space.Epsilon, storeProducts: false);
        LanczosLayout layout = new(settings);
        LanczosResult<T>[] results = Results<T>(batch, k, n);
        double[] host = new double[layout.HostDoubles], vectors = new double[n];
        int[] integers = new int[layout.HostIntegers];
        LanczosIteration<TView, TSpace, TOperator> run = new(space, matrices, settings, memory, host, integers, new LanczosItem[batch]);
        run.Start(startInMemory ? LanczosStart.Callers : LanczosStart.Random);
        run.Conclude(cancelled: !run.Run(progress, cancellation));
        for (int b = 0; b < batch; b++)
        {
            LanczosResult<T> result = results[b];
            run.RitzValues(b).CopyTo(result.Eigenvalues);
            run.ResidualNorms(b).CopyTo(result.ResidualNorms);
            for (int i = 0; i < k; i++)
            {
                result.EnclosureRadii[i] = run.EnclosureRadius(b, i);
                result.Converged[i] = run.HasConverged(b, i);
                space.Read(space.Slice(run.RitzVectors, ((long)i * batch + b) * n, n), vectors);
                for (int j = 0; j < n; j++) result.Eigenvectors[i * n + j] = T.CreateTruncating(vectors[j]);
            }

            result.Evidence = run.Evidence(b);
        }

        return results;
    }
}
