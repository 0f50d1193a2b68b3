using System.CommandLine;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using HessianKernels.Storage;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace HessianKernels.Cli.Commands;

/// <summary>hk batch: sharpness along the gradients of batches.</summary>
internal sealed class BatchCommand
{
    private readonly RunOptions _run = new();
    private readonly SamplingOption _sampling = new();

    private readonly Option<string?> _gradients = new("--gradients")
    {
        Description = "The gradients of the examples' losses, (n, d).", HelpName = "g.npy",
    };

    private readonly Option<string?> _hessians = new("--hessians")
    {
        Description = "Their Hessians, (n, d, d), each symmetric.", HelpName = "H.npy",
    };

    private readonly Option<string?> _npz = new("--npz")
    {
        Description = "Both, as the arrays gradients and hessians of one file.", HelpName = "FILE.npz",
    };

    private readonly Option<int> _batch = Options.Number("--batch", "B", "Examples of a batch, 1 to n.", 0);
    private readonly Option<double> _error = Options.Number(
        "--relative-error", "E", "Draw batches until every standard error is at most E times its mean; 0 <= E < 1.",
        SharpnessOptions.Default.RelativeError);

    private readonly Option<int> _most = Options.Number("--max-batches", "N", "Most random batches.", SharpnessOptions.Default.MaxBatches);

    private BatchCommand() => (_batch.Required, _batch.DefaultValueFactory) = (true, null);

    public static Command Create(CancellationToken cancellation)
    {
        BatchCommand batch = new();
        Command command = new(
            "batch", "Batch Sharpness and its kin at one batch size: how sharp the loss is along the gradients of batches.");
        ReadOnlySpan<Option> first = [batch._gradients, batch._hessians, batch._npz, batch._batch, batch._sampling.Option];
        foreach (Option option in first) command.Add(option);
        batch._run.AddTo(command, batch._error, batch._most);
        command.SetAction(parsed => batch.Run(parsed, cancellation));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        SharpnessOptions options = OptionsFor(parsed);
        ((string Path, string? Member) gradients, (string Path, string? Member) hessians) = Inputs(parsed);
        using NpyReader first = InputFile.Open(gradients.Path, gradients.Member), second = InputFile.Open(hessians.Path, hessians.Member);
        (int n, int d) = Shape(gradients.Path, first.Header, hessians.Path, second.Header);
        BatchSampling sampling = _sampling.Of(parsed, n, parsed.GetValue(_batch));
        long needed = 8L * n * d * (d + 2L), available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        BadInputException.Unless(
            needed <= available,
            $"{hessians.Path}: found a need of {needed >> 20} MiB; expected at most the {available >> 20} MiB of memory available");

        using ComputeDevice? device = ComputeDevice.Open(_run.Device(parsed));
        Place place = ComputeDevice.PlaceOf(device, _run.Device(parsed), "the means over all examples");
        BatchOutcome outcome = LiveRun.Run(_run.Progress(parsed), board =>
        {
            double[] g = InputFile.ReadRows<double>(gradients.Path, gradients.Member, first, board, cancellation);
            double[] h = InputFile.ReadRows<double>(hessians.Path, hessians.Member, second, board, cancellation);
            ExampleDerivatives derivatives;
            try
            {
                derivatives = ExampleDerivatives.FromHessians<double>(g, h, n, options.Threads);
            }
            catch (ArgumentException e)
            {
                throw BadInputException.From(e.ParamName == "gradients" ? gradients.Path : hessians.Path, e);
            }

            board?.Compute();
            long start = Stopwatch.GetTimestamp();
            IBatchQuotients? quotients = null;
            using IDisposable? batches = device?.Batches(derivatives, out quotients);
            options = options with { Quotients = quotients };
            SharpnessReport report = BatchSharpness.Analyze(derivatives, sampling, options, board?.Batches(), cancellation);
            return new BatchOutcome(report, Stopwatch.GetElapsedTime(start).TotalSeconds, place);
        });

        if (_run.Json(parsed)) outcome.PrintJson();
        else outcome.PrintTable();
        return outcome.ExitCode;
    }

    private ((string Path, string? Member) Gradients, (string Path, string? Member) Hessians) Inputs(ParseResult parsed)
    {
        (string? g, string? h, string? both) = (parsed.GetValue(_gradients), parsed.GetValue(_hessians), parsed.GetValue(_npz));
        string[] given = [.. ((Option<string?>[])[_gradients, _hessians, _npz]).Where(option => parsed.GetValue(option) is not null)
            .Select(option => option.Name)];
        string found = given.Length == 0 ? "none" : string.Join(" and ", given);
        BadInputException.Unless(
            both is null ? given.Length == 2 : given.Length == 1,
            $"--gradients, --hessians, --npz: found {found}; expected the first two or the last");
        return both is null ? ((g!, null), (h!, null)) : ((both, "gradients"), (both, "hessians"));
    }

    private static (int Examples, int Parameters) Shape(string gradientsPath, NpyHeader gradients, string hessiansPath, NpyHeader hessians)
    {
        string g = InputFile.Shape(gradients), h = InputFile.Shape(hessians);
        BadInputException.Unless(
            gradients.Rank == 2 && gradients.Count is > 0 and <= int.MaxValue,
            $"{gradientsPath}: found gradients of shape {g}; expected (n, d), no axis of length 0");
        bool fits = hessians.Rank == 3 && hessians.Shape[0] == gradients.Shape[0] && hessians.Shape[1] == gradients.Shape[1]
            && hessians.Shape[2] == gradients.Shape[1];
        string expected = $"({gradients.Shape[0]}, {gradients.Shape[1]}, {gradients.Shape[1]})";
        BadInputException.Unless(
            fits, $"{hessiansPath}: found Hessians of shape {h}; expected (n, d, d) = {expected}, as the gradients are {g}");
        BadInputException.Unless(
            hessians.Count <= Array.MaxLength,
            $"{hessiansPath}: found {hessians.Count} elements, shape {h}; expected at most {Array.MaxLength}");
        return ((int)gradients.Shape[0], (int)gradients.Shape[1]);
    }

    private SharpnessOptions OptionsFor(ParseResult parsed)
    {
        double error = parsed.GetValue(_error);
        int most = parsed.GetValue(_most);
        BadInputException.Unless(
            error is >= 0 and < 1, FormattableString.Invariant($"--relative-error: found {error}; expected 0 <= E < 1"));
        BadInputException.Unless(most >= 1, $"--max-batches: found {most}; expected at least 1");
        return new() { RelativeError = error, MaxBatches = most, Seed = _run.Seed(parsed), Threads = _run.Threads(parsed) };
    }
}
