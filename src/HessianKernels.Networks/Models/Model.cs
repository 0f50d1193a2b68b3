using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Models;

/// <summary>A network: a sequence of layers with the shapes of all that goes in, through and out. It holds no parameters.</summary>
/// <remarks>The parameters of a model are one vector of <see cref="ParameterCount"/> numbers: its arrays in PyTorch's order, weight then bias, layer after layer.</remarks>
public sealed partial class Model
{
    /// <summary>A model of these layers.</summary>
    /// <param name="specification">What it is called: the text that <c>ModelSpec.Parse</c> makes it from, or any name.</param>
    /// <param name="layers">The layers, each taking what the one before it gives; at least one.</param>
    /// <exception cref="ArgumentException">There is no layer, one does not fit the one before it, the output is an image, or there is no parameter.</exception>
    public Model(string specification, IReadOnlyList<Layer> layers)
    {
        Specification = specification;
        Network = new(layers);
        if (!Network.Output.IsVector) throw new ArgumentException($"The last layer gives an image, {Network.Output}; a loss takes vectors: flatten it.", nameof(layers));
        ParameterCount = Network.ParameterCount;
        if (ParameterCount == 0) throw new ArgumentException("No layer has parameters; at least one is needed.", nameof(layers));
    }

    /// <summary>What it is called.</summary>
    public string Specification { get; }

    /// <summary>Its layers, as one.</summary>
    public Sequence Network { get; }

    /// <summary>Shape of one input.</summary>
    public TensorShape Input => Network.Input;

    /// <summary>Number of outputs C.</summary>
    public int Outputs => Network.Output.Length;

    /// <summary>Its parameter arrays in order.</summary>
    public IReadOnlyList<ParameterShape> Parameters => Network.Parameters;

    /// <summary>Number of parameters d.</summary>
    public int ParameterCount { get; }
}
