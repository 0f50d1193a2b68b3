using System.Numerics;
using System.Text.Json;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Sharpness;
using Spectre.Console;

namespace HessianKernels.Cli.Commands;

/// <summary>What hk curvature found; what it was cancelled before is null.</summary>
internal sealed class CurvatureOutcome
{
    private double[] _eigenvalues = [], _residualNorms = [], _enclosureRadii = [];
    private bool[] _converged = [];
    private LanczosEvidence? _evidence;

    public required string Model { get; init; }

    public required bool IsDouble { get; init; }

    public required int Parameters { get; init; }

    public required int Examples { get; init; }

    /// <summary>hessian or gaussNewton.</summary>
    public required string Matrix { get; init; }

    public required double Loss { get; init; }

    public required double GradientNorm { get; init; }

    public required Place Place { get; init; }

    public TraceEstimate? Trace { get; set; }

    public ModelSharpnessReport? Sharpness { get; set; }

    public EdgeOutcome? Edge { get; set; }

    public bool IsCancelled { get; set; }

    public double Seconds { get; set; }

    public int ExitCode
    {
        get
        {
            BatchExpectationStatus? batches = Sharpness?.BatchSharpness.Status;
            if (IsCancelled || _evidence?.Status == LanczosStatus.Cancelled || Trace is { Status: TraceStatus.Cancelled }
                || batches == BatchExpectationStatus.Cancelled || Edge?.ExitCode == Cli.ExitCode.Cancelled)
                return Cli.ExitCode.Cancelled;
            bool pairs = _evidence is null || _evidence.Value.Status == LanczosStatus.Converged;
            bool trace = Trace is null or { Status: TraceStatus.Complete or TraceStatus.Converged };
            bool sharpness = batches != BatchExpectationStatus.LimitReached, edge = Edge is null || Edge.ExitCode == Cli.ExitCode.Converged;
            return pairs && trace && sharpness && edge ? Cli.ExitCode.Converged : Cli.ExitCode.NotConverged;
        }
    }

    public void Take<T>(LanczosResult<T> result)
        => (_eigenvalues, _residualNorms, _enclosureRadii, _converged, _evidence) =
            (result.Eigenvalues, result.ResidualNorms, result.EnclosureRadii, result.Converged, result.Evidence);

    public void PrintJson() => Json.Print(json =>
    {
        json.WriteString("model", Model);
        json.WriteNumber("parameters", Parameters);
        json.WriteNumber("examples", Examples);
        json.WriteString("type", IsDouble ? "float64" : "float32");
        json.Double("loss", Loss);
        json.Double("gradientNorm", GradientNorm);
        json.WriteString("matrix", Matrix);
        json.Doubles("eigenvalues", _eigenvalues);
        json.Doubles("residualNorms", _residualNorms);
        json.Doubles("enclosureRadii", _enclosureRadii);
        json.Booleans("converged", _converged);
        if (Trace is { } trace)
        {
            json.WriteStartObject("trace");
            json.Double("value", trace.Value);
            json.Double("standardError", trace.StandardError);
            json.WriteNumber("operatorApplications", trace.OperatorApplications);
            json.WriteEndObject();
        }

        if (Sharpness is { } report)
        {
            json.WriteNumber("batchSize", report.Sampling.BatchSize);
            json.WriteString("sampling", SamplingOption.NameOf(report.Sampling.Scheme));
            foreach ((string name, _, BatchExpectation found) in Expectations(report)) json.Expectation(name, found);
            json.OrNull("concentration", report.Concentration);
        }

        if (Edge is { } edge)
        {
            json.WriteStartObject("edge");
            json.Double("learningRate", edge.Reports[0].LearningRate);
            edge.WritePoint(json);
            json.WriteEndObject();
        }

        json.WriteNumber("operatorApplications", _evidence?.OperatorApplications ?? 0);
        json.Double("seconds", Seconds);
        Place.Write(json);
    });

    public void PrintTable()
    {
        if (_eigenvalues.Length > 0)
        {
            Table table = Report.Table("pair", "eigenvalue", "residual norm", "enclosure", "converged");
            for (int i = 0; i < _eigenvalues.Length; i++)
            {
                string[] cells =
                [
                    Report.Whole(i), Report.Value(_eigenvalues[i]), Report.Small(_residualNorms[i]),
                    $"± {Report.Small(_enclosureRadii[i])}", _converged[i] ? "yes" : "no",
                ];
                table.AddRow(cells.Select(cell => new Text(cell)));
            }

            Report.Print(table);
        }

        Report.Line($"{Model}, {Report.Count(Parameters, "parameter")}, {Report.Count(Examples, "example")}, {(IsDouble ? "float64" : "float32")}");
        Report.Line($"loss {Loss:G8}, gradient norm {GradientNorm:G8}");
        string matrix = Matrix == "hessian" ? "the Hessian" : "the Gauss-Newton matrix";
        if (_evidence is { } e)
            Report.Line($"{e.Converged} of {_eigenvalues.Length} pairs of {matrix} within the tolerance, {Report.Count(e.OperatorApplications, "product")}");
        if (Trace is { } trace)
            Report.Line($"trace of {matrix} {trace.Value:G8} ± {trace.StandardError:G3}, {Report.Count(trace.OperatorApplications, "product")}");
        if (Sharpness is { } report) PrintSharpness(report);
        Edge?.PrintTable();
        Place.Print();
        Report.Line($"{(IsCancelled ? "cancelled, after" : "in")} {Seconds:G3} s");
    }

    private static void PrintSharpness(ModelSharpnessReport report)
    {
        Table table = Report.Table("quantity", "value", "standard error", "batches");
        foreach ((_, string name, BatchExpectation found) in Expectations(report))
        {
            table.AddRow(
                new Text(name), new Text(Report.Value(found.Value)), new Text(found.IsExact ? "exact" : Report.Small(found.StandardError)),
                new Text($"{found.Batches}"));
        }

        table.AddRow(new Text("concentration"), new Text(Report.Value(report.Concentration)), new Text("exact"), new Text("closed form"));
        Report.Print(table);
        string status = report.BatchSharpness.Status == BatchExpectationStatus.LimitReached
            ? "not converged: --max-batches was reached before --relative-error, " : "";
        Report.Line($"{status}b = {report.Sampling.BatchSize} of {report.Sampling.Examples}");
    }

    private static IEnumerable<(string Name, string Words, BatchExpectation Found)> Expectations(ModelSharpnessReport report)
    {
        yield return ("batchSharpness", "Batch Sharpness", report.BatchSharpness);
        yield return ("modifiedBatchSharpness", "modified Batch Sharpness", report.ModifiedBatchSharpness);
        if (report.LambdaMaxBatch is { } largest) yield return ("lambdaMaxBatch", "lambda_max of a batch", largest);
        yield return ("interactionAwareSharpness", "interaction-aware sharpness", report.InteractionAwareSharpness);
        yield return ("gradientNoiseInteraction", "gradient-noise interaction", report.GradientNoiseInteraction);
    }
}
