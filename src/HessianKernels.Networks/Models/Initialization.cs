using System.Globalization;
using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Networks.Layers;

namespace HessianKernels.Networks.Models;

/// <summary>Where the parameters of a model start.</summary>
/// <remarks>
/// <code>
/// pytorch     weights and biases uniform on (-1/sqrt(fanIn), 1/sqrt(fanIn))       PyTorch's default for Linear and Conv2d
/// he          weights normal, variance 2 / fanIn; biases 0                        (He et al., ICCV 2015)
/// lecun       weights normal, variance 1 / fanIn; biases 0
/// scaled:0.3  0.3 times he                                                        (paper 002, Figure 14)
/// </code>
/// In all of them scales of a normalisation start at 1, its shifts and a displacement at 0; the coordinates of a diagonal network are
/// weights with a fanIn of 1. Array a takes the numbers of Philox stream a: the same seed gives the same bits for any number of threads, in
/// float the rounded doubles.
/// </remarks>
public sealed class Initialization
{
    private readonly string name;
    private readonly double gain;
    private readonly bool uniform;

    private Initialization(string name, double gain, bool uniform = false) => (this.name, this.gain, this.uniform) = (name, gain, uniform);

    /// <summary>Uniform, variance 1 / (3 fanIn), biases too.</summary>
    public static Initialization PyTorch { get; } = new("pytorch", 1, uniform: true);

    /// <summary>Normal, variance 2 / fanIn.</summary>
    public static Initialization He { get; } = new("he", Math.Sqrt(2));

    /// <summary>Normal, variance 1 / fanIn.</summary>
    public static Initialization LeCun { get; } = new("lecun", 1);

    /// <summary>A multiple of <see cref="He"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not positive and finite.</exception>
    public static Initialization Scaled(double factor)
    {
        if (!(factor > 0) || !double.IsFinite(factor))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor is positive and finite.");
        return new(string.Create(CultureInfo.InvariantCulture, $"scaled:{factor:R}"), factor * Math.Sqrt(2));
    }

    /// <summary>An initialisation by its name.</summary>
    /// <exception cref="FormatException">There is no such initialisation; the message lists those there are.</exception>
    public static Initialization Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (Initialization known in (Initialization[])[PyTorch, He, LeCun])
            if (text == known.name) return known;
        if (text.StartsWith("scaled:", StringComparison.Ordinal)
            && double.TryParse(text.AsSpan("scaled:".Length), NumberStyles.Float, CultureInfo.InvariantCulture, out double factor)
                && factor > 0 && double.IsFinite(factor))
            return Scaled(factor);
        throw new FormatException(
            $"There is no initialisation '{text}'; expected pytorch, he, lecun, or scaled:<factor> with a positive factor.");
    }

    /// <summary>The parameters of a model.</summary>
    public T[] Parameters<T>(Model model, ulong seed) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] parameters = new T[model.ParameterCount];
        Fill<T>(model, seed, parameters);
        return parameters;
    }

    /// <summary>The same into memory of the caller's.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Same seed, same bits.</param>
    /// <param name="parameters"><c>[d]</c>; overwritten.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void Fill<T>(Model model, ulong seed, Span<T> parameters) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        if (parameters.Length != model.ParameterCount)
            throw new ArgumentException(
                $"There is room for {parameters.Length} parameters; the model has {model.ParameterCount}.", nameof(parameters));
        int start = 0;
        for (int array = 0; array < model.Parameters.Count; array++)
        {
            ParameterShape shape = model.Parameters[array];
            Fill(shape, seed, (ulong)array, parameters.Slice(start, shape.Length));
            start += shape.Length;
        }
    }

    /// <summary><c>pytorch</c>, <c>scaled:0.3</c>: what Parse reads.</summary>
    public override string ToString() => name;

    private void Fill<T>(ParameterShape shape, ulong seed, ulong stream, Span<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (shape.Role is ParameterRole.Scale) values.Fill(T.One);
        else if (shape.Role is ParameterRole.Shift or ParameterRole.Displacement || (shape.Role is ParameterRole.Bias && !uniform))
            values.Clear();
        else
        {
            double width = gain / Math.Sqrt(shape.FanIn);
            for (int i = 0; i < values.Length; i += 2)
            {
                (double first, double second) = uniform
                    ? Philox.SymmetricPair(seed, stream, (ulong)(i / 2))
                    : Philox.NormalPair(seed, stream, (ulong)(i / 2));
                values[i] = T.CreateTruncating(width * first);
                if (i + 1 < values.Length) values[i + 1] = T.CreateTruncating(width * second);
            }
        }
    }
}
