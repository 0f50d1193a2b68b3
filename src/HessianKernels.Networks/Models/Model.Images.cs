using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Models;

public sealed partial class Model
{
    /// <summary>
    /// The 5-layer convolutional network of paper 002, <c>cnn5:3x32x32-10:relu</c>: 3 x 3 convolutions without padding of W, W and 2W
    /// channels, a 2 x 2 maximum after the second and the third, a linear layer of 8W, and the outputs.
    /// </summary>
    /// <remarks>W = 64: the layers of the authors' published code; the paper itself says "3 convolutional, 2 fully-connected".</remarks>
    /// <param name="input">Shape of an image.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="activation">What follows every layer but the last.</param>
    /// <param name="width">W.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the image too small.</exception>
    public static Model Cnn5(TensorShape input, int outputs, ActivationFunction activation, int width = 64)
        => new(Named("cnn5", input, outputs, activation, Option("width", width, 64)), LayerStack.OnImage(input)
            .Convolution(width, padding: 0).Activation(activation)
            .Convolution(width, padding: 0).Activation(activation).MaxPool(2)
            .Convolution(2 * width, padding: 0).Activation(activation).MaxPool(2)
            .Flatten().Linear(8 * width).Activation(activation).Linear(outputs).Layers);

    /// <summary>
    /// A 6-layer convolutional network of paper 001's size, <c>cnn6:3x32x32-10:relu</c>: 3 x 3 convolutions of W, W, 2W and 2W channels,
    /// the second and fourth without padding and followed by a 2 x 2 maximum, a linear layer of 6W, and the outputs.
    /// </summary>
    /// <remarks>
    /// The paper gives the number of parameters alone, 0.51M; W = 32 has 510058 on CIFAR-10. Its layers are this library's choice.
    /// </remarks>
    /// <param name="input">Shape of an image.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="activation">What follows every layer but the last.</param>
    /// <param name="width">W.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the image too small.</exception>
    public static Model Cnn6(TensorShape input, int outputs, ActivationFunction activation, int width = 32)
        => new(Named("cnn6", input, outputs, activation, Option("width", width, 32)), LayerStack.OnImage(input)
            .Convolution(width).Activation(activation)
            .Convolution(width, padding: 0).Activation(activation).MaxPool(2)
            .Convolution(2 * width).Activation(activation)
            .Convolution(2 * width, padding: 0).Activation(activation).MaxPool(2)
            .Flatten().Linear(6 * width).Activation(activation).Linear(outputs).Layers);

    /// <summary>
    /// VGG10 with ghost batch norm of paper 004, <c>vgg10:3x32x32-10:relu</c>: three blocks of three 3 x 3 convolutions of W, 2W and 4W
    /// channels, each normalised over ghosts and activated, a 2 x 2 maximum after each block, and one linear layer.
    /// </summary>
    /// <remarks>W = 8 has 35802 parameters on CIFAR-10; the paper says 47892 and does not describe what follows the blocks.</remarks>
    /// <param name="input">Shape of an image.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="activation">What follows every normalisation.</param>
    /// <param name="width">W.</param>
    /// <param name="ghost">Examples that are normalised together; 1024 in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the image too small.</exception>
    public static Model Vgg10(TensorShape input, int outputs, ActivationFunction activation, int width = 8, int ghost = 1024)
    {
        LayerStack stack = LayerStack.OnImage(input);
        for (int block = 0; block < 3; block++)
        {
            for (int i = 0; i < 3; i++)
            {
                stack.Convolution(width << block);
                stack.Add(new GhostBatchNormLayer(stack.Shape, ghost)).Activation(activation);
            }

            stack.MaxPool(2);
        }

        return new(
            Named("vgg10", input, outputs, activation, Option("width", width, 8) + Option("ghost", ghost, 1024)),
            stack.Flatten().Linear(outputs).Layers);
    }
}
