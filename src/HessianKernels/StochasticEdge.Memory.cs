using HessianKernels.SecondMoment;

namespace HessianKernels;

public static partial class StochasticEdge
{
    /// <summary>
    /// Bytes that an analysis of a function space takes at most beyond it: what is kept for the next learning rate, and the largest of what
    /// comes and goes.
    /// </summary>
    /// <param name="space">The set.</param>
    /// <param name="sampling">How batches are drawn.</param>
    /// <param name="options">The options of the call.</param>
    /// <param name="sweep">Whether it is the first of many points: a sweep keeps more from each for the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static long RequiredBytes(FunctionSpace space, BatchSampling sampling, StochasticEdgeOptions? options = null, bool sweep = false)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(sampling);
        options = (options ?? StochasticEdgeOptions.Default).Check();
        SecondMomentOptions numerics = options.Numerics;
        long coherence = options.Coherence && space.Signs.IsEmpty ? Coherence.RequiredBytes(space) : 0, n = space.Examples;
        long kept = coherence == 0 ? 0 : sizeof(double) * n * n;
        if (!options.IsPlain) return kept + Math.Max(coherence - kept, NoiseKernel.MomentumRequiredBytes(space, numerics));
        kept += sweep ? LearningRateSweep.RequiredBytes(space, numerics) : NoiseKernel.RequiredBytes(space, numerics);
        long passing = Math.Max(coherence, CriticalLearningRate.RequiredBytes(space, numerics));
        if (options.Contraction) passing = Math.Max(passing, Contraction.RequiredBytes(space, numerics));
        if (options.SecondMomentEigenvalue)
        {
            long length = (long)space.Rank * (space.Rank + 1) / 2;
            long search = sizeof(double) * length + PerronVector.RequiredBytes(length, numerics, storeProducts: false);
            passing = Math.Max(passing, SecondMomentOperator.RequiredBytes(space, numerics) + search);
        }

        if (options.Lyapunov is { } lyapunov && space.Rank > 0)
            passing = Math.Max(passing, LyapunovExponent.RequiredBytes(space, sampling, 1, lyapunov));
        return checked(kept + passing);
    }

    /// <summary>
    /// Bytes that an analysis of a set takes at most, its function space among them, were its rank as large as its shape allows.
    /// </summary>
    /// <param name="set">The curvatures.</param>
    /// <param name="sampling">How batches are drawn.</param>
    /// <param name="options">The options of the call.</param>
    /// <param name="sweep">Whether it is the first of many points: a sweep keeps more from each for the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static long RequiredBytes(CurvatureSet set, BatchSampling sampling, StochasticEdgeOptions? options = null, bool sweep = false)
    {
        ArgumentNullException.ThrowIfNull(set);
        return RequiredBytes(
            set.Examples, set.Rows, set.Parameters == 0 ? (long)set.Examples * set.Rows : set.Parameters, sampling, options, sweep,
            set.IsPositiveSemidefinite);
    }

    /// <summary>The same before there is a set.</summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="rows">r, at least 1; d for dense Hessians.</param>
    /// <param name="parameters">d, at least 1.</param>
    /// <param name="sampling">How batches are drawn.</param>
    /// <param name="options">The options of the call.</param>
    /// <param name="sweep">Whether it is the first of many points: a sweep keeps more from each for the next.</param>
    /// <param name="semidefinite">Whether all examples are positive semidefinite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static long RequiredBytes(
        int examples, int rows, long parameters, BatchSampling sampling, StochasticEdgeOptions? options = null, bool sweep = false,
        bool semidefinite = true)
    {
        long reduction = CurvatureSet.RequiredBytes(examples, rows, parameters), all = (long)examples * rows;
        long rank = Math.Min(all, parameters);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, Array.MaxLength, nameof(parameters));
        // Of the shape alone: no element of a function space is read.
        FunctionSpace largest = new(examples, rows, new double[rank], [], semidefinite ? null : [-1]);
        return checked(Math.Max(reduction, sizeof(double) * rank * all + RequiredBytes(largest, sampling, options, sweep)));
    }
}
