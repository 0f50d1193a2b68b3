using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Models;

/// <summary>Models as text: a family, its sizes, and options, separated by colons.</summary>
/// <remarks>
/// <code>
/// mlp:784-256-256-1:erf          inputs, hidden widths, outputs; options no-bias, layer-norm
/// linear:100-1                   inputs and outputs; option no-bias
/// diagonal:100x3                 inputs x depth; one output
/// cnn5:3x32x32-10:relu           channels x height x width - outputs; option width=64
/// cnn6:3x32x32-10:relu           option width=32
/// resnet9:3x32x32-10:relu        also resnet10, resnet14, resnet20; option width=64, or 16 for the others
/// vgg10:3x32x32-10:relu          options width=8, ghost=1024
/// quadratic:600                  parameters
/// </code>
/// Activations: <c>relu</c> (where none is told), <c>leaky-relu</c> with a slope if wanted (<c>leaky-relu:0.2</c>), <c>tanh</c>, <c>sigmoid</c>,
/// <c>gelu</c>, <c>erf</c>, <c>silu</c>, <c>square</c>, <c>identity</c>. <see cref="Model.Specification"/> is the canonical text, which reads back as the
/// same model.
/// </remarks>
public static class ModelSpec
{
    private static readonly (string Name, ActivationKind Kind)[] Kinds =
    [
        ("relu", ActivationKind.Relu), ("leaky-relu", ActivationKind.LeakyRelu), ("tanh", ActivationKind.Tanh), ("sigmoid", ActivationKind.Sigmoid),
        ("gelu", ActivationKind.Gelu), ("erf", ActivationKind.Erf), ("silu", ActivationKind.Silu), ("square", ActivationKind.Square),
        ("identity", ActivationKind.Identity),
    ];

    /// <summary>The families that are known.</summary>
    public static IReadOnlyList<string> Families { get; } =
        ["mlp", "linear", "diagonal", "cnn5", "cnn6", "resnet9", "resnet10", "resnet14", "resnet20", "vgg10", "quadratic"];

    /// <summary>The activations that are known.</summary>
    public static IReadOnlyList<string> Activations { get; } = [.. Kinds.Select(kind => kind.Name)];

    /// <summary>The model of a text.</summary>
    /// <exception cref="ModelSpecException">The text cannot be read, or its sizes do not fit together; the message says where, what was found, and what is known.</exception>
    public static Model Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        SpecCursor at = new(text);
        string family = at.Family(Families);
        int sizes = at.Position;
        try
        {
            return family switch
            {
                "mlp" => Mlp(at),
                "linear" => Linear(at),
                "diagonal" => Diagonal(at),
                "quadratic" => Quadratic(at),
                _ => Image(family, at),
            };
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            string why = e is OverflowException ? $"an array or an example of more than {int.MaxValue} numbers" : e.Message;
            throw new ModelSpecException(text, sizes, text[sizes..], $"sizes that fit together ({why})", e);
        }
    }

    /// <summary><c>relu</c>, <c>leaky-relu:0.2</c>.</summary>
    internal static string NameOf(ActivationFunction function)
    {
        string name = Kinds.First(kind => kind.Kind == function.Kind).Name;
        return function.Kind is ActivationKind.LeakyRelu && function.Slope != new ActivationFunction(ActivationKind.LeakyRelu).Slope
            ? FormattableString.Invariant($"{name}:{function.Slope:R}")
            : name;
    }

    /// <summary><c>3x32x32</c>.</summary>
    internal static string NameOf(TensorShape image) => $"{image.Channels}x{image.Height}x{image.Width}";

    private static Model Mlp(SpecCursor at)
    {
        List<int> widths = [at.Number("the number of inputs")];
        do
        {
            at.Take('-', "'-' and the next width");
            widths.Add(at.Number("a width"));
        }
        while (!at.PartEnds);
        SpecOptions options = SpecOptions.Read(at, Kinds, [], ["no-bias", "layer-norm"]);
        return Model.Mlp(widths, options.Activation, !options.Has("no-bias"), options.Has("layer-norm"));
    }

    private static Model Linear(SpecCursor at)
    {
        int inputs = at.Number("the number of inputs");
        at.Take('-', "'-' and the number of outputs");
        int outputs = at.Number("the number of outputs");
        return Model.Linear(inputs, outputs, !SpecOptions.Read(at, [], [], ["no-bias"]).Has("no-bias"));
    }

    private static Model Diagonal(SpecCursor at)
    {
        int inputs = at.Number("the number of inputs");
        at.Take('x', "'x' and the depth");
        int depth = at.Number("the depth");
        SpecOptions.Read(at, [], [], []);
        return Model.Diagonal(inputs, depth);
    }

    private static Model Quadratic(SpecCursor at)
    {
        int parameters = at.Number("the number of parameters");
        SpecOptions.Read(at, [], [], []);
        return Model.Quadratic(parameters);
    }

    private static Model Image(string family, SpecCursor at)
    {
        int channels = at.Number("the number of channels");
        at.Take('x', "'x' and the height");
        int height = at.Number("the height");
        at.Take('x', "'x' and the width");
        TensorShape input = new(height, at.Number("the width"), channels);
        _ = checked(input.Height * input.Width * input.Channels);
        at.Take('-', "'-' and the number of outputs");
        int outputs = at.Number("the number of outputs");
        SpecOptions options = SpecOptions.Read(at, Kinds, family == "vgg10" ? ["width", "ghost"] : ["width"], []);
        ActivationFunction activation = options.Activation;
        return family switch
        {
            "cnn5" => Model.Cnn5(input, outputs, activation, options.Value("width", 64)),
            "cnn6" => Model.Cnn6(input, outputs, activation, options.Value("width", 32)),
            "vgg10" => Model.Vgg10(input, outputs, activation, options.Value("width", 8), options.Value("ghost", 1024)),
            _ => Model.ResNet(int.Parse(family["resnet".Length..]), input, outputs, activation, options.Value("width", 0)),
        };
    }
}
