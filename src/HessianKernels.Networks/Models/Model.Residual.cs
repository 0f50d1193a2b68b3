using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Models;

public sealed partial class Model
{
    /// <summary>A residual network without batch norm, <c>resnet20:3x32x32-10:relu</c>.</summary>
    /// <remarks>
    /// 14 and 20: He et al.'s networks for CIFAR, of 2 and 3 blocks for each of W, 2W, 4W channels (W = 16); 10: one block for each of W,
    /// 2W, 4W, 8W. A block is two 3 x 3 convolutions, the first of stride 2 where the channels double, there with a 1 x 1 convolution on
    /// the other way; then a mean over the image and a linear layer. 9: the network that paper 001 takes from torchskeleton, of W, 2W and
    /// 4W channels (W = 64, 2.27M parameters), with its fixed factor of 0.2 at the end. All convolutions have biases, as nothing else
    /// shifts their outputs.
    /// </remarks>
    /// <param name="depth">9, 10, 14 or 20.</param>
    /// <param name="input">Shape of an image.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="activation">What follows a convolution or a sum.</param>
    /// <param name="width">W; 0 for its usual value.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such depth, a number is below 1, or the image too small.</exception>
    public static Model ResNet(int depth, TensorShape input, int outputs, ActivationFunction activation, int width = 0)
    {
        int usual = depth == 9 ? 64 : 16;
        if (width == 0) width = usual;
        string specification = Named($"resnet{depth}", input, outputs, activation, Option("width", width, usual));
        LayerStack stack = LayerStack.OnImage(input);
        return depth switch
        {
            9 => new(specification, ResNet9(stack, outputs, activation, width)),
            10 => new(specification, ResNet(stack, outputs, activation, width, 4, 1)),
            14 => new(specification, ResNet(stack, outputs, activation, width, 3, 2)),
            20 => new(specification, ResNet(stack, outputs, activation, width, 3, 3)),
            _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "There are residual networks of 9, 10, 14 and 20 layers."),
        };
    }

    private static IReadOnlyList<Layer> ResNet(
        LayerStack stack, int outputs, ActivationFunction activation, int width, int stages, int blocks)
    {
        stack.Convolution(width).Activation(activation);
        for (int i = 0; i < stages * blocks; i++)
        {
            int stage = i / blocks, channels = width << stage, stride = stage > 0 && i % blocks == 0 ? 2 : 1;
            Sequence body = new LayerStack(stack.Shape)
                .Convolution(channels, stride: stride).Activation(activation).Convolution(channels).Network;
            Layer? projection = stride == 1 ? null : new ConvolutionLayer(stack.Shape, channels, 1, stride);
            stack.Add(new Residual(body, projection)).Activation(activation);
        }

        return stack.Add(new GlobalAveragePoolingLayer(stack.Shape)).Linear(outputs).Layers;
    }

    private static IReadOnlyList<Layer> ResNet9(LayerStack stack, int outputs, ActivationFunction activation, int width)
    {
        if (stack.Shape.Height != stack.Shape.Width)
            throw new ArgumentOutOfRangeException(nameof(stack), stack.Shape, $"ResNet-9 takes square images; these are {stack.Shape}.");
        stack.Convolution(width).Activation(activation).Convolution(2 * width, size: 5, stride: 2, padding: 2).Activation(activation);
        stack.Add(Twice(2 * width)).Convolution(4 * width).Activation(activation).MaxPool(2);
        stack.Add(Twice(4 * width)).Convolution(2 * width, padding: 0).Activation(activation).MaxPool(stack.Shape.Height);
        stack.Linear(outputs, bias: false);
        return stack.Add(new ScaleLayer(stack.Shape, 0.2)).Layers;

        Residual Twice(int channels)
            => new(new LayerStack(stack.Shape)
                .Convolution(channels).Activation(activation).Convolution(channels).Activation(activation).Network);
    }
}
