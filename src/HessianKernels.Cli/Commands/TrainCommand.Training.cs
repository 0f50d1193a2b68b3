using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Training;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace HessianKernels.Cli.Commands;

internal sealed partial class TrainCommand
{
    /// <summary>The run, from its start or its checkpoint, wherever its tensors lie.</summary>
    private sealed class Training<T>(
        TrainCommand command, ParseResult parsed, ModelSource source, Loss loss, TrackerOptions tracked, long every, ComputeDevice? device,
        ProgressBoard? board, CancellationToken cancellation) : ITensorWork<TrainOutcome>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public TrainOutcome On<TView>(ITensorSpace<TView> space)
            where TView : allows ref struct
        {
            int threads = command._run.Threads(parsed);
            bool resume = parsed.GetValue(command._resume);
            (DataSet<T> data, DataSet<T>? tests) = command._point.ReadData<T>(parsed, command._tests, board, threads, cancellation);
            (long steps, TrainingOptions options) = command._training.Of(parsed, data.Examples, command._run.Seed(parsed));
            ModelPointOptions pointOptions = command._point.PointOf(parsed, source.Model, 2, threads);
            options = options with { MicroBatch = pointOptions.MicroBatch };
            RunFolder folder = RunFolder.Open("--out", parsed.GetRequiredValue(command._out), resume, command._run.Force(parsed));
            T[] parameters = source.Read<T>();
            bool stepSharpness = tracked.Every.ContainsKey(TrackedQuantity.StepSharpness);
            board?.Compute();
            long start = Stopwatch.GetTimestamp();
            using Trainer<TView> trainer = Fitting(
                command._point.Data(parsed),
                () => Trainer.Create<T, TView>(space, source.Model, loss, data, parameters, options, stepSharpness));
            using ModelExamples<TView>? test = tests is null ? null : Fitting(
                command._tests.Path(parsed)!, () => ModelExamples.Create(trainer.Space, source.Model, loss, tests));
            using Tracker<TView> tracker = Fitting("--track", () => new Tracker<TView>(trainer, tracked, pointOptions, test));
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
                Stopwatch.GetElapsedTime(start).TotalSeconds, ComputeDevice.PlaceOf(device, command._run.Device(parsed), OnCpu()));
            folder.Writing(() => File.WriteAllText(folder.Report, TrainingReport.Of(outcome, CommandLine())));
            return outcome;
        }

        /// <summary>What a device leaves to the CPU.</summary>
        private string OnCpu()
            => "random numbers" + (tracked.Every.ContainsKey(TrackedQuantity.ExactNoiseKernel) ? ", k-exact of its Gram matrix" : "");

        private string CommandLine() => "hk " + string.Join(
            ' ', parsed.Tokens.Select(token => token.Value.AsSpan().IndexOfAny(" \"'") < 0 ? token.Value : $"'{token.Value}'"));

        private static void Restore<TView>(Trainer<TView> trainer, Tracker<TView> tracker, RunFolder folder, long steps)
            where TView : allows ref struct
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

        private static void Save<TView>(RunFolder folder, Model model, TrainingResult result, Tracker<TView> tracker)
            where TView : allows ref struct
            => folder.Writing(() =>
            {
                TrainingCheckpointFile.Save(folder.Checkpoint, tracker.AddTo(result.Checkpoint), overwrite: true);
                T[] parameters = [.. result.Checkpoint.Parameters.ToArray().Select(T.CreateTruncating)];
                ParameterFile.Write<T>(folder.Parameters, model, parameters, overwrite: true);
                tracker.Record.WriteCsv(folder.Curve, overwrite: true);
                tracker.Record.Save(folder.CurveArrays, overwrite: true);
            });
    }
}
