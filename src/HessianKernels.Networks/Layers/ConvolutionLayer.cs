using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// <c>y[p, q, o] = b[o] + sum_{c, i, j} w[o, c, i, j] x[p s + i - padding, q s + j - padding, c]</c>, zero outside the image: PyTorch's
/// Conv2d with square kernels and the channels last.
/// </summary>
/// <remarks>2 n windows outputs channels size^2 flops a product; as many products as a linear layer's.</remarks>
public sealed class ConvolutionLayer : BilinearLayer
{
    private readonly int outputs;

    /// <summary>A convolution of images.</summary>
    /// <param name="input">Shape of one image.</param>
    /// <param name="outputs">Channels of the result, at least 1.</param>
    /// <param name="size">Side of the kernel, at least 1.</param>
    /// <param name="stride">Pixels from one window to the next, at least 1.</param>
    /// <param name="padding">Zeros added on every side, at least 0 and less than size.</param>
    /// <param name="bias">Whether a number is added to each channel.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is out of its range, or the image with its padding is smaller than the kernel.
    /// </exception>
    public ConvolutionLayer(TensorShape input, int outputs, int size, int stride = 1, int padding = 0, bool bias = true)
        : base(input, WindowLayout.Output(input, size, stride, padding, outputs), WeightShape(input, outputs, size), bias)
    {
        Window = new(input, size, stride, padding);
        this.outputs = outputs;
    }

    /// <summary>Size, stride and padding of the kernel.</summary>
    public WindowShape Window { get; }

    private protected override void Product<TView>(ITensorSpace<TView> space, int examples, TView x, TView w, bool accumulate, TView y)
        => space.Convolve(Window, outputs, examples, x, w, accumulate, y);

    private protected override void CurvedProduct<TView>(in LayerViews<TView> views, TView w, TView v)
        => views.Space.ConvolveTangent(
            Window, outputs, views.Examples, views.Input, w, views.InputTangent, v, views.OutputSignal, views.OutputTangent, views.Curvature);

    private protected override void InputProduct<TView>(
        ITensorSpace<TView> space, int examples, TView dy, TView w, bool accumulate, TView dx)
        => space.ConvolveInput(Window, outputs, examples, dy, w, accumulate, dx);

    private protected override void WeightProduct<TView>(ITensorSpace<TView> space, int examples, TView dy, TView x, TView dw)
        => space.ConvolveWeight(Window, outputs, examples, dy, x, true, dw);

    private protected override void WeightProducts<TView>(
        ITensorSpace<TView> space, int examples, TView dy, TView x, TView rows, long stride)
        => space.ConvolveWeight(Window, outputs, examples, dy, x, false, rows, stride);

    private static ParameterShape WeightShape(TensorShape input, int outputs, int size)
        => new("weight", ParameterRole.Weight, [outputs, input.Channels, size, size], input.Channels * size * size, outputs * size * size);
}
