using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Tests.Layers;

/// <summary>A model, a loss and numbers for both: a seed makes them.</summary>
internal sealed class NetworkCase
{
    private static readonly ActivationFunction Tanh = new(ActivationKind.Tanh), Silu = new(ActivationKind.Silu), Relu = new(ActivationKind.Relu);

    private NetworkCase(string name, Model model, Loss? loss = null, int examples = 5, ulong seed = 1)
    {
        (Name, Model, Loss, Examples, Seed) = (name, model, loss ?? new MeanSquaredError(), examples, seed);
        int array = 0;
        Parameters = [.. model.Parameters.SelectMany(shape => Start(shape, seed + 100 + (ulong)array++))];
        Inputs = Numbers(examples * model.Input.Length, seed + 1);
        Targets = Numbers(examples * model.Outputs, seed + 2);
        if (Loss is not CrossEntropy) return;
        for (int e = 0; e < examples; e++)
        {
            Span<double> row = Targets.AsSpan(e * model.Outputs, model.Outputs);
            double sum = 0;
            foreach (ref double t in row) sum += t = Math.Abs(t);
            foreach (ref double t in row) t /= sum;
        }
    }

    public string Name { get; }

    public Model Model { get; }

    public Loss Loss { get; }

    public int Examples { get; }

    public ulong Seed { get; }

    public double[] Parameters { get; }

    public double[] Inputs { get; }

    public double[] Targets { get; }

    public static IReadOnlyDictionary<string, NetworkCase> All { get; } = Cases().ToDictionary(one => one.Name);

    /// <summary>Numbers uniform on (-1, 1).</summary>
    public static double[] Numbers(int count, ulong seed)
    {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = HessianKernels.Kernels.Philox.SymmetricPair(seed, 7, (ulong)i).Item1;
        return numbers;
    }

    public override string ToString() => Name;

    private static IEnumerable<double> Start(ParameterShape shape, ulong seed)
    {
        double[] numbers = Numbers(shape.Length, seed);
        double width = shape.Role is ParameterRole.Weight ? 1.5 / Math.Sqrt(shape.FanIn) : 1;
        return shape.Role is ParameterRole.Scale ? numbers.Select(x => 1 + 0.5 * x) : numbers.Select(x => width * x);
    }

    private static IEnumerable<NetworkCase> Cases()
    {
        foreach (string activation in ModelSpec.Activations) yield return new($"mlp {activation}", ModelSpec.Parse($"mlp:4-5-3-2:{activation}"), seed: 3);
        yield return new("leaky 0.3, no bias", ModelSpec.Parse("mlp:4-5-2:leaky-relu:0.3:no-bias"));
        yield return new("mlp, layer norm", ModelSpec.Parse("mlp:4-6-5-2:tanh:layer-norm"));
        yield return new("linear", ModelSpec.Parse("linear:4-3"));
        yield return new("diagonal", ModelSpec.Parse("diagonal:4x3"));
        yield return new("diagonal of one", ModelSpec.Parse("diagonal:1x2"), new MeanSquaredError(SquaredErrorConvention.SumOverOutputs));
        yield return new("quadratic", ModelSpec.Parse("quadratic:4"));
        yield return new("cross-entropy", ModelSpec.Parse("mlp:4-5-3:silu"), new CrossEntropy());
        yield return new("cross-entropy smoothed", ModelSpec.Parse("mlp:4-5-3:gelu"), new CrossEntropy(0.2));
        yield return new("mean over outputs", ModelSpec.Parse("mlp:4-5-3:silu"), new MeanSquaredError(SquaredErrorConvention.MeanOverOutputs));
        yield return new("cnn5", ModelSpec.Parse("cnn5:2x18x18-3:silu:width=2"), new CrossEntropy(), 3);
        yield return new("cnn6", ModelSpec.Parse("cnn6:2x12x12-3:tanh:width=2"), new CrossEntropy(0.1), 3);
        yield return new("resnet9", ModelSpec.Parse("resnet9:3x16x16-3:silu:width=2"), new CrossEntropy(), 2);
        yield return new("resnet10", ModelSpec.Parse("resnet10:3x8x8-2:tanh:width=2"), examples: 2);
        yield return new("resnet14 relu", ModelSpec.Parse("resnet14:3x8x8-2:relu:width=2"), examples: 2);
        yield return new("vgg10, ragged ghost", ModelSpec.Parse("vgg10:2x8x8-3:silu:width=2:ghost=3"), new CrossEntropy(), 7);
        foreach (NetworkCase one in Neighbourhoods()) yield return one;
    }

    /// <summary>Every layer first, last, twice, and inside others.</summary>
    private static IEnumerable<NetworkCase> Neighbourhoods()
    {
        TensorShape four = TensorShape.Vector(4), image = new(5, 4, 2);
        yield return Of("activation first", new LayerStack(four).Activation(Tanh).Linear(3).Layers);
        yield return Of("activation last", new LayerStack(four).Linear(3).Activation(Tanh).Layers);
        yield return Of("activations twice, first and last", new LayerStack(four).Activation(Silu).Activation(Tanh).Linear(4).Activation(Tanh).Activation(Silu).Layers);
        yield return Of("linear twice", new LayerStack(four).Linear(3).Linear(2).Layers);
        yield return Of("normalisation first and last", [
            new LayerNormLayer(four), .. new LayerStack(four).Linear(3).Layers, new LayerNormLayer(TensorShape.Vector(3))]);
        yield return Of("ghosts of vectors, ragged", [
            .. new LayerStack(four).Linear(3).Layers, new GhostBatchNormLayer(TensorShape.Vector(3), 2), new ActivationLayer(TensorShape.Vector(3), Tanh)], 5);
        yield return Of("a ghost larger than the batch, first", [new GhostBatchNormLayer(four, 8), .. new LayerStack(four).Activation(Tanh).Linear(2).Layers]);
        yield return Of("layer norm of images", LayerStack.OnImage(image).Convolution(3).Add(new LayerNormLayer(image with { Channels = 3 })).Activation(Tanh).Flatten().Linear(2).Layers);
        yield return Of("convolution, stride 2, no bias", LayerStack.OnImage(image).Convolution(3, 3, 2, 1, bias: false).Activation(Silu).Convolution(2, 2, 1, 0).Flatten().Layers);
        yield return Of("pooling", Pools(LayerStack.OnImage(image).Convolution(3)).Linear(2).Layers);
        yield return Of("pooling of the input", Pools(LayerStack.OnImage(image)).Linear(2).Layers);
        yield return Of("global pooling", WithGlobal(LayerStack.OnImage(image).Convolution(3).Activation(Tanh)).Linear(2).Layers);
        yield return Of("scale", [.. new LayerStack(four).Linear(3).Layers, new ScaleLayer(TensorShape.Vector(3), -0.7), new ActivationLayer(TensorShape.Vector(3), Tanh)]);
        yield return Of("quadratic inside", [.. new LayerStack(four).Linear(12).Activation(Tanh).Layers, new QuadraticLayer(3)]);
        yield return Of("diagonal inside", [.. new LayerStack(four).Linear(4).Activation(Tanh).Layers, new DiagonalLayer(four), new DiagonalLayer(four)]);
        yield return Of("residual first", [new Residual(new LayerStack(four).Linear(4).Activation(Tanh).Network), .. new LayerStack(four).Linear(2).Layers]);
        yield return Of("residual of ReLU first", [new Residual(new LayerStack(four).Linear(4).Activation(Relu).Network), .. new LayerStack(four).Linear(2).Layers]);
        yield return Of("sequence of ReLU first", [new LayerStack(four).Linear(4).Activation(Relu).Network, .. new LayerStack(four).Linear(2).Layers]);
        yield return Of("residual, body ends in an activation", Residual(body => body.Linear(4).Activation(Tanh)));
        yield return Of("residual, body begins with one", Residual(body => body.Activation(Tanh).Linear(4)));
        yield return Of("residual, body twice activated", Residual(body => body.Linear(4).Activation(Silu).Activation(Tanh)));
        yield return Of("residual, projection", Residual(body => body.Linear(3), way => way.Linear(3)));
        yield return Of("residual, projection ends in an activation", Residual(body => body.Linear(3), way => way.Linear(3).Activation(Tanh)));
        yield return Of("residual, both end in one", Residual(body => body.Linear(3).Activation(Silu), way => way.Linear(3).Activation(Tanh)));
        yield return Of("residual, neither way has parameters", Residual(body => body.Activation(Silu), way => way.Activation(Tanh)));
        yield return Of("residual without parameters first", [
            new Residual(new ActivationLayer(four, Tanh), new ScaleLayer(four, 0.5)), .. new LayerStack(four).Linear(2).Layers]);
        yield return Of("residual in a residual", Residual(
            body => body.Add(new Residual(new LayerStack(four).Linear(4).Activation(Tanh).Network)).Activation(Silu), way => way.Linear(4).Activation(Tanh)));
        yield return Of("residual with ghosts", Residual(body => body.Linear(4).Add(new GhostBatchNormLayer(four, 2)).Activation(Tanh)));
        yield return Of("sequence in a sequence", [
            new Sequence(new LayerStack(four).Linear(4).Activation(Tanh).Layers), new Sequence(new LayerStack(four).Activation(Silu).Linear(3).Layers),
            new ActivationLayer(TensorShape.Vector(3), Tanh)]);

        static LayerStack Pools(LayerStack stack)
            => stack.Add(new MaxPoolingLayer(stack.Shape, 3, 2, 1)).Add(new AveragePoolingLayer(stack.Shape, 2, 1, 1)).Add(new MaxPoolingLayer(stack.Shape, 2, 1)).Flatten();

        static LayerStack WithGlobal(LayerStack stack) => stack.Add(new GlobalAveragePoolingLayer(stack.Shape));

        static IReadOnlyList<Layer> Residual(Func<LayerStack, LayerStack> body, Func<LayerStack, LayerStack>? way = null)
        {
            LayerStack below = new LayerStack(TensorShape.Vector(4)).Linear(4).Activation(Tanh);
            below.Add(new Residual(body(new(below.Shape)).Network, way?.Invoke(new(below.Shape)).Network)).Activation(Tanh);
            return below.Linear(2).Layers;
        }

        static NetworkCase Of(string name, IReadOnlyList<Layer> layers, int examples = 4) => new(name, new Model(name, layers), examples: examples);
    }
}
