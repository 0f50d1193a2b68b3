using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Cli.Commands;

/// <summary>hk export-jacobian: what hk edge reads, of a model.</summary>
internal sealed class ExportJacobianCommand
{
    private readonly RunOptions _run = new();
    private readonly PointOptions _point = new();

    private readonly Argument<string> _output = new("OUT.npy")
    {
        Description = "The file to write: (n, d) where there is one row an example, else (n, r, d).",
    };

    private readonly Option<bool> _rows = new("--rows")
    {
        Description = "Write the Jacobian J_i of the outputs itself; by default S_i^(1/2) J_i, with the loss's Hessian S_i in the outputs.",
    };

    public static Command Create(CancellationToken cancellation)
    {
        ExportJacobianCommand export = new();
        Command command = new(
            "export-jacobian", "The factors of a network's Gauss-Newton curvatures, an example at a time, for hk edge --factors and --jacobian.")
        {
            export._output,
        };
        export._point.AddTo(command);
        export._run.AddTo(command, export._rows, export._run.ForceOption);
        command.SetAction(parsed =>
        {
            ModelSource source = export._point.Open(parsed, export._run.Seed(parsed));
            return source.IsDouble ? export.Run<double>(parsed, source, cancellation) : export.Run<float>(parsed, source, cancellation);
        });
        return command;
    }

    private int Run<T>(ParseResult parsed, ModelSource source, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool rows = parsed.GetValue(_rows);
        OutputFile file = OutputFile.Check("OUT.npy", parsed.GetRequiredValue(_output), _run.Force(parsed), input: null, ".npy")!;
        using ComputeDevice? device = ComputeDevice.Open(_run.Device(parsed));
        Place place = ComputeDevice.PlaceOf(device, _run.Device(parsed), rows ? null : "square roots of the loss's Hessians");
        (int examples, int outputs) = LiveRun.Run(_run.Progress(parsed), board => ComputeDevice.TensorsOf<T, (int, int)>(
            device, _run.Threads(parsed), new Export<T>(this, parsed, source, file, device, board, cancellation)));
        Storage.NpyHeader header = Storage.Npy.ReadHeader(file.Path);
        if (_run.Json(parsed))
        {
            Json.Print(json =>
            {
                json.WriteNumber("parameters", source.Model.ParameterCount);
                json.WriteNumber("examples", examples);
                json.WriteNumber("outputs", outputs);
                json.WriteStartArray("shape");
                foreach (long axis in header.Shape) json.WriteNumberValue(axis);
                json.WriteEndArray();
                json.WriteString("type", source.IsDouble ? "float64" : "float32");
                place.Write(json);
            });
        }
        else
        {
            Report.Line($"{file.Path}: {Input.InputFile.Shape(header)} of {(source.IsDouble ? "float64" : "float32")}");
            place.Print();
        }

        return ExitCode.Converged;
    }

    private sealed class Export<T>(
        ExportJacobianCommand command, ParseResult parsed, ModelSource source, OutputFile file, ComputeDevice? device, ProgressBoard? board,
        CancellationToken cancellation) : ITensorWork<(int Examples, int Outputs)>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public (int Examples, int Outputs) On<TView>(ITensorSpace<TView> space)
            where TView : allows ref struct
        {
            using ModelPoint<TView> point = command._point.Create<T, TView>(
                parsed, source, space, device, 1, command._run.Threads(parsed), board, cancellation);
            if (board is not null) board.Examples = point.Examples;
            board?.Compute();
            IProgress<int>? done = board?.ExamplesDone();
            try
            {
                file.Write((path, force) =>
                {
                    if (parsed.GetValue(command._rows))
                        ModelJacobianFile.WriteRows<T, TView>(path, point, force, progress: done, cancellation: cancellation);
                    else ModelJacobianFile.WriteFactors<T, TView>(path, point, force, progress: done, cancellation: cancellation);
                });
            }
            catch (NotSupportedException e)
            {
                throw new BadInputException($"--model: {e.Message}", e);
            }

            return (point.Examples, point.Outputs);
        }
    }
}
