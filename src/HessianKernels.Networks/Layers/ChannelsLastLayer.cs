using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// Images as files hold them, <c>[channels, height, width]</c>, to images as a network holds them, <c>[height, width, channels]</c>: the
/// first layer of a network on images.
/// </summary>
public sealed class ChannelsLastLayer(TensorShape image) : LinearMapLayer(image, image)
{
    private protected override void Apply<TView>(in LayerViews<TView> views, TView x, TView y)
        => views.Space.Transpose(views.Examples, Input.Channels, Input.Positions, x, y);

    private protected override void ApplyAdjoint<TView>(in LayerViews<TView> views, TView dy, TView dx)
        => views.Space.Transpose(views.Examples, Input.Positions, Input.Channels, dy, dx);
}
