using System.CommandLine;
using HessianKernels.SecondMoment;

namespace HessianKernels.Cli.Commands;

/// <summary>How batches are drawn, and how many examples they have.</summary>
internal sealed class SamplingOption
{
    private static readonly Dictionary<string, BatchScheme> s_schemes = new()
    {
        ["without"] = BatchScheme.WithoutReplacement, ["with"] = BatchScheme.WithReplacement, ["bernoulli"] = BatchScheme.Bernoulli,
    };

    public Option<string> Option { get; } = Options.Choice(
        "--sampling", "HOW", "How batches are drawn: without replacement, with it, or each example with probability B / n (bernoulli).",
        [.. s_schemes.Keys]);

    public string Name(ParseResult parsed) => parsed.GetRequiredValue(Option);

    public static string NameOf(BatchScheme scheme) => s_schemes.First(pair => pair.Value == scheme).Key;

    /// <summary>The sampling of a batch size that was asked for.</summary>
    public BatchSampling Of(ParseResult parsed, int examples, int batchSize)
    {
        BadInputException.Unless(
            batchSize >= 1 && batchSize <= examples,
            $"--batch: found {batchSize}; expected 1 <= B <= n = {examples}, the number of examples");
        return BatchSampling.Of(s_schemes[Name(parsed)], examples, batchSize);
    }
}
