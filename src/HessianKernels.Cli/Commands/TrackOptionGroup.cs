using System.CommandLine;
using System.Globalization;
using HessianKernels.Networks.Training;

namespace HessianKernels.Cli.Commands;

/// <summary>What is recorded while a network is trained, and how often.</summary>
internal sealed class TrackOptionGroup
{
    private static readonly Dictionary<string, TrackedQuantity> s_quantities = new()
    {
        ["step-loss"] = TrackedQuantity.StepLoss, ["step-sharpness"] = TrackedQuantity.StepSharpness, ["loss"] = TrackedQuantity.Loss,
        ["accuracy"] = TrackedQuantity.Accuracy, ["test-loss"] = TrackedQuantity.TestLoss,
        ["test-accuracy"] = TrackedQuantity.TestAccuracy, ["batch-sharpness"] = TrackedQuantity.BatchSharpness,
        ["gni"] = TrackedQuantity.GradientNoiseInteraction, ["ias"] = TrackedQuantity.InteractionAwareSharpness,
        ["rho"] = TrackedQuantity.Concentration, ["lambda-max"] = TrackedQuantity.LambdaMax,
        ["lambda-max-batch"] = TrackedQuantity.LambdaMaxBatch,
        ["trace"] = TrackedQuantity.Trace, ["k-tr"] = TrackedQuantity.TraceNoiseKernel, ["k-exact"] = TrackedQuantity.ExactNoiseKernel,
        ["similarity"] = TrackedQuantity.Similarity, ["cosines"] = TrackedQuantity.GradientCosines,
    };

    private readonly Option<string> _track = new("--track")
    {
        Description = $"What to record, with a cadence of its own where wanted (NAME:EVERY): {string.Join(", ", s_quantities.Keys)}.",
        HelpName = "A,B:N,...", DefaultValueFactory = _ => "loss,accuracy,batch-sharpness,lambda-max",
    };

    private readonly Option<int> _every = Options.Number("--track-every", "N",
        "Steps between two records of what has no cadence of its own.", 100);
    private readonly Option<int> _eigenpairs = Options.Number("--eigenpairs", "K", "Eigenpairs of lambda-max, similarity and cosines.", 1);

    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_track, _every, _eigenpairs]) command.Add(option);
    }

    /// <param name="parsed">The arguments.</param>
    /// <param name="seed">Of batches, signs and probes.</param>
    /// <param name="tested">Whether there are test examples: what is recorded of them is, then, named or not.</param>
    public TrackerOptions Of(ParseResult parsed, ulong seed, bool tested)
    {
        int every = parsed.GetValue(_every), pairs = parsed.GetValue(_eigenpairs);
        BadInputException.Unless(every >= 1, $"--track-every: found {every}; expected at least 1");
        BadInputException.Unless(pairs >= 1, $"--eigenpairs: found {pairs}; expected at least 1");
        Dictionary<TrackedQuantity, int> cadences = [];
        foreach (string item in parsed.GetRequiredValue(_track).Split(','))
        {
            string[] parts = item.Split(':');
            BadInputException.Unless(
                parts.Length <= 2 && s_quantities.ContainsKey(parts[0]),
                $"--track: found '{item}'; expected a name, or NAME:EVERY, of {string.Join(", ", s_quantities.Keys)}");
            int own = every;
            BadInputException.Unless(
                parts.Length == 1 || (int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out own) && own >= 1),
                $"--track: found '{item}'; expected a whole number of at least 1 after the colon");
            BadInputException.Unless(cadences.TryAdd(s_quantities[parts[0]], own), $"--track: found {parts[0]} twice; expected each once");
        }

        foreach (TrackedQuantity quantity in (TrackedQuantity[])[TrackedQuantity.TestLoss, TrackedQuantity.TestAccuracy])
        {
            BadInputException.Unless(
                tested || !cadences.ContainsKey(quantity),
                "--track: found test-loss or test-accuracy without --test-data; expected both or neither");
            if (tested) cadences.TryAdd(quantity, every);
        }

        return new() { Every = cadences, Eigenpairs = pairs, Seed = seed };
    }
}
