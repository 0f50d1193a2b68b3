using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;

namespace HessianKernels.Cli.Commands;

/// <summary>hk curvature: how curved a model's loss is at its parameters.</summary>
internal sealed partial class CurvatureCommand
{
    private readonly RunOptions _run = new();
    private readonly PointOptions _point = new();
    private readonly SamplingOption _sampling = new();

    private readonly Option<int> _count = Options.Number("-k", "K", "Number of eigenpairs, the largest; 0 for none.", 5);
    private readonly Option<bool> _gaussNewton = new("--gauss-newton")
    {
        Description = "Eigenpairs and trace of the Gauss-Newton matrix in place of the Hessian.",
    };

    private readonly Option<int> _traceProducts = Options.Number(
        "--trace-products", "N", "Products to estimate the trace with, at least 4; 0 for no trace.", 48);

    private readonly Option<double?> _tolerance = Options.Number<double>(
        "--tol", "TOL", "A pair has converged when its residual norm is at most TOL times the matrix's norm; by default 1e-3, 0 <= TOL < 1.");

    private readonly Option<int> _maxProducts = Options.Number("--max-products", "N", "Most products for the eigenpairs.", 1000);
    private readonly Option<int?> _batch = Options.Number<int>(
        "--batch", "B", "Also Batch Sharpness and its kin for batches of B examples.");
    private readonly Option<double> _error = Options.Number(
        "--relative-error", "E", "Draw batches until every standard error is at most E times its mean; 0 <= E < 1.",
        ModelSharpnessOptions.Default.RelativeError);

    private readonly Option<int> _maxBatches = Options.Number(
        "--max-batches", "N", "Most random batches.", ModelSharpnessOptions.Default.MaxBatches);
    private readonly Option<bool> _lambdaMaxBatch = new("--lambda-max-batch")
    {
        Description = "Also the mean of lambda_max over the batches' Hessians: a Lanczos run a batch.",
    };

    private readonly Option<bool> _edge = new("--edge")
    {
        Description = "Also whether SGD with --lr and --batch is stable here, by the examples' Gauss-Newton curvatures, as hk edge tells it.",
    };

    private readonly Option<double?> _rate = Options.Number<double>("--lr", "ETA", "The learning rate that --edge is about.");

    public static Command Create(CancellationToken cancellation)
    {
        CurvatureCommand curvature = new();
        Command command = new(
            "curvature", "The curvature of a network's loss at its parameters: top eigenpairs, trace, sharpness along batches, edge of stability.");
        curvature._point.AddTo(command);
        curvature._run.AddTo(
            command, curvature._count, curvature._gaussNewton, curvature._tolerance, curvature._maxProducts, curvature._traceProducts,
            curvature._batch, curvature._sampling.Option, curvature._error, curvature._maxBatches, curvature._lambdaMaxBatch,
            curvature._edge, curvature._rate);
        command.SetAction(parsed =>
        {
            ModelSource source = curvature._point.Open(parsed, curvature._run.Seed(parsed));
            return source.IsDouble ? curvature.Run<double>(parsed, source, cancellation)
                : curvature.Run<float>(parsed, source, cancellation);
        });
        return command;
    }

    private int Run<T>(ParseResult parsed, ModelSource source, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int d = source.Model.ParameterCount, k = parsed.GetValue(_count), threads = _run.Threads(parsed);
        BadInputException.Unless(k >= 0 && k <= d, $"-k: found {k}; expected 0 <= K <= d = {d}, the number of parameters");
        LanczosOptions lanczos = Lanczos(parsed, threads);
        TraceOptions? trace = Trace(parsed, d, threads);
        ModelSharpnessOptions sharpness = Sharpness(parsed);
        double? rate = Rate(parsed);
        using ComputeDevice? device = ComputeDevice.Open(_run.Device(parsed));
        CurvatureOutcome outcome = LiveRun.Run(_run.Progress(parsed), board => ComputeDevice.TensorsOf<T, CurvatureOutcome>(
            device, threads, new Look<T>(this, parsed, source, k, lanczos, trace, sharpness, rate, device, board, cancellation)));
        if (_run.Json(parsed)) outcome.PrintJson();
        else outcome.PrintTable();
        return outcome.ExitCode;
    }

    private LanczosOptions Lanczos(ParseResult parsed, int threads)
    {
        double? tolerance = parsed.GetValue(_tolerance);
        BadInputException.Unless(
            tolerance is null or (>= 0 and < 1), FormattableString.Invariant($"--tol: found {tolerance}; expected 0 <= TOL < 1"));
        int products = parsed.GetValue(_maxProducts);
        BadInputException.Unless(products >= 1, $"--max-products: found {products}; expected at least 1");
        return new()
        {
            Which = SpectrumEnd.Largest, Tolerance = tolerance ?? 1e-3, MaximumApplications = products, FindMultiplicity = false,
            Seed = _run.Seed(parsed), Threads = threads,
        };
    }

    private TraceOptions? Trace(ParseResult parsed, int d, int threads)
    {
        int products = parsed.GetValue(_traceProducts);
        BadInputException.Unless(products is 0 or >= 4, $"--trace-products: found {products}; expected 0, or at least 4");
        // More than 2 d products are more than the whole matrix.
        int most = Math.Min(products, Math.Max(4, 2 * d));
        return products == 0 ? null : new() { Applications = most, Seed = _run.Seed(parsed), Threads = threads };
    }

    private ModelSharpnessOptions Sharpness(ParseResult parsed)
    {
        double error = parsed.GetValue(_error);
        int most = parsed.GetValue(_maxBatches);
        BadInputException.Unless(
            error is >= 0 and < 1, FormattableString.Invariant($"--relative-error: found {error}; expected 0 <= E < 1"));
        BadInputException.Unless(most >= 1, $"--max-batches: found {most}; expected at least 1");
        return new()
        {
            RelativeError = error, MaxBatches = most, LargestEigenvalues = parsed.GetValue(_lambdaMaxBatch), Seed = _run.Seed(parsed),
        };
    }

    private double? Rate(ParseResult parsed)
    {
        double? rate = parsed.GetValue(_rate);
        bool edge = parsed.GetValue(_edge);
        BadInputException.Unless(edge == rate is not null,
            $"--edge, --lr: found {(edge ? "--edge" : "--lr")} alone; expected both or neither");
        BadInputException.Unless(!edge || parsed.GetValue(_batch) is not null,
            "--edge: found no --batch; expected the batch size it is about");
        BadInputException.Unless(
            rate is null || (rate > 0 && double.IsFinite(rate.Value)),
            FormattableString.Invariant($"--lr: found {rate}; expected a finite number above 0"));
        return rate;
    }
}
