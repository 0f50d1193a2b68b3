using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Training;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace HessianKernels.Cli.Commands;

/// <summary>hk train: trains a network and records how sharp its loss is on the way.</summary>
internal sealed class TrainCommand
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
        ulong seed = _run.Seed(parsed);
        int threads = _run.Threads(parsed);
        bool resume = parsed.GetValue(_resume);
        TrackerOptions tracked = _track.Of(parsed, seed, _tests.Path(parsed) is not null);
        long every = parsed.GetValue(_checkpoints);
        BadInputException.Unless(every >= 1, $"--checkpoint-every: found {every}; expected at least 1");
        Loss loss = _point.LossOf(parsed);
        Place place = ComputeDevice.RequireCpu(_run.Device(parsed), "train");
        TrainOutcome outcome = LiveRun.Run(_run.Progress(parsed), board =>
        {
            (DataSet<T> data, DataSet<T>? tests) = _point.ReadData<T>(parsed, _tests, board, threads, cancellation);
            (long steps, TrainingOptions options) = _training.Of(parsed, data.Examples, seed);
            ModelPointOptions pointOptions = _point.PointOf(parsed, source.Model, 2, threads);
            options = options with { MicroBatch = pointOptions.MicroBatch };
            RunFolder folder = RunFolder.Open("--out", parsed.GetRequiredValue(_out), resume, _run.Force(parsed));
            T[] parameters = source.Read<T>();
            bool stepSharpness = tracked.Every.ContainsKey(TrackedQuantity.StepSharpness);
            board?.Compute();
            long start = Stopwatch.GetTimestamp();
            using Trainer<Span<T>> trainer = Fitting(
                _point.Data(parsed), () => Trainer.Create<T>(source.Model, loss, data, parameters, options, stepSharpness, threads));
            using ModelExamples<Span<T>>? test = tests is null ? null : Fitting(
                _tests.Path(parsed)!, () => ModelExamples.Create(trainer.Space, source.Model, loss, tests));
            using Tracker<T> tracker = Fitting("--track", () => new Tracker<T>(trainer, tracked, pointOptions, test));
            if (resume) Restore(trainer, tracker, folder, steps);
            TrainingProgressLine? line = board is null ? null : new(board, tracker.Record, options, steps);
            TrainingResult result;
            do
            {
                long until = Math.Min(steps, (trainer.Step / every + 1) * every);
                result = Fitting("--track", () => trainer.Run(until, tracker, line, cancellation));
                Save(folder, source.Model, result, tracker);
            }
            while (result.Status == TrainingStatus.Completed && result.Steps < steps);

            TrainOutcome outcome = new(
                source.Model, data.Examples, tests?.Examples, source.IsDouble, options, result, tracker.Record, folder.Path,
                Stopwatch.GetElapsedTime(start).TotalSeconds, place);
            folder.Writing(() => File.WriteAllText(folder.Report, TrainingReport.Of(outcome, CommandLine(parsed))));
            return outcome;
        });

        if (_run.Json(parsed)) outcome.PrintJson();
        else outcome.PrintTable();
        return outcome.ExitCode;
    }

    private static string CommandLine(ParseResult parsed)
        => "hk " + string.Join(' ', parsed.Tokens.Select(token => token.Value.AsSpan().IndexOfAny(" \"'") < 0 ? token.Value : $"'{token.Value}'"));

    private static void Restore<T>(Trainer<Span<T>> trainer, Tracker<T> tracker, RunFolder folder, long steps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        try
        {
            TrainingCheckpoint checkpoint = InputFile.Reading(folder.Checkpoint, () => TrainingCheckpointFile.Load(folder.Checkpoint));
            trainer.Restore(checkpoint);
            tracker.Restore(checkpoint);
        }
        catch (ArgumentException e)
        {
            throw BadInputException.From(folder.Checkpoint, e);
        }
        catch (InvalidDataException e)
        {
            throw new BadInputException(e.Message.Contains(folder.Checkpoint) ? e.Message : $"{folder.Checkpoint}: {e.Message}", e);
        }

        BadInputException.Unless(
            trainer.Step <= steps, $"--resume: found {trainer.Step} steps made already; expected at most the {steps} asked for");
    }

    private static void Save<T>(RunFolder folder, Model model, TrainingResult result, Tracker<T> tracker)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => folder.Writing(() =>
        {
            TrainingCheckpointFile.Save(folder.Checkpoint, tracker.AddTo(result.Checkpoint), overwrite: true);
            T[] parameters = [.. result.Checkpoint.Parameters.ToArray().Select(T.CreateTruncating)];
            ParameterFile.Write<T>(folder.Parameters, model, parameters, overwrite: true);
            tracker.Record.WriteCsv(folder.Curve, overwrite: true);
            tracker.Record.Save(folder.CurveArrays, overwrite: true);
        });

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
