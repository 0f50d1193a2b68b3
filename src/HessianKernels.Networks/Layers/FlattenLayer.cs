using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>An image to a vector in PyTorch's order, channel after channel: what a linear layer after convolutions takes.</summary>
public sealed class FlattenLayer(TensorShape image) : LinearMapLayer(image, TensorShape.Vector(image.Length))
{
    private protected override void Apply<TView>(in LayerViews<TView> views, TView x, TView y)
        => views.Space.Transpose(views.Examples, Input.Positions, Input.Channels, x, y);

    private protected override void ApplyAdjoint<TView>(in LayerViews<TView> views, TView dy, TView dx)
        => views.Space.Transpose(views.Examples, Input.Channels, Input.Positions, dy, dx);
}
