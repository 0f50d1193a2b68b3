using HessianKernels.Spaces;

namespace HessianKernels.Networks.Curvature;

/// <summary>
/// A symmetric matrix of a model at a point as an operator: <c>output[b] = A input[b]</c>, the same A, <c>[d, d]</c>, for every vector of
/// the batch. It follows its
/// point, which must not be moved while an algorithm uses it.
/// </summary>
/// <remarks>
/// The vectors of a batch share the point's forward and backward passes, and meet a micro-batch's activations one right after the other.
/// Where they are small they go through the network together, as many as keep a micro-batch's tangents within 32 MiB: a linear layer then
/// multiplies what all share, its inputs, signals and weights, by all of them in one batch. On the CPU the bits are those of one vector at a
/// time. (On 2 cores, four vectors: a sixth less time than one by one for mlp:784-32-32-32-32-10 and n = 1000; nothing to be had for wide
/// layers, whose products are bound by arithmetic.)
/// </remarks>
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
    public int Stride => point.Space.VectorStride(Length);

    /// <inheritdoc/>
    public void Apply(TView input, TView output) => point.Multiply(matrix, Batch, Stride, input, output, seed, samples);
}
