using HessianKernels.Krylov;
using HessianKernels.Networks.Tensors;
using HessianKernels.Spaces;

namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelOperator<TView>
{
    /// <summary>The k wanted eigenpairs: <see cref="Lanczos"/>' own loop where the point lies, the pairs on the host.</summary>
    /// <param name="k">Number of pairs, 1 to d.</param>
    /// <param name="options">How; the defaults where null. The space has threads of its own.</param>
    /// <param name="warmStart">Earlier eigenvectors, <c>[any count, d]</c>, whose sum is started from; empty for a random start.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <returns>The pairs with their evidence.</returns>
    /// <exception cref="ArgumentException">The warm start is no whole vectors, or a size or option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The batch is not 1.</exception>
    public LanczosResult<double> TopK(
        int k, LanczosOptions? options = null, ReadOnlySpan<double> warmStart = default, IProgress<LanczosProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        if (Batch != 1) throw new InvalidOperationException($"Found an operator of batch {Batch}; expected batch 1 for its eigenpairs.");
        if (warmStart.Length % Length != 0)
            throw new ArgumentException($"Found {warmStart.Length} elements; expected whole vectors of d = {Length}.", nameof(warmStart));
        ITensorSpace<TView> space = point.Space;
        using ITensorMemory<TView> memory = space.Allocate(Lanczos.SpaceElements(Length, 1, k, space.Epsilon, options, Stride));
        if (!warmStart.IsEmpty)
        {
            double[] start = new double[Length];
            Lanczos.SumTo(warmStart, start);
            space.Write(start, space.Slice(memory.View, 0, Length));
        }

        return Lanczos.TopKOn<double, TView, IVectorSpace<TView>, ModelOperator<TView>>(
            space.Vectors(1, Length), this, memory.View, k, options, !warmStart.IsEmpty, progress, null, cancellation)[0];
    }

    /// <summary>The trace, from products alone, where the point lies. The equations stand at <see cref="TraceMethod"/>.</summary>
    /// <param name="options">Method, products, the error asked for, seed; the defaults where null. The space has threads of its own.</param>
    /// <param name="progress">Told the number of products so far.</param>
    /// <param name="cancellation">Once there is a sample, cancelling gives the estimate so far with the status Cancelled.</param>
    /// <returns>The estimate; of a batch its items give the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was a sample.</exception>
    public TraceEstimate EstimateTrace(
        TraceOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        IVectorSpace<TView> vectors = point.Space.Vectors(Batch, Length);
        using ITensorMemory<TView> memory = point.Space.Allocate(Trace.SpaceElements(Length, Batch, options, vectors.ReadInterval, Stride));
        return Trace.EstimateOn(vectors, this, memory.View, options, progress, cancellation)[0];
    }
}
