using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels;

public static partial class ConjugateGradients
{
    /// <summary>Elements that <see cref="SolveOn"/> needs on the space's side, beside b and x.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="batch">Number of systems.</param>
    /// <param name="preconditioned">Whether there is a preconditioner.</param>
    /// <param name="readInterval">The space's <see cref="IVectorSpace{TView}.ReadInterval"/>.</param>
    /// <param name="stride">The space's <see cref="IVectorSpace{TView}.Stride"/>; n where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below its least.</exception>
    public static long SpaceElements(int n, int batch, bool preconditioned = false, int readInterval = 1, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(readInterval, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride ?? n, n, nameof(stride));
        return ConjugateGradientLayout.Elements(batch, stride ?? n, preconditioned, readInterval);
    }

    /// <summary>Solves <c>A_b x_b = b_b</c> for each item on any space: the same loop, whatever holds the vectors.</summary>
    /// <remarks>
    /// Step lengths and ends are decided on the space's side; the host reads what they were decided by every <see cref="IVectorSpace{TView}.ReadInterval"/> iterations,
    /// and the iterates are those of reading every one. Products that were asked for after an item had ended are not counted; an item that meets what is no
    /// number before the last iteration of such a run of them keeps the solution it had on entry.
    /// </remarks>
    /// <param name="space">The arithmetic.</param>
    /// <param name="matrices">The operators, of the space's batch and length, positive definite.</param>
    /// <param name="memory">At least <see cref="SpaceElements"/> elements on the space's side; what is in it does not matter.</param>
    /// <param name="rightHandSide">b, <c>[Batch, n]</c>, the space's stride apart; not changed.</param>
    /// <param name="solution">x, <c>[Batch, n]</c>; on entry the guess, where the options say so. Does not overlap b.</param>
    /// <param name="options">Tolerances, limits; the defaults where null. The space has threads of its own.</param>
    /// <param name="preconditioner">M, about A^-1, symmetric positive definite; none where null.</param>
    /// <param name="progress">Told the number of iterations so far.</param>
    /// <param name="cancellation">Ends the run with the iterate so far and the status Cancelled.</param>
    /// <typeparam name="TView">How vectors are held.</typeparam>
    /// <typeparam name="TSpace">The space.</typeparam>
    /// <typeparam name="TOperator">The operators.</typeparam>
    /// <returns>The evidence, one a batch item.</returns>
    /// <exception cref="ArgumentException">Operators and space differ in size, or an option is out of its range. What the operators throw passes through.</exception>
    public static ConjugateGradientsEvidence[] SolveOn<TView, TSpace, TOperator>(
        TSpace space, TOperator matrices, TView memory, TView rightHandSide, TView solution, ConjugateGradientsOptions? options = null,
        ILinearOperator<TView>? preconditioner = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        SpaceFit.Check<TView, TSpace, TOperator>(space, matrices, nameof(matrices));
        if (preconditioner is not null) SpaceFit.Check<TView, TSpace, ILinearOperator<TView>>(space, preconditioner, nameof(preconditioner));
        options ??= ConjugateGradientsOptions.Default;
        options.Check();
        int batch = space.Batch;
        long size = (long)batch * space.Stride, own = size - space.Stride + space.Length;
        TView b = space.Slice(rightHandSide, 0, own), x = space.Slice(solution, 0, own);
        if (!options.StartFromSolution)
        {
            // A space has no zeros but those that arithmetic makes, and what is there need not be numbers: signs, less the same signs.
            double[] one = new double[batch];
            Array.Fill(one, 1);
            TView signs = space.Slice(memory, 0, own), scale = space.Slice(memory, size, batch);
            space.Random(RandomDistribution.Rademacher, 0, 0, signs);
            space.Copy(signs, x);
            space.Write(one, scale);
            space.SubtractScaled(scale, signs, x);
        }

        return new ConjugateGradientIteration<TView, TSpace, TOperator>(space, matrices, preconditioner, options, memory).Run(b, x, progress, cancellation);
    }
}
