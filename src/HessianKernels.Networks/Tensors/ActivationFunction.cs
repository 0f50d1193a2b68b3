namespace HessianKernels.Networks.Tensors;

/// <summary>A function of one variable that an activation layer applies to every element.</summary>
public enum ActivationKind
{
    /// <summary><c>z</c>.</summary>
    Identity,

    /// <summary><c>max(z, 0)</c>, with derivative 0 at 0, as PyTorch has it.</summary>
    Relu,

    /// <summary><c>z</c> where z is positive, else <c>slope z</c>; derivative slope at 0.</summary>
    LeakyRelu,

    /// <summary><c>tanh z</c>.</summary>
    Tanh,

    /// <summary><c>1 / (1 + exp(-z))</c>.</summary>
    Sigmoid,

    /// <summary><c>z (1 + erf(z / sqrt 2)) / 2</c>, by the exact error function.</summary>
    Gelu,

    /// <summary><c>erf z</c>.</summary>
    Erf,

    /// <summary><c>z / (1 + exp(-z))</c>.</summary>
    Silu,

    /// <summary><c>z^2</c>: what turns a linear network into a polynomial one (paper 004's z = Theta^2).</summary>
    Square,
}

/// <summary>An activation and its one parameter.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Slope">Slope of a leaky ReLU at the left; not read by the others.</param>
public readonly record struct ActivationFunction(ActivationKind Kind, double Slope = 0.01)
{
    /// <summary>Whether its second and higher derivatives are zero wherever they exist.</summary>
    public bool IsPiecewiseLinear => Kind is ActivationKind.Identity or ActivationKind.Relu or ActivationKind.LeakyRelu;
}
