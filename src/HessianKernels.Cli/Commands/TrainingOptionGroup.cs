using System.CommandLine;
using System.Globalization;
using HessianKernels.Networks.Training;

namespace HessianKernels.Cli.Commands;

/// <summary>How a network is trained.</summary>
internal sealed class TrainingOptionGroup
{
    private const string Constant = "constant", Cosine = "cosine";

    private static readonly Dictionary<string, BatchSelection> s_selections = new()
    {
        ["without"] = BatchSelection.WithoutReplacement, ["with"] = BatchSelection.WithReplacement,
        ["reshuffle"] = BatchSelection.Reshuffling, ["bernoulli"] = BatchSelection.Bernoulli,
    };

    private static readonly Dictionary<string, GradientNoise> s_noises = new()
    {
        ["batch"] = GradientNoise.Batch, ["gaussian"] = GradientNoise.GaussianReweighting, ["diagonal"] = GradientNoise.Diagonal(),
        ["isotropic"] = GradientNoise.Isotropic(), ["sde"] = GradientNoise.DifferentialEquation(),
    };

    private readonly Option<double> _rate = Options.Number("--lr", "ETA", "The learning rate.", 0.0);
    private readonly Option<int> _batch = Options.Number("--batch", "B", "Examples of a batch, 1 to n; n for the full batch.", 0);
    private readonly Option<int?> _epochs = Options.Number<int>("--epochs", "E", "Train for E times n / B steps, n / B rounded up.");
    private readonly Option<long?> _steps = Options.Number<long>("--steps", "S", "In place of epochs: train until S steps are made.");
    private readonly Option<string> _selection = Options.Choice(
        "--sampling", "HOW",
        "How batches are drawn: without replacement, with it, in a fresh order every epoch (reshuffle), each example with probability B / n.",
        [.. s_selections.Keys]);

    private readonly Option<string> _noise = Options.Choice(
        "--noise", "NOISE",
        "Batches, or noise in their place: Gaussian weights of all examples, Gaussian noise of their diagonal or mean variance, the SDE.",
        [.. s_noises.Keys]);

    private readonly Option<double> _momentum = Options.Number("--momentum", "MU", "Momentum, 0 <= MU < 1.", 0.0);
    private readonly Option<bool> _nesterov = new("--nesterov") { Description = "Nesterov's momentum in place of the heavy ball's." };
    private readonly Option<double> _weightDecay = Options.Number("--weight-decay", "RHO", "Weight decay, at least 0.", 0.0);
    private readonly Option<string> _schedule = new("--schedule")
    {
        Description = "Of the learning rate: constant, cosine, or step:EVERY:FACTOR.", HelpName = "SCHEDULE",
        DefaultValueFactory = _ => Constant,
    };

    private readonly Option<long> _warmUp = Options.Number("--warm-up", "S", "Steps over which the learning rate rises to ETA first.", 0L);
    private readonly Option<string[]> _changes = new("--at")
    {
        Description = "From a step on, another learning rate or batch size: STEP:lr=ETA, STEP:batch=B; may be given several times.",
        HelpName = "CHANGE", AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<double> _diverged = Options.Number(
        "--diverged-above", "L", "A batch loss above this ends the run, as one that is no number does.", double.PositiveInfinity);

    public TrainingOptionGroup()
    {
        (_rate.Required, _rate.DefaultValueFactory) = (true, null);
        (_batch.Required, _batch.DefaultValueFactory) = (true, null);
    }

    public void AddTo(Command command)
    {
        ReadOnlySpan<Option> all =
        [
            _rate, _batch, _epochs, _steps, _selection, _noise, _momentum, _nesterov, _weightDecay, _schedule, _warmUp, _changes, _diverged,
        ];
        foreach (Option option in all) command.Add(option);
    }

    /// <summary>Steps to be made, and how.</summary>
    public (long Steps, TrainingOptions Options) Of(ParseResult parsed, int examples, ulong seed)
    {
        double rate = parsed.GetValue(_rate), momentum = parsed.GetValue(_momentum), decay = parsed.GetValue(_weightDecay);
        int batch = parsed.GetValue(_batch);
        BadInputException.Unless(rate > 0 && double.IsFinite(rate),
            FormattableString.Invariant($"--lr: found {rate}; expected a finite number above 0"));
        BadInputException.Unless(
            batch >= 1 && batch <= examples, $"--batch: found {batch}; expected 1 <= B <= n = {examples}, the number of examples");
        BadInputException.Unless(
            momentum is >= 0 and < 1, FormattableString.Invariant($"--momentum: found {momentum}; expected 0 <= MU < 1"));
        BadInputException.Unless(momentum > 0 || !parsed.GetValue(_nesterov),
            "--nesterov: found without --momentum; expected both or neither");
        BadInputException.Unless(
            decay >= 0 && double.IsFinite(decay),
            FormattableString.Invariant($"--weight-decay: found {decay}; expected a finite number of at least 0"));
        double most = parsed.GetValue(_diverged);
        BadInputException.Unless(most > 0, FormattableString.Invariant($"--diverged-above: found {most}; expected a number above 0"));
        long steps = Steps(parsed, examples, batch);
        return (steps, new()
        {
            LearningRate = rate, BatchSize = batch, Selection = s_selections[parsed.GetRequiredValue(_selection)],
            Noise = s_noises[parsed.GetRequiredValue(_noise)],
            Momentum = parsed.GetValue(_nesterov) ? Momentum.Nesterov(momentum) : Momentum.Polyak(momentum), WeightDecay = decay,
            Schedule = Schedule(parsed, steps), Interventions = [.. Changes(parsed, examples)], Seed = seed, DivergedAbove = most,
        });
    }

    private long Steps(ParseResult parsed, int examples, int batch)
    {
        (int? epochs, long? steps) = (parsed.GetValue(_epochs), parsed.GetValue(_steps));
        string found = epochs is null ? "neither" : "both";
        BadInputException.Unless(epochs is null != steps is null, $"--epochs, --steps: found {found}; expected one of them");
        BadInputException.Unless(epochs is null or >= 1, $"--epochs: found {epochs}; expected at least 1");
        BadInputException.Unless(steps is null or >= 1, $"--steps: found {steps}; expected at least 1");
        return steps ?? (long)epochs!.Value * ((examples + batch - 1) / batch);
    }

    private LearningRateSchedule Schedule(ParseResult parsed, long steps)
    {
        string text = parsed.GetRequiredValue(_schedule);
        long warmUp = parsed.GetValue(_warmUp);
        BadInputException.Unless(warmUp >= 0 && warmUp < steps, $"--warm-up: found {warmUp}; expected 0 or more, below the {steps} steps");
        string[] parts = text.Split(':');
        LearningRateSchedule? schedule = text switch
        {
            Constant => LearningRateSchedule.Constant,
            Cosine => LearningRateSchedule.Cosine(steps - warmUp),
            _ => parts is ["step", var every, var factor]
                && long.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out long period) && period >= 1
                && double.TryParse(factor, NumberStyles.Float, CultureInfo.InvariantCulture, out double by) && by > 0 && double.IsFinite(by)
                ? LearningRateSchedule.Step(period, by) : null,
        };
        if (schedule is null)
            throw new BadInputException($"--schedule: found '{text}'; expected constant, cosine or step:EVERY:FACTOR, such as step:1000:0.1");
        return warmUp == 0 ? schedule : LearningRateSchedule.WarmUp(warmUp, schedule);
    }

    private IEnumerable<Intervention> Changes(ParseResult parsed, int examples)
    {
        Dictionary<long, Intervention> changes = [];
        foreach (string text in parsed.GetValue(_changes) ?? [])
        {
            string[] parts = text.Split(':', '=');
            bool known = parts is [_, "lr" or "batch", _] && text.Contains(':', StringComparison.Ordinal);
            BadInputException.Unless(
                known && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _),
                $"--at: found '{text}'; expected STEP:lr=ETA or STEP:batch=B");
            long step = long.Parse(parts[0], CultureInfo.InvariantCulture);
            Intervention change = changes.GetValueOrDefault(step) ?? new(step);
            if (parts[1] == "lr")
            {
                bool fits = double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate > 0
                    && double.IsFinite(rate);
                BadInputException.Unless(fits, $"--at: found '{parts[2]}' in '{text}'; expected a finite number above 0");
                changes[step] = change with { LearningRate = rate };
            }
            else
            {
                bool fits = int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size >= 1
                    && size <= examples;
                BadInputException.Unless(fits,
                    $"--at: found '{parts[2]}' in '{text}'; expected 1 <= B <= n = {examples}, the number of examples");
                changes[step] = change with { BatchSize = size };
            }
        }

        return changes.Values;
    }
}
