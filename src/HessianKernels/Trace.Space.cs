using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels;

public static partial class Trace
{
    /// <summary>Elements that <see cref="EstimateOn"/> needs on the space's side.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="options">The options of the run; the defaults where null.</param>
    /// <param name="readInterval">The space's <see cref="IVectorSpace{TView}.ReadInterval"/>.</param>
    /// <param name="stride">The space's <see cref="IVectorSpace{TView}.Stride"/>; n where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size or option is out of its range, as the run itself would say.</exception>
    public static long SpaceElements(int n, int batch, TraceOptions? options = null, int readInterval = 1, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(readInterval, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride ?? n, n, nameof(stride));
        options ??= TraceOptions.Default;
        options.Check();
        return TraceLayout.Elements(options, n, stride ?? n, batch, readInterval);
    }

    /// <summary>Estimates <c>tr A_b</c> of each item on any space: the same loop, whatever holds the vectors.</summary>
    /// <remarks>The host reads the samples of <see cref="IVectorSpace{TView}.ReadInterval"/> probes at a time, and the rest at the end of a stage.</remarks>
    /// <param name="space">The arithmetic.</param>
    /// <param name="matrices">The operators, of the space's batch and length.</param>
    /// <param name="memory">At least <see cref="SpaceElements"/> elements on the space's side; what is in it does not matter.</param>
    /// <param name="options">Method, products, the error asked for, seed; the defaults where null. The space has threads of its own.</param>
    /// <param name="progress">Told the number of products so far.</param>
    /// <param name="cancellation">Once there is a sample, cancelling gives the estimate so far with the status Cancelled.</param>
    /// <typeparam name="TView">How vectors are held.</typeparam>
    /// <typeparam name="TSpace">The space.</typeparam>
    /// <typeparam name="TOperator">The operators.</typeparam>
    /// <returns>One estimate a batch item, the same bits as the item gives alone.</returns>
    /// <exception cref="ArgumentException">Operator and space differ in size, or an option is out of its range. What the operator throws passes through.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was a sample.</exception>
    public static TraceEstimate[] EstimateOn<TView, TSpace, TOperator>(
        TSpace space, TOperator matrices, TView memory, TraceOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        SpaceFit.Check<TView, TSpace, TOperator>(space, matrices, nameof(matrices));
        options ??= TraceOptions.Default;
        options.Check();
        TraceEstimation<TView, TSpace, TOperator> estimation = new(space, matrices, memory, options, progress, cancellation);
        return estimation.Run();
    }
}
