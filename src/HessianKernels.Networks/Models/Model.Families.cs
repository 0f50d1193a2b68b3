using System.Globalization;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Models;

public sealed partial class Model
{
    /// <summary>
    /// A multilayer perceptron, <c>mlp:784-256-256-1:erf</c>: linear layers with an activation between them, none after the last.
    /// </summary>
    /// <param name="widths">Inputs, widths of the hidden layers, outputs; at least two numbers.</param>
    /// <param name="activation">What follows every layer but the last.</param>
    /// <param name="bias">Whether the layers have biases.</param>
    /// <param name="layerNorm">Whether each hidden layer is normalised before its activation.</param>
    /// <exception cref="ArgumentException">There are fewer than two widths, or one is below 1.</exception>
    public static Model Mlp(IReadOnlyList<int> widths, ActivationFunction activation, bool bias = true, bool layerNorm = false)
    {
        LayerStack stack = new(Inputs(widths));
        for (int i = 1; i < widths.Count; i++)
        {
            stack.Linear(widths[i], bias);
            if (i == widths.Count - 1) break;
            if (layerNorm) stack.Add(new LayerNormLayer(stack.Shape));
            stack.Activation(activation);
        }

        string options = $"{(bias ? "" : ":no-bias")}{(layerNorm ? ":layer-norm" : "")}";
        return new($"mlp:{string.Join('-', widths)}:{ModelSpec.NameOf(activation)}{options}", stack.Layers);
    }

    /// <summary>A linear model, <c>linear:100-1</c>: one linear layer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static Model Linear(int inputs, int outputs, bool bias = true)
        => new(
            $"linear:{inputs}-{outputs}{(bias ? "" : ":no-bias")}", new LayerStack(Inputs([inputs, outputs])).Linear(outputs, bias).Layers);

    /// <summary>
    /// A diagonal linear network, <c>diagonal:100x3</c>: <c>f(x) = sum_i x_i prod_l theta_li</c>, one output. With one input of 1 its
    /// output is the product Theta of paper 004.
    /// </summary>
    /// <param name="inputs">Length of x.</param>
    /// <param name="depth">Number of factors l, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static Model Diagonal(int inputs, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        LayerStack stack = new(TensorShape.Vector(inputs));
        for (int i = 0; i < depth; i++) stack.Add(new DiagonalLayer(stack.Shape));
        if (inputs > 1) stack.Add(new SumLayer(stack.Shape));
        return new($"diagonal:{inputs}x{depth}", stack.Layers);
    }

    /// <summary>
    /// The quadratic regression model, <c>quadratic:600</c> (paper 000 eq. 12, 104): <c>f_i = &lt;J_i, theta&gt; + theta^T Q_i theta /
    /// 2</c>, where example i's input is <c>(J_i, Q_i)</c>, P + P^2 numbers; f(theta_0) is taken off the target.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no parameter.</exception>
    public static Model Quadratic(int parameters) => new($"quadratic:{parameters}", [new QuadraticLayer(parameters)]);

    private static TensorShape Inputs(IReadOnlyList<int> widths)
    {
        if (widths.Count < 2)
            throw new ArgumentException($"There are {widths.Count} widths; inputs and outputs are needed at least.", nameof(widths));
        for (int i = 0; i < widths.Count; i++)
            if (widths[i] < 1) throw new ArgumentOutOfRangeException(nameof(widths), widths[i], $"Width {i} is below 1.");
        return TensorShape.Vector(widths[0]);
    }

    private static string Named(string family, TensorShape input, int outputs, ActivationFunction activation, string options)
        => $"{family}:{ModelSpec.NameOf(input)}-{outputs}:{ModelSpec.NameOf(activation)}{options}";

    private static string Option(string name, int value, int usual)
        => value == usual ? "" : string.Create(CultureInfo.InvariantCulture, $":{name}={value}");
}
