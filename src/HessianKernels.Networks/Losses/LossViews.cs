using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Losses;

/// <summary>The tensors of one call to a loss. n examples of C outputs each.</summary>
/// <typeparam name="TView">How tensors are held.</typeparam>
public ref struct LossViews<TView> where TView : allows ref struct
{
    /// <summary>The arithmetic.</summary>
    public required ITensorSpace<TView> Space;

    /// <summary>Number of examples n.</summary>
    public required int Examples;

    /// <summary>Outputs of the network C.</summary>
    public required int Outputs;

    /// <summary>z, the network's outputs, <c>[n, C]</c>.</summary>
    public TView Output;

    /// <summary>The targets, <c>[n, C]</c>: numbers for a squared error, a distribution over the classes (one-hot) for a cross-entropy.</summary>
    public TView Target;

    /// <summary>What Evaluate keeps, <c>[StateLength]</c>.</summary>
    public TView State;
}
