using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Networks.Tests.Models;

public class ModelSpecTests
{
    [Theory]
    [InlineData("mlp:784-256-256-1:erf", 267009)]
    [InlineData("mlp:784-32-32-32-32-10:relu", 28618)]
    [InlineData("mlp:3072-512-512-10:relu", 1841162)]
    [InlineData("mlp:4-5-2:leaky-relu:0.2:no-bias:layer-norm", 40)]
    [InlineData("linear:100-1", 101)]
    [InlineData("linear:100-1:no-bias", 100)]
    [InlineData("diagonal:100x3", 300)]
    [InlineData("quadratic:600", 600)]
    [InlineData("cnn5:3x32x32-10:relu", 2477514)]
    [InlineData("cnn6:3x32x32-10:relu", 510058)]
    [InlineData("resnet9:3x32x32-10:relu", 2273536)]
    [InlineData("resnet20:3x32x32-10:relu", 271690)]
    [InlineData("vgg10:3x32x32-10:relu", 35802)]
    [InlineData("vgg10:3x32x32-10:silu:width=16:ghost=128", 131498)]
    public void CanonicalTextsReadBackAsThemselves(string text, int parameters)
    {
        Model model = ModelSpec.Parse(text);
        Assert.Equal(text, model.Specification);
        Assert.Equal(parameters, model.ParameterCount);
    }

    [Theory]
    [InlineData("mlp:4-2", "mlp:4-2:relu")]
    [InlineData("mlp:4-3-2:no-bias:tanh", "mlp:4-3-2:tanh:no-bias")]
    [InlineData("mlp:4-3-2:leaky-relu:1e-2", "mlp:4-3-2:leaky-relu")]
    [InlineData("mlp:4-3-2:leaky-relu:no-bias", "mlp:4-3-2:leaky-relu:no-bias")]
    [InlineData("cnn5:1x28x28-10", "cnn5:1x28x28-10:relu")]
    [InlineData("cnn5:1x28x28-10:width=64:silu", "cnn5:1x28x28-10:silu")]
    [InlineData("resnet9:3x32x32-10:width=64", "resnet9:3x32x32-10:relu")]
    [InlineData("resnet14:3x32x32-10:width=16", "resnet14:3x32x32-10:relu")]
    [InlineData("vgg10:3x32x32-10:ghost=1024:width=8", "vgg10:3x32x32-10:relu")]
    public void OtherTextsBecomeCanonical(string text, string canonical)
    {
        Assert.Equal(canonical, ModelSpec.Parse(text).Specification);
        Assert.Equal(canonical, ModelSpec.Parse(canonical).Specification);
    }

    [Theory]
    [InlineData("", 0, "", "one of mlp, linear")]
    [InlineData("mpl:4-2", 0, "mpl", "one of mlp, linear")]
    [InlineData("mlp", 3, "", "':' and the sizes")]
    [InlineData("mlp:", 4, "", "the number of inputs")]
    [InlineData("mlp:4", 5, "", "'-' and the next width")]
    [InlineData("mlp:4-0-2", 6, "0-2", "a width")]
    [InlineData("mlp:4--2", 6, "-2", "a width")]
    [InlineData("mlp:4-2-99999999999", 8, "99999999999", "a width")]
    [InlineData("mlp:4-3 -2", 7, " -2", "'-' and the next width")]
    [InlineData("mlp:4-2:rleu", 8, "rleu", "relu, leaky-relu, tanh, sigmoid, gelu, erf, silu, square, identity, no-bias, layer-norm")]
    [InlineData("mlp:4-2:tanh:relu", 13, "relu", "each once")]
    [InlineData("mlp:4-2:no-bias:no-bias", 16, "no-bias", "each once")]
    [InlineData("mlp:4-2:relu:0.3", 13, "0.3", "the end, or ':' and one of")]
    [InlineData("mlp:4-2:", 8, "", "the end, or ':' and one of")]
    [InlineData("mlp:4-2:width=3", 8, "width=3", "the end, or ':' and one of")]
    [InlineData("linear:4-2:relu", 11, "relu", "no-bias")]
    [InlineData("linear:4-2-3", 10, "-3", "no-bias")]
    [InlineData("diagonal:4", 10, "", "'x' and the depth")]
    [InlineData("diagonal:4x2:relu", 13, "relu", "the end")]
    [InlineData("quadratic:x", 10, "x", "the number of parameters")]
    [InlineData("cnn5:32x32-10", 10, "-10", "'x' and the width")]
    [InlineData("cnn5:3x32x32", 12, "", "'-' and the number of outputs")]
    [InlineData("cnn5:3x32x32-10:ghost=3", 16, "ghost=3", "width=<number>")]
    [InlineData("vgg10:3x32x32-10:ghost=0", 23, "0", "ghost, a whole number from 1")]
    [InlineData("vgg10:3x32x32-10:ghost", 17, "ghost", "ghost=<number>")]
    [InlineData("cnn5:3x4x4-10", 5, "3x4x4-10", "sizes that fit together")]
    [InlineData("resnet9:3x32x30-10", 8, "3x32x30-10", "square images")]
    [InlineData("resnet11:3x32x32-10", 0, "resnet11", "resnet9, resnet10, resnet14, resnet20")]
    [InlineData("quadratic:100000", 10, "100000", "sizes that fit together")]
    [InlineData("mlp:100000-100000-10", 4, "100000-100000-10", "sizes that fit together")]
    [InlineData("resnet20:3x50000x50000-10", 9, "3x50000x50000-10", "sizes that fit together")]
    [InlineData("vgg10:3x8000x8000-10:width=500", 6, "3x8000x8000-10:width=500", "sizes that fit together")]
    public void AMalformedTextIsToldWhereAndWhatIsKnown(string text, int position, string found, string expected)
    {
        ModelSpecException e = Assert.Throws<ModelSpecException>(() => ModelSpec.Parse(text));
        Assert.Equal((text, position), (e.Text, e.Position));
        Assert.StartsWith(found, e.Found, StringComparison.Ordinal);
        Assert.Contains(expected, e.Expected, StringComparison.Ordinal);
        Assert.Contains(e.Expected, e.Message, StringComparison.Ordinal);
        Assert.Contains($"character {position + 1}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FactoriesMakeWhatTheirTextsMake()
    {
        TensorShape image = new(32, 28, 3);
        Model[] models =
        [
            Model.Mlp([4, 3, 2], new(ActivationKind.LeakyRelu, 0.25), bias: false, layerNorm: true), Model.Linear(4, 2, bias: false), Model.Diagonal(4, 2),
            Model.Quadratic(3), Model.Cnn5(image, 2, new(ActivationKind.Silu), 3), Model.Cnn6(image, 2, new(ActivationKind.Erf), 3),
            Model.ResNet(14, image, 2, new(ActivationKind.Gelu), 3), Model.Vgg10(image, 2, new(ActivationKind.Square), 3, 5),
        ];
        Assert.All(models, model =>
        {
            Model read = ModelSpec.Parse(model.Specification);
            Assert.Equal(model.Specification, read.Specification);
            Assert.Equal(model.Parameters.Select(Described), read.Parameters.Select(Described));
            Assert.Equal(model.Network.Layers.Select(layer => layer.GetType()), read.Network.Layers.Select(layer => layer.GetType()));
            Assert.Equal(model.Network.ExampleMultiple, read.Network.ExampleMultiple);
        });
        static string Described(ParameterShape shape) => $"{shape.Name} {shape.Role} [{string.Join(',', shape.Dimensions)}] {shape.FanIn} {shape.FanOut}";
    }

    [Fact]
    public void AFactorySaysWhichNumberIsWrong()
    {
        Assert.Throws<ArgumentException>("widths", () => Model.Mlp([4], new(ActivationKind.Relu)));
        Assert.Throws<ArgumentOutOfRangeException>("widths", () => Model.Mlp([4, 0, 2], new(ActivationKind.Relu)));
        Assert.Throws<ArgumentOutOfRangeException>("depth", () => Model.Diagonal(4, 0));
        Assert.Throws<ArgumentOutOfRangeException>("depth", () => Model.ResNet(18, new(32, 32, 3), 10, new(ActivationKind.Relu)));
        Assert.Throws<ArgumentOutOfRangeException>("ghost", () => Model.Vgg10(new(32, 32, 3), 10, new(ActivationKind.Relu), ghost: 0));
    }

    [Fact]
    public void ALayerSaysWhatDoesNotFit()
    {
        TensorShape image = new(4, 5, 2), vector = TensorShape.Vector(4);
        Assert.Contains("flatten", Assert.Throws<ArgumentException>("input", () => new LinearLayer(image, 3)).Message, StringComparison.Ordinal);
        Assert.Contains("2 x 4 x 5", Assert.Throws<ArgumentException>("input", () => new DiagonalLayer(image)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("size", () => new ConvolutionLayer(image, 3, 5));
        Assert.Throws<ArgumentOutOfRangeException>("padding", () => new ConvolutionLayer(image, 3, 2, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>("outputs", () => new ConvolutionLayer(image, 0, 3));
        Assert.Throws<ArgumentOutOfRangeException>("stride", () => new ConvolutionLayer(image, 3, 3, 0));
        Assert.Throws<ArgumentOutOfRangeException>("padding", () => new MaxPoolingLayer(image, 3, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>("ghost", () => new GhostBatchNormLayer(image, 0));
        Assert.Throws<ArgumentOutOfRangeException>("epsilon", () => new LayerNormLayer(image, 0));
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => new ScaleLayer(image, double.NaN));
        Assert.Throws<ArgumentException>("projection", () => new Residual(new LinearLayer(vector, 3)));
        Assert.Throws<ArgumentException>("projection", () => new Residual(new LinearLayer(vector, 3), new LinearLayer(vector, 2)));
        Assert.Throws<NotSupportedException>(() => new GhostBatchNormLayer(vector, 2).ExampleGradients<Span<double>>(default, default, 4));
    }
}
