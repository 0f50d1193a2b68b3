using System.CommandLine;
using HessianKernels.Networks.Losses;

namespace HessianKernels.Cli.Commands;

/// <summary>The loss of an example, by name.</summary>
internal sealed class LossOption
{
    private const string Entropy = "cross-entropy";

    private static readonly Dictionary<string, SquaredErrorConvention> s_squares = new()
    {
        ["mse"] = SquaredErrorConvention.Half, ["mse-sum"] = SquaredErrorConvention.SumOverOutputs,
        ["mse-mean"] = SquaredErrorConvention.MeanOverOutputs,
    };

    private readonly Option<string> _loss = Options.Choice(
        "--loss", "LOSS",
        "Of an example: mse, half the squared distance to the target; mse-sum, twice that; mse-mean, that over C; cross-entropy.",
        [.. s_squares.Keys, Entropy]);

    private readonly Option<double> _smoothing = Options.Number("--label-smoothing", "E", "Of a cross-entropy, 0 <= E < 1.", 0.0);

    public LossOption() => (_loss.Required, _loss.DefaultValueFactory) = (true, null);

    public void AddTo(Command command)
    {
        command.Add(_loss);
        command.Add(_smoothing);
    }

    public string Name(ParseResult parsed) => parsed.GetRequiredValue(_loss);

    public Loss Of(ParseResult parsed)
    {
        double smoothing = parsed.GetValue(_smoothing);
        BadInputException.Unless(
            smoothing is >= 0 and < 1, FormattableString.Invariant($"--label-smoothing: found {smoothing}; expected 0 <= E < 1"));
        if (Name(parsed) == Entropy) return new CrossEntropy(smoothing);
        BadInputException.Unless(smoothing == 0, $"--label-smoothing: found with --loss {Name(parsed)}; expected --loss {Entropy}");
        return new MeanSquaredError(s_squares[Name(parsed)]);
    }
}
