using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Models;

/// <summary>Layers put one on the other, each taking the shape that the one below gives.</summary>
internal sealed class LayerStack(TensorShape input)
{
    private readonly List<Layer> layers = [];

    public TensorShape Shape { get; private set; } = input;

    public IReadOnlyList<Layer> Layers => layers;

    public Sequence Network => new(layers);

    /// <summary>A stack on an image as files hold it.</summary>
    public static LayerStack OnImage(TensorShape image)
    {
        LayerStack stack = new(image);
        return image.Channels == 1 || image.IsVector ? stack : stack.Add(new ChannelsLastLayer(image));
    }

    public LayerStack Add(Layer layer)
    {
        layers.Add(layer);
        Shape = layer.Output;
        return this;
    }

    public LayerStack Linear(int outputs, bool bias = true) => Add(new LinearLayer(Shape, outputs, bias));

    public LayerStack Activation(ActivationFunction function)
        => function.Kind is ActivationKind.Identity ? this : Add(new ActivationLayer(Shape, function));

    public LayerStack Convolution(int outputs, int size = 3, int stride = 1, int padding = 1, bool bias = true)
        => Add(new ConvolutionLayer(Shape, outputs, size, stride, padding, bias));

    public LayerStack MaxPool(int size) => Add(new MaxPoolingLayer(Shape, size));

    public LayerStack Flatten() => Shape.IsVector ? this : Add(new FlattenLayer(Shape));
}
