using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>The mean under each window, a channel at a time, padding counted: PyTorch's AvgPool2d.</summary>
public sealed class AveragePoolingLayer : LinearMapLayer
{
    /// <summary>A mean over windows of an image.</summary>
    /// <param name="input">Shape of one image.</param>
    /// <param name="size">Side of a window, at least 1.</param>
    /// <param name="stride">Pixels from one window to the next, at least 1; 0 for size, so that they do not overlap.</param>
    /// <param name="padding">Zeros added on every side, at least 0 and less than size.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is out of its range, or the image with its padding is smaller than the window.
    /// </exception>
    public AveragePoolingLayer(TensorShape input, int size, int stride = 0, int padding = 0)
        : base(input, WindowLayout.Output(input, size, stride == 0 ? size : stride, padding, input.Channels))
        => Window = new(input, size, stride == 0 ? size : stride, padding);

    /// <summary>Size, stride and padding of the windows.</summary>
    public WindowShape Window { get; }

    private protected override void Apply<TView>(in LayerViews<TView> views, TView x, TView y)
        => views.Space.AveragePool(Window, views.Examples, x, y);

    private protected override void ApplyAdjoint<TView>(in LayerViews<TView> views, TView dy, TView dx)
        => views.Space.AveragePoolInput(Window, views.Examples, dy, dx);
}
