using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>The greatest number under each window, a channel at a time: PyTorch's MaxPool2d.</summary>
/// <remarks>
/// Forward keeps the places of the maxima (the first of equals), which the other calls go by: the tangent of a choice is the choice of the
/// tangent.
/// </remarks>
public sealed class MaxPoolingLayer : LinearMapLayer
{
    /// <summary>A maximum over windows of an image.</summary>
    /// <param name="input">Shape of one image.</param>
    /// <param name="size">Side of a window, at least 1.</param>
    /// <param name="stride">Pixels from one window to the next, at least 1; 0 for size, so that they do not overlap.</param>
    /// <param name="padding">Pixels added on every side that are never chosen, at most half of size.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is out of its range, or the image with its padding is smaller than the window.
    /// </exception>
    public MaxPoolingLayer(TensorShape input, int size, int stride = 0, int padding = 0)
        : base(input, WindowLayout.Output(input, size, stride == 0 ? size : stride, padding, input.Channels))
    {
        // A window wholly in the padding would have nothing to choose.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padding, size / 2);
        Window = new(input, size, stride == 0 ? size : stride, padding);
    }

    /// <summary>Size, stride and padding of the windows.</summary>
    public WindowShape Window { get; }

    /// <inheritdoc/>
    public override long StateLength(int examples, int order) => (long)examples * Output.Length;

    /// <inheritdoc/>
    public override void Forward<TView>(in LayerViews<TView> views)
        => views.Space.MaxPool(Window, views.Examples, views.Input, views.Output, views.State);

    private protected override void Apply<TView>(in LayerViews<TView> views, TView x, TView y)
        => views.Space.GatherChosen(Window, views.Examples, x, views.State, y);

    private protected override void ApplyAdjoint<TView>(in LayerViews<TView> views, TView dy, TView dx)
        => views.Space.ScatterChosen(Window, views.Examples, dy, views.State, dx);
}
