using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// Normalisation of each example over all its numbers: PyTorch's LayerNorm of a vector; of an image, with a scale and a shift for each
/// channel, its GroupNorm of one group.
/// </summary>
/// <param name="shape">Shape of one input.</param>
/// <param name="epsilon">What is added to the variance; PyTorch's default.</param>
public sealed class LayerNormLayer(TensorShape shape, double epsilon = 1e-5) : NormalizationLayer(shape, epsilon)
{
    private protected override (GroupShape Whole, GroupShape Left) Groups(int examples)
        => (GroupShape.Rows(examples, Output.Length), default);
}
