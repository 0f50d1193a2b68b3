namespace HessianKernels.Networks.Layers;

/// <summary>What a parameter array does, which decides how it is initialised.</summary>
public enum ParameterRole
{
    /// <summary>Multiplies the input of a linear map or convolution.</summary>
    Weight,

    /// <summary>Is added to its output.</summary>
    Bias,

    /// <summary>Multiplies normalised values; starts at 1.</summary>
    Scale,

    /// <summary>Is added to normalised values; starts at 0.</summary>
    Shift,

    /// <summary>A coordinate of its own, as of a diagonal network; starts where the initialisation says.</summary>
    Diagonal,

    /// <summary>The distance from the point at which a model was expanded; starts at 0.</summary>
    Displacement,
}

/// <summary>One array of a layer's parameters, in PyTorch's order of dimensions, row-major.</summary>
/// <param name="Name">PyTorch's name within the layer: weight, bias.</param>
/// <param name="Role">What it does.</param>
/// <param name="Dimensions">Its shape: <c>[outputs, inputs]</c>, <c>[outputs, channels, height, width]</c>, <c>[outputs]</c>.</param>
/// <param name="FanIn">Inputs that one output of the layer sums over.</param>
/// <param name="FanOut">Outputs that one input of the layer reaches.</param>
public sealed record ParameterShape(string Name, ParameterRole Role, IReadOnlyList<int> Dimensions, int FanIn, int FanOut)
{
    /// <summary>Number of parameters.</summary>
    public int Length { get; } = Dimensions.Aggregate(1, (product, dimension) => checked(product * dimension));
}
