using HessianKernels.Spaces;

namespace HessianKernels.Networks.Curvature;

/// <summary>
/// A symmetric matrix of a model at a point as an operator: <c>output[b] = A input[b]</c>, the same A, <c>[d, d]</c>, for every vector of
/// the batch. It follows its
/// point, which must not be moved while an algorithm uses it.
/// </summary>
/// <remarks>The vectors of a batch share the point's forward and backward passes, and meet a micro-batch's activations one right after the
/// other.</remarks>
/// <typeparam name="TView">How vectors are held.</typeparam>
public sealed partial class ModelOperator<TView> : ILinearOperator<TView> where TView : allows ref struct
{
    private readonly ModelPoint<TView> point;
    private readonly ModelMatrix matrix;
    private readonly ulong seed;
    private readonly int samples;

    internal ModelOperator(ModelPoint<TView> point, ModelMatrix matrix, int batch, ulong seed = 0, int samples = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        (this.point, this.matrix, Batch, this.seed, this.samples) = (point, matrix, batch, seed, samples);
    }

    /// <summary>Whose matrix it is.</summary>
    public ModelPoint<TView> Point => point;

    /// <inheritdoc/>
    public int Batch { get; }

    /// <summary>Number of parameters d.</summary>
    public int Length => point.ParameterCount;

    /// <inheritdoc/>
    public void Apply(TView input, TView output) => point.Multiply(matrix, Batch, input, output, seed, samples);
}
