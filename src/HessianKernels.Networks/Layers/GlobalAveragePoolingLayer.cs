using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>The mean of each channel over the image: PyTorch's AdaptiveAvgPool2d(1) and Flatten.</summary>
public sealed class GlobalAveragePoolingLayer(TensorShape image) : LinearMapLayer(image, TensorShape.Vector(image.Channels))
{
    private protected override void Apply<TView>(in LayerViews<TView> views, TView x, TView y)
        => views.Space.SumGroups(Channels(views.Examples), 1.0 / Input.Positions, x, false, y);

    private protected override void ApplyAdjoint<TView>(in LayerViews<TView> views, TView dy, TView dx)
    {
        views.Space.Fill(0, dx);
        views.Space.AddToGroups(Channels(views.Examples), 1.0 / Input.Positions, dy, dx);
    }

    private GroupShape Channels(int examples) => new(examples, Input.Positions, Input.Channels);
}
