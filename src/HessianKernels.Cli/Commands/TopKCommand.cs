using System.CommandLine;
using System.Diagnostics;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Commands;

/// <summary>hk topk: eigenpairs with evidence.</summary>
internal sealed class TopKCommand
{
    private static readonly Dictionary<string, SpectrumEnd> s_ends = new()
    {
        ["largest"] = SpectrumEnd.Largest, ["smallest"] = SpectrumEnd.Smallest, ["magnitude"] = SpectrumEnd.LargestMagnitude, ["both"] = SpectrumEnd.BothEnds,
    };

    private readonly MatrixOptions _common = new();
    private readonly Option<int?> _k = Options.Number<int>("-k", "K", "Number of pairs, 1 to n.");
    private readonly Option<string> _which = Options.Choice(
        "--which", "W", "Which eigenvalues: largest, smallest, magnitude (largest in magnitude), both (half from either end).", [.. s_ends.Keys]);

    private readonly Option<double?> _tolerance = Options.Number<double>(
        "--tol", "TOL", "A pair has converged when its residual norm is at most this times ||A||; 0 <= TOL < 1. By default 1.5e-8, in float32 3.5e-4.");

    private readonly Option<int?> _basis = Options.Number<int>(
        "--basis", "M", "Most basis vectors held, at least min(n, K + 3). By default n up to order 128, above max(2 K + 20, 40).");

    private readonly Option<int> _maxProducts = Options.Number(
        "--max-products", "N", "Most products with each matrix in the iteration.", LanczosOptions.Default.MaximumApplications);

    private readonly Option<bool> _noMultiplicity = new("--no-multiplicity")
    {
        Description = "Do not look for further copies of the eigenvalues found: fewer products, but a multiple eigenvalue may show once.",
    };

    private readonly Option<string?> _vectors = new("--vectors") { Description = "Write the eigenvectors, (K, n) or (batch, K, n).", HelpName = "OUT.npy" };

    private TopKCommand() => _k.Required = true;

    public static Command Create(CancellationToken cancellation)
    {
        TopKCommand topK = new();
        Command command = new("topk", "The K wanted eigenpairs of each matrix, with proof of how good they are.");
        topK._common.AddTo(command, topK._k, topK._which, topK._tolerance, topK._basis, topK._maxProducts, topK._noMultiplicity, topK._vectors, topK._common.ForceOption);
        command.SetAction(parsed =>
        {
            using MatrixFile file = topK._common.Open(parsed);
            return file.Type == NpyElementType.Float32 ? topK.Run<float>(parsed, file, cancellation) : topK.Run<double>(parsed, file, cancellation);
        });
        return command;
    }

    private int Run<T>(ParseResult parsed, MatrixFile file, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = parsed.GetRequiredValue(_k)!.Value, n = file.Order;
        LanczosOptions options = OptionsFor(parsed, k, n);
        OutputFile? vectors = OutputFile.Check("--vectors", parsed.GetValue(_vectors), _common.Force(parsed), _common.File(parsed), ".npy");
        using ComputeDevice? device = ComputeDevice.Open(_common.Device(parsed));
        file.RequireMemory(Lanczos.EstimateMemory<T>(n, k, file.Batch, options).Total);

        TopKOutcome<T> outcome = LiveRun.Run(_common.Progress(parsed), board =>
        {
            MatrixStack<T> stack = file.Read<T>(board, options.Threads, cancellation);
            board?.Compute();
            long start = Stopwatch.GetTimestamp();
            try
            {
                LanczosResult<T>[] results = device is not null
                    ? device.TopK<T>(stack.Values, n, k, options, board, cancellation)
                    : stack.IsStack ? Lanczos.TopKBatch<T>(stack.Values, n, k, options, board, cancellation)
                    : [Lanczos.TopK<T>(stack.Values, n, k, options, progress: board, cancellation: cancellation)];
                return new TopKOutcome<T>(
                    results, k, stack.IsStack, parsed.GetRequiredValue(_which), options.Seed, Stopwatch.GetElapsedTime(start).TotalSeconds,
                    ComputeDevice.PlaceOf(device, _common.Device(parsed)));
            }
            catch (ArgumentException e)
            {
                throw BadInputException.From(_common.File(parsed), e);
            }
        });

        OutputFile.WriteAndPrint(vectors, outcome.WriteVectors, _common.Json(parsed) ? outcome.PrintJson : outcome.PrintTable);
        return outcome.ExitCode;
    }

    private LanczosOptions OptionsFor(ParseResult parsed, int k, int n)
    {
        BadInputException.Unless(k >= 1 && k <= n, $"-k: found {k}; expected 1 <= K <= n = {n}, the order of the matrix");
        double? tolerance = parsed.GetValue(_tolerance);
        BadInputException.Unless(tolerance is null or (>= 0 and < 1), FormattableString.Invariant($"--tol: found {tolerance}; expected 0 <= TOL < 1"));
        int? basis = parsed.GetValue(_basis);
        long least = Math.Min(n, k + 3L);
        BadInputException.Unless(basis is null || basis >= least, $"--basis: found {basis}; expected at least min(n, K + 3) = {least} for n = {n}, K = {k}");
        int products = parsed.GetValue(_maxProducts);
        BadInputException.Unless(products >= 1, $"--max-products: found {products}; expected at least 1");
        return new()
        {
            Which = s_ends[parsed.GetRequiredValue(_which)],
            Tolerance = tolerance,
            MaximumBasis = basis,
            MaximumApplications = products,
            FindMultiplicity = !parsed.GetValue(_noMultiplicity),
            Seed = _common.Seed(parsed),
            Threads = _common.Threads(parsed),
            // Done when the file was read, where the message can name it.
            Validate = false,
        };
    }
}
