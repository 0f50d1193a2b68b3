using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Models;

/// <summary>
/// What follows the sizes in a model's text: an activation, <c>name=number</c>, and words, each at most once and in any order.
/// </summary>
internal sealed class SpecOptions
{
    private readonly Dictionary<string, int> values = [];

    /// <summary>The activation; ReLU where none was told.</summary>
    public ActivationFunction Activation { get; private set; } = new(ActivationKind.Relu);

    /// <summary>Reads to the end of the text.</summary>
    /// <param name="at">Where the sizes end.</param>
    /// <param name="activations">The activations known; none where the model has none.</param>
    /// <param name="numbers">Options with a number.</param>
    /// <param name="words">Options without.</param>
    public static SpecOptions Read(SpecCursor at, (string Name, ActivationKind Kind)[] activations, string[] numbers, string[] words)
    {
        string[] known = [.. activations.Select(activation => activation.Name), .. numbers.Select(name => $"{name}=<number>"), .. words];
        string expected = known.Length == 0 ? "the end" : $"the end, or ':' and one of {string.Join(", ", known)}, each once";
        SpecOptions options = new();
        bool activationTold = false;
        while (!at.Ends)
        {
            at.Take(':', expected);
            int start = at.Position;
            string name = at.Name();
            int activation = Array.FindIndex(activations, activation => activation.Name == name);
            if (activation >= 0 && at.PartEnds && !activationTold)
            {
                activationTold = true;
                options.Activation = new(activations[activation].Kind);
                if (options.Activation.Kind is ActivationKind.LeakyRelu) options.Activation = WithSlope(at, options.Activation);
            }
            else if (numbers.Contains(name) && at.TryTake('=') && !options.values.ContainsKey(name)) options.values[name] = at.Number(name);
            else if (words.Contains(name) && at.PartEnds && options.values.TryAdd(name, 1)) continue;
            else
            {
                at.Return(start);
                throw at.Unexpected(expected);
            }
        }

        return options;
    }

    /// <summary>Whether a word was told.</summary>
    public bool Has(string word) => values.ContainsKey(word);

    /// <summary>The number of an option.</summary>
    public int Value(string name, int usual) => values.GetValueOrDefault(name, usual);

    private static ActivationFunction WithSlope(SpecCursor at, ActivationFunction function)
    {
        int end = at.Position;
        if (at.TryTake(':') && at.TryDecimal(out double slope)) return function with { Slope = slope };
        at.Return(end);
        return function;
    }
}
