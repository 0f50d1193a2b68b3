using System.CommandLine;
using System.Diagnostics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.SecondMoment;

namespace HessianKernels.Cli.Commands;

/// <summary>hk edge: where SGD stands to the edge of stability.</summary>
internal sealed class EdgeCommand
{
    /// <summary>What a device leaves to the CPU.</summary>
    public const string AllElse = "everything but K exact and eta*";

    private readonly RunOptions _run = new();
    private readonly SamplingOption _sampling = new();

    private readonly Option<string?> _jacobian = new("--jacobian")
    {
        Description = "J, (n, d): one output, H_i = j_i j_i^T.", HelpName = "J.npy",
    };

    private readonly Option<string?> _factors = new("--factors") { Description = "F, (n, r, d): H_i = F_i^T F_i.", HelpName = "F.npy" };
    private readonly Option<string?> _hessians = new("--hessians") { Description = "H, (n, d, d): each symmetric.", HelpName = "H.npy" };

    private readonly Option<string?> _member = new("--member")
    {
        Description = "Which array of a .npz file that holds several.", HelpName = "NAME",
    };

    private readonly Option<string> _rates = new("--lr")
    {
        Description = "The learning rate; FROM:TO:STEPS for a sweep.", HelpName = "ETA", Required = true,
    };

    private readonly Option<string> _batches = new("--batch")
    {
        Description = "Examples of a batch, 1 to n; B1,B2,... for a sweep.", HelpName = "B", Required = true,
    };

    private readonly Option<double> _momentum = Options.Number("--momentum", "MU", "Heavy-ball momentum, 0 <= MU < 1.", 0.0);
    private readonly Option<double> _weightDecay = Options.Number("--weight-decay", "RHO", "Weight decay, at least 0.", 0.0);

    private readonly Option<bool> _eigenvalue = new("--lambda-max-t")
    {
        Description = "Also lambda_max(T), which may take hundreds of products.",
    };

    private readonly Option<int?> _paths = Options.Number<int>(
        "--paths", "N", "Also the Lyapunov exponent of the typical path, from N runs.");
    private readonly Option<long?> _memoryLimit = Options.Number<long>(
        "--memory-limit", "BYTES", "Most bytes to take, checked before; by default the memory available.");
    private readonly Option<string?> _csv = new("--csv") { Description = "Write a row a point.", HelpName = "OUT.csv" };

    public static Command Create(CancellationToken cancellation)
    {
        EdgeCommand edge = new();
        Command command = new(
            "edge",
            "Whether SGD is stable in mean square at a learning rate and batch size, how far the edge is, and what known bounds say.");
        ReadOnlySpan<Option> first = [edge._jacobian, edge._factors, edge._hessians, edge._rates, edge._batches, edge._sampling.Option];
        foreach (Option option in first) command.Add(option);
        edge._run.AddTo(
            command, edge._momentum, edge._weightDecay, edge._eigenvalue, edge._paths, edge._memoryLimit, edge._csv, edge._run.ForceOption,
            edge._member);
        command.SetAction(parsed => edge.Run(parsed, cancellation));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        StochasticEdgeOptions options = OptionsFor(parsed);
        PointRange range = PointRange.Of(parsed.GetRequiredValue(_rates), parsed.GetRequiredValue(_batches));
        (string option, string path, CurvatureForm form) = Input(parsed);
        using CurvatureFile file = CurvatureFile.Open(option, path, parsed.GetValue(_member), form);
        BatchSampling[] samplings = [.. range.BatchSizes.Select(size => _sampling.Of(parsed, file.Examples, size))];
        OutputFile? csv = OutputFile.Check("--csv", parsed.GetValue(_csv), _run.Force(parsed), path, ".csv");
        RequireMemory(parsed, file, samplings, options, range.IsSweep);

        string request = _run.Device(parsed);
        using ComputeDevice? device = ComputeDevice.Open(request);
        Place place = ComputeDevice.PlaceOf(device, request, AllElse);
        options = options with { Searches = device?.Edge };
        EdgeOutcome outcome = LiveRun.Run(_run.Progress(parsed), board =>
        {
            CurvatureSet set = file.Read(board, options.Numerics.Threads, cancellation);
            if (board is not null) board.Points = range.Points;
            board?.Compute();
            long start = Stopwatch.GetTimestamp();
            List<StochasticEdgeReport> reports = [];
            if (range.IsSweep)
            {
                foreach (StochasticEdgeReport report in StochasticEdge.Sweep(
                    set, range.LearningRates, samplings, options, board, cancellation))
                {
                    reports.Add(report);
                    if (board is not null) board.PointsDone = reports.Count;
                }
            }
            else
            {
                reports.Add(StochasticEdge.Analyze(set, range.LearningRates[0], samplings[0], options, board, cancellation));
            }

            return new EdgeOutcome(
                reports, range, options.SecondMomentEigenvalue, options.Lyapunov is not null, Stopwatch.GetElapsedTime(start).TotalSeconds,
                place);
        });

        OutputFile.WriteAndPrint(csv, outcome.WriteCsv, _run.Json(parsed) ? outcome.PrintJson : outcome.PrintTable);
        return outcome.ExitCode;
    }

    private (string Option, string Path, CurvatureForm Form) Input(ParseResult parsed)
    {
        (Option<string?> Option, CurvatureForm Form)[] all =
        [
            (_jacobian, CurvatureForm.Jacobian), (_hessians, CurvatureForm.Hessians), (_factors, CurvatureForm.Factors),
        ];
        (Option<string?> Option, CurvatureForm Form)[] given = [.. all.Where(input => parsed.GetValue(input.Option) is not null)];
        string found = given.Length == 0 ? "none" : string.Join(" and ", given.Select(input => input.Option.Name));
        BadInputException.Unless(given.Length == 1, $"--jacobian, --hessians, --factors: found {found}; expected one of them");
        return (given[0].Option.Name, parsed.GetValue(given[0].Option)!, given[0].Form);
    }

    private StochasticEdgeOptions OptionsFor(ParseResult parsed)
    {
        double momentum = parsed.GetValue(_momentum), decay = parsed.GetValue(_weightDecay);
        BadInputException.Unless(
            momentum is >= 0 and < 1, FormattableString.Invariant($"--momentum: found {momentum}; expected 0 <= MU < 1"));
        BadInputException.Unless(
            decay >= 0 && double.IsFinite(decay),
            FormattableString.Invariant($"--weight-decay: found {decay}; expected a finite number of at least 0"));
        int? paths = parsed.GetValue(_paths);
        BadInputException.Unless(paths is null or >= 1, $"--paths: found {paths}; expected at least 1");
        int threads = _run.Threads(parsed);
        return new()
        {
            Momentum = momentum, WeightDecay = decay, SecondMomentEigenvalue = parsed.GetValue(_eigenvalue),
            Lyapunov = paths is { } runs ? new() { Runs = runs, Seed = _run.Seed(parsed), Threads = threads } : null,
            Numerics = new() { Threads = threads },
        };
    }

    private void RequireMemory(ParseResult parsed, CurvatureFile file, BatchSampling[] samplings, StochasticEdgeOptions options, bool sweep)
    {
        long? limit = parsed.GetValue(_memoryLimit);
        BadInputException.Unless(limit is null or >= 1, $"--memory-limit: found {limit}; expected at least 1");
        long analysis = samplings.Max(
            sampling => StochasticEdge.RequiredBytes(file.Examples, file.Rows, file.Parameters, sampling, options, sweep));
        long needed = Math.Max(file.ReadingBytes, file.HeldBytes + analysis);
        long most = limit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        BadInputException.Unless(
            needed <= most,
            $"--memory-limit: found a need of {needed} bytes, {file.ReadingBytes} to read the curvatures, " +
            $"{file.HeldBytes} to hold them and {analysis} for the analysis; " +
            $"expected at most {most}{(limit is null ? ", the memory available" : "")}");
    }
}
