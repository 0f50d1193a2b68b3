using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// Batch norm over ghosts: consecutive examples, a fixed number at a time, each channel normalised over the examples and pixels of its
/// ghost. As PyTorch's BatchNorm in training mode on each ghost; there are no running averages.
/// </summary>
/// <remarks>
/// What is left after the last whole ghost is a smaller ghost of its own. The ghosts are told by the order of the examples alone, so a
/// micro-batch must hold a multiple of <see cref="Ghost"/> examples, or all that are left. (Hoffer, Hubara, Soudry, Train longer,
/// generalize better, NeurIPS 2017.)
/// </remarks>
public sealed class GhostBatchNormLayer : NormalizationLayer
{
    /// <summary>A normalisation over ghosts.</summary>
    /// <param name="shape">Shape of one input.</param>
    /// <param name="ghost">Examples of a ghost, at least 1.</param>
    /// <param name="epsilon">What is added to the variance; PyTorch's default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The ghost is empty, or epsilon not positive and finite.</exception>
    public GhostBatchNormLayer(TensorShape shape, int ghost, double epsilon = 1e-5)
        : base(shape, epsilon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ghost, 1);
        Ghost = ghost;
    }

    /// <summary>Examples of a ghost.</summary>
    public int Ghost { get; }

    /// <inheritdoc/>
    public override int ExampleMultiple => Ghost;

    /// <summary>Throws: an example's loss depends on the whole ghost.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
        => throw new NotSupportedException(
            $"Under batch norm over ghosts of {Ghost} an example has no gradient of its own: its loss depends on the whole ghost.");

    private protected override (GroupShape Whole, GroupShape Left) Groups(int examples)
    {
        (int whole, int rest) = Math.DivRem(examples, Ghost);
        return (new(whole, checked(Math.Min(Ghost, examples) * Output.Positions), Output.Channels),
            rest == 0 ? default : new(1, rest * Output.Positions, Output.Channels));
    }
}
