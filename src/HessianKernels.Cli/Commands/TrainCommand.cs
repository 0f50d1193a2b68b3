using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Training;

namespace HessianKernels.Cli.Commands;

/// <summary>hk train: trains a network and records how sharp its loss is on the way.</summary>
internal sealed partial class TrainCommand
{
    private readonly RunOptions _run = new();
    private readonly PointOptions _point = new();
    private readonly TrainingOptionGroup _training = new();
    private readonly TrackOptionGroup _track = new();
    private readonly TestDataOptions _tests = new();

    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder for report.html, curve.csv, curve.npz, parameters.npz and checkpoint.npz.", HelpName = "DIR", Required = true,
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on from DIR's checkpoint: the bits are those of a run that was never interrupted.",
    };

    private readonly Option<long> _checkpoints = Options.Number(
        "--checkpoint-every", "N", "Steps between two checkpoints; one is written at the end in any case.", 10_000L);

    public static Command Create(CancellationToken cancellation)
    {
        TrainCommand train = new();
        Command command = new("train", "Train a network by SGD and record its loss, its sharpness and its noise kernels against 2 / eta.");
        train._point.AddTo(command);
        train._tests.AddTo(command);
        train._training.AddTo(command);
        train._track.AddTo(command);
        train._run.AddTo(command, train._out, train._resume, train._checkpoints, train._run.ForceOption);
        command.SetAction(parsed =>
        {
            ModelSource source = train._point.Open(parsed, train._run.Seed(parsed));
            return source.IsDouble ? train.Run<double>(parsed, source, cancellation) : train.Run<float>(parsed, source, cancellation);
        });
        return command;
    }

    private int Run<T>(ParseResult parsed, ModelSource source, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int threads = _run.Threads(parsed);
        TrackerOptions tracked = _track.Of(parsed, _run.Seed(parsed), _tests.Path(parsed) is not null);
        long every = parsed.GetValue(_checkpoints);
        BadInputException.Unless(every >= 1, $"--checkpoint-every: found {every}; expected at least 1");
        Loss loss = _point.LossOf(parsed);
        using ComputeDevice? device = ComputeDevice.Open(_run.Device(parsed));
        TrainOutcome outcome = LiveRun.Run(_run.Progress(parsed), board => ComputeDevice.TensorsOf<T, TrainOutcome>(
            device, threads, new Training<T>(this, parsed, source, loss, tracked, every, device, board, cancellation)));
        if (_run.Json(parsed)) outcome.PrintJson();
        else outcome.PrintTable();
        return outcome.ExitCode;
    }

    private static TResult Fitting<TResult>(string what, Func<TResult> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException e)
        {
            throw BadInputException.From(what, e);
        }
        catch (NotSupportedException e)
        {
            throw new BadInputException($"{what}: {e.Message}", e);
        }
    }
}
