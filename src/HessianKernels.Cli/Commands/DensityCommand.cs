using System.CommandLine;
using System.Diagnostics;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Commands;

/// <summary>hk density: how the eigenvalues are distributed.</summary>
internal sealed class DensityCommand
{
    private readonly MatrixOptions _common = new();
    private readonly Option<int> _probes = Options.Number("--probes", "P", "Number of random start vectors.", SpectralDensityOptions.Default.Probes);
    private readonly Option<int> _steps = Options.Number("--steps", "M", "Lanczos steps a probe.", SpectralDensityOptions.Default.Steps);
    private readonly Option<int?> _points = Options.Number<int>("--points", "N", "Number of grid points, at least 2; by default 1001 or more.");
    private readonly Option<double?> _width = Options.Number<double>(
        "--width", "W", "Standard deviation of the Gaussian each node is blurred by; by default the spectrum's width over M.");

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Write grid, density and standardErrors, (N,) or (batch, N) each.", HelpName = "OUT.npz",
    };

    public static Command Create(CancellationToken cancellation)
    {
        DensityCommand density = new();
        Command command = new("density", "The density of each matrix's eigenvalues, by stochastic Lanczos quadrature, with standard errors.");
        density._common.AddTo(command, density._probes, density._steps, density._points, density._width, density._out, density._common.ForceOption);
        command.SetAction(parsed =>
        {
            using MatrixFile file = density._common.Open(parsed);
            return file.Type == NpyElementType.Float32 ? density.Run<float>(parsed, file, cancellation) : density.Run<double>(parsed, file, cancellation);
        });
        return command;
    }

    private int Run<T>(ParseResult parsed, MatrixFile file, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SpectralDensityOptions options = new()
        {
            Probes = AtLeast(parsed, _probes, 1), Steps = AtLeast(parsed, _steps, 1), Seed = _common.Seed(parsed), Threads = _common.Threads(parsed),
        };
        int? points = parsed.GetValue(_points);
        BadInputException.Unless(points is null or >= 2, $"--points: found {points}; expected at least 2");
        double? width = parsed.GetValue(_width);
        BadInputException.Unless(
            width is null || (width > 0 && double.IsFinite(width.Value)), FormattableString.Invariant($"--width: found {width}; expected a positive number"));
        OutputFile? output = OutputFile.Check("--out", parsed.GetValue(_out), _common.Force(parsed), _common.File(parsed), ".npz");
        int n = file.Order;
        file.RequireMemory(SpectralDensity.RequiredBytes<T>(n, file.Batch, options));

        using ComputeDevice? device = ComputeDevice.Open(_common.Device(parsed));
        DensityOutcome outcome = LiveRun.Run(_common.Progress(parsed), board =>
        {
            MatrixStack<T> stack = file.Read<T>(board, options.Threads, cancellation);
            if (board is not null) board.Products = (long)options.Probes * Math.Min(options.Steps, n);
            board?.Compute();
            long start = Stopwatch.GetTimestamp();
            SpectralQuadrature[] spectra = device is not null
                ? device.Density<T>(stack.Values, n, options, board, cancellation)
                : SpectralDensity.Estimate<T>(stack.Values, n, options, board, cancellation);
            // Where no probe was finished there is nothing to lay a grid over.
            SpectralDensityCurve?[] curves = [.. spectra.Select(spectrum => spectrum.Probes == 0 ? null : spectrum.Density(points, width))];
            return new DensityOutcome(
                spectra, curves, stack.IsStack, options.Seed, Stopwatch.GetElapsedTime(start).TotalSeconds,
                ComputeDevice.PlaceOf(device, _common.Device(parsed)));
        });

        OutputFile.WriteAndPrint(output, outcome.Write, _common.Json(parsed) ? outcome.PrintJson : outcome.PrintTable);
        return outcome.ExitCode;
    }

    private static int AtLeast(ParseResult parsed, Option<int> option, int least)
    {
        int value = parsed.GetValue(option);
        BadInputException.Unless(value >= least, $"{option.Name}: found {value}; expected at least {least}");
        return value;
    }
}
