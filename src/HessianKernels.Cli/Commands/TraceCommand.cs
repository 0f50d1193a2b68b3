using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using HessianKernels.Storage;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace HessianKernels.Cli.Commands;

/// <summary>hk trace: the trace from products alone.</summary>
internal sealed class TraceCommand
{
    private static readonly Dictionary<string, TraceMethod> s_methods = new()
    {
        ["xtrace"] = TraceMethod.XTrace, ["hutch++"] = TraceMethod.HutchPlusPlus, ["hutchinson"] = TraceMethod.Hutchinson,
    };

    private readonly MatrixOptions _common = new();
    private readonly Option<string> _method = Options.Choice("--method", "METHOD", "The estimator: xtrace, hutch++ or hutchinson.", [.. s_methods.Keys]);
    private readonly Option<int> _products = Options.Number(
        "--products", "N",
        "Products with each matrix to spend on probes, or to begin with where --tolerance is given: a probe is two products of xtrace and one of hutchinson; "
            + "hutch++ spends two thirds on a range.",
        TraceOptions.Default.Applications, "--probes");

    private readonly Option<double?> _tolerance = Options.Number<double>(
        "--tolerance", "REL", "Double the products until the standard error is at most this times the estimate; 0 < REL < 1.");

    private readonly Option<int?> _maxProducts = Options.Number<int>(
        "--max-products", "MAX", "Most products where --tolerance is given; by default 512, or N where that is more.");

    public static Command Create(CancellationToken cancellation)
    {
        TraceCommand trace = new();
        Command command = new("trace", "The trace of each matrix from products with it alone, with a standard error.");
        trace._common.AddTo(command, trace._method, trace._products, trace._tolerance, trace._maxProducts);
        command.SetAction(parsed =>
        {
            using MatrixFile file = trace._common.Open(parsed);
            return file.Type == NpyElementType.Float32 ? trace.Run<float>(parsed, file, cancellation) : trace.Run<double>(parsed, file, cancellation);
        });
        return command;
    }

    private int Run<T>(ParseResult parsed, MatrixFile file, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TraceOptions options = OptionsFor(parsed);
        file.RequireMemory(Trace.RequiredBytes<T>(file.Order, file.Batch, options));
        using ComputeDevice? device = ComputeDevice.Open(_common.Device(parsed));
        TraceOutcome outcome = LiveRun.Run(_common.Progress(parsed), board =>
        {
            MatrixStack<T> stack = file.Read<T>(board, options.Threads, cancellation);
            if (board is not null) board.Products = options.RelativeStandardError > 0 ? options.MaximumApplications : options.Applications;
            board?.Compute();
            long start = Stopwatch.GetTimestamp();
            TraceEstimate[] estimates = device is not null
                ? device.Trace<T>(stack.Values, file.Order, options, board, cancellation)
                : Trace.Estimate<T>(stack.Values, file.Order, options, board, cancellation);
            return new TraceOutcome(
                estimates, file.Order, parsed.GetRequiredValue(_method), stack.IsStack, options.Seed, Stopwatch.GetElapsedTime(start).TotalSeconds,
                ComputeDevice.PlaceOf(device, _common.Device(parsed)));
        });

        if (_common.Json(parsed)) outcome.PrintJson();
        else outcome.PrintTable();
        return outcome.ExitCode;
    }

    private TraceOptions OptionsFor(ParseResult parsed)
    {
        string method = parsed.GetRequiredValue(_method);
        int products = parsed.GetValue(_products), least = method switch { "hutchinson" => 2, "xtrace" => 4, _ => 6 };
        BadInputException.Unless(products >= least, $"--products: found {products}; expected at least {least} for {method}");
        double? tolerance = parsed.GetValue(_tolerance);
        BadInputException.Unless(tolerance is null or (> 0 and < 1), FormattableString.Invariant($"--tolerance: found {tolerance}; expected 0 < REL < 1"));
        int? most = parsed.GetValue(_maxProducts);
        BadInputException.Unless(most is null || tolerance is not null, "--max-products: found without --tolerance; expected both or neither");
        BadInputException.Unless(most is null || most >= products, $"--max-products: found {most}; expected at least --products = {products}");
        return new()
        {
            Method = s_methods[method],
            Applications = products,
            RelativeStandardError = tolerance ?? 0,
            MaximumApplications = most ?? Math.Max(products, TraceOptions.Default.MaximumApplications),
            Seed = _common.Seed(parsed),
            Threads = _common.Threads(parsed),
        };
    }
}
