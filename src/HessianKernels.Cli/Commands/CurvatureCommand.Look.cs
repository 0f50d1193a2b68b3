using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace HessianKernels.Cli.Commands;

internal sealed partial class CurvatureCommand
{
    /// <summary>All that was asked for, at one point, wherever its tensors lie.</summary>
    private sealed class Look<T>(
        CurvatureCommand command, ParseResult parsed, ModelSource source, int k, LanczosOptions lanczos, TraceOptions? trace,
        ModelSharpnessOptions sharpness, double? rate, ComputeDevice? device, ProgressBoard? board, CancellationToken cancellation)
        : ITensorWork<CurvatureOutcome>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public CurvatureOutcome On<TView>(ITensorSpace<TView> space)
            where TView : allows ref struct
        {
            bool gaussNewton = parsed.GetValue(command._gaussNewton);
            using ModelPoint<TView> point = command._point.Create<T, TView>(
                parsed, source, space, device, 2, command._run.Threads(parsed), board, cancellation);
            BatchSampling? sampling = parsed.GetValue(command._batch) is { } b ? command._sampling.Of(parsed, point.Examples, b) : null;
            board?.Compute();
            long start = Stopwatch.GetTimestamp();
            CurvatureOutcome found = new()
            {
                Model = source.Model.Specification, IsDouble = source.IsDouble, Parameters = point.ParameterCount, Examples = point.Examples,
                Matrix = gaussNewton ? "gaussNewton" : "hessian", Loss = point.Value(), GradientNorm = point.GradientNorm(),
                Place = ComputeDevice.PlaceOf(
                    device, command._run.Device(parsed), rate is null ? null : $"of the edge {EdgeCommand.AllElse}"),
            };
            ModelOperator<TView> matrix = gaussNewton ? point.GaussNewton() : point.Hessian();
            try
            {
                if (k > 0) found.Take(matrix.TopK(k, lanczos, progress: board, cancellation: cancellation));
                if (board is not null && trace is not null) board.Products = trace.Applications;
                if (trace is not null) found.Trace = matrix.EstimateTrace(trace, board, cancellation);
                if (sampling is not null)
                    found.Sharpness = ModelSharpness.Analyze(point, sampling, sharpness, board?.Batches(), cancellation);
                if (rate is { } eta) found.Edge = Edge(point, eta, sampling!);
            }
            catch (OperationCanceledException)
            {
                // What was found before is printed.
                found.IsCancelled = true;
            }
            catch (NotSupportedException e)
            {
                throw new BadInputException($"--model: {e.Message}", e);
            }

            found.Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return found;
        }

        private EdgeOutcome Edge<TView>(ModelPoint<TView> point, double eta, BatchSampling sampling)
            where TView : allows ref struct
        {
            long start = Stopwatch.GetTimestamp();
            StochasticEdgeOptions options = new() { Numerics = new() { Threads = command._run.Threads(parsed) }, Searches = device?.Edge };
            StochasticEdgeReport report = StochasticEdge.Analyze(
                point.Curvatures(cancellation: cancellation), eta, sampling, options, board, cancellation);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return new([report], new([eta], [sampling.BatchSize], false), false, false, seconds, Place.Cpu);
        }
    }
}
