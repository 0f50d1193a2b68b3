using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels;

public static partial class SpectralDensity
{
    /// <summary>Elements that <see cref="EstimateOn"/> needs on the space's side.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="options">The options of the run; the defaults where null.</param>
    /// <param name="stride">The space's <see cref="IVectorSpace{TView}.Stride"/>; n where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size or option is out of its range, as the run itself would say.</exception>
    public static long SpaceElements(int n, int batch, SpectralDensityOptions? options = null, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride ?? n, n, nameof(stride));
        options ??= SpectralDensityOptions.Default;
        options.Check();
        return StochasticLanczosQuadrature.Elements(batch, stride ?? n, Math.Min(options.Steps, n));
    }

    /// <summary>Runs Lanczos from each probe on any space and keeps its Gauss rule: the same loop, whatever holds the vectors.</summary>
    /// <remarks>The host reads T's coefficients every <see cref="IVectorSpace{TView}.ReadInterval"/> steps, and at the end of a probe.</remarks>
    /// <param name="space">The arithmetic.</param>
    /// <param name="matrices">The operators, of the space's batch and length.</param>
    /// <param name="memory">At least <see cref="SpaceElements"/> elements on the space's side; what is in it does not matter.</param>
    /// <param name="options">Probes, steps, seed; the defaults where null. The space has threads of its own.</param>
    /// <param name="progress">Told the number of products so far.</param>
    /// <param name="cancellation">Once a probe is finished, cancelling gives the finished ones with the status Cancelled.</param>
    /// <typeparam name="TView">How vectors are held.</typeparam>
    /// <typeparam name="TSpace">The space.</typeparam>
    /// <typeparam name="TOperator">The operators.</typeparam>
    /// <returns>One result a batch item, the same bits as the item gives alone.</returns>
    /// <exception cref="ArgumentException">Operator and space differ in size, or an option is out of its range. What the operator throws passes through.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first probe was finished.</exception>
    public static SpectralQuadrature[] EstimateOn<TView, TSpace, TOperator>(
        TSpace space, TOperator matrices, TView memory, SpectralDensityOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        SpaceFit.Check<TView, TSpace, TOperator>(space, matrices, nameof(matrices));
        options ??= SpectralDensityOptions.Default;
        options.Check();
        return StochasticLanczosQuadrature.Run(space, matrices, memory, options, progress, cancellation);
    }
}
