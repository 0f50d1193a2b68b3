using System.Text.Json;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.SecondMoment;
using Spectre.Console;

namespace HessianKernels.Cli.Commands;

/// <summary>What hk edge found, and its three ways out: a table, a JSON document, a CSV file.</summary>
internal sealed record EdgeOutcome(
    List<StochasticEdgeReport> Reports, PointRange Range, bool WithEigenvalue, bool WithPaths, double Seconds, Place Place)
{
    public int ExitCode
        => Reports.Count < Range.Points || Reports.Any(report => report.Status == StochasticEdgeStatus.Cancelled) ? Cli.ExitCode.Cancelled
            : Reports.All(report => report.Status == StochasticEdgeStatus.Complete) ? Cli.ExitCode.Converged
            : Cli.ExitCode.NotConverged;

    public void PrintJson() => Json.PrintItems(Range.IsSweep, Reports, Write, Place.Write);

    /// <summary>The members of the first point's document.</summary>
    public void WritePoint(Utf8JsonWriter json) => Write(json, Reports[0]);

    public void WriteCsv(string path, bool force)
        => Csv.Write(path, force, [.. Fields.Select(field => field.Name)],
            Reports.Select(report => Fields.Select(field => field.Cell(report))));

    private IEnumerable<(string Name, Func<StochasticEdgeReport, string> Cell)> Fields
    {
        get
        {
            yield return ("learningRate", report => Csv.Cell(report.LearningRate));
            yield return ("batchSize", report => Csv.Cell(report.Sampling.BatchSize));
            yield return ("sampling", report => SamplingOption.NameOf(report.Sampling.Scheme));
            yield return ("verdict", report => Json.CamelCase(report.Verdict));
            yield return ("meanStable", report => Csv.Cell(report.MeanStable));
            yield return ("stable", report => Csv.Cell(report.Stable));
            yield return ("criticalLearningRate", report => Csv.Cell(report.CriticalLearningRate?.Value));
            yield return ("trace", report => Csv.Cell(report.NoiseKernel.Trace));
            yield return ("highDimensionalAsymptotic", report => Csv.Cell(report.NoiseKernel.HighDimensionalAsymptotic));
            yield return ("highDimensional", report => Csv.Cell(report.NoiseKernel.HighDimensional));
            yield return ("diagonal", report => Csv.Cell(report.NoiseKernel.Diagonal?.Value));
            yield return ("exact", report => Csv.Cell(report.NoiseKernel.Exact.Value));
            yield return ("coherence", report => Csv.Cell(report.Coherence?.Value));
            yield return ("theorem1Diverges", report => Csv.Cell(Theorem1(report)));
            yield return ("contraction", report => Csv.Cell(report.Contraction?.Norm));
            yield return ("operatorApplications", report => Csv.Cell(report.OperatorApplications));
            if (WithEigenvalue) yield return ("secondMomentLambdaMax", report => Csv.Cell(report.SecondMomentEigenvalue?.Value));
            if (!WithPaths) yield break;
            yield return ("lyapunovExponent", report => Csv.Cell(report.Lyapunov?.Value));
            yield return ("lyapunovStandardError", report => Csv.Cell(report.Lyapunov?.StandardError));
        }
    }

    private static bool? Theorem1(StochasticEdgeReport report) => report.Bounds[(int)EdgeCriterion.Theorem1].Verdict switch
    {
        EdgeBoundVerdict.NotApplicable => null, EdgeBoundVerdict.Unstable => true, _ => false,
    };

    public void PrintTable()
    {
        if (Range.IsSweep) PrintSweep();
        else PrintPoint(Reports[0]);
        Place.Print();
    }

    private void PrintSweep()
    {
        Table table = Report.Table("batch", "eta", "verdict", "eta*", "K exact", "K diag", "K hd", "K hd asy", "K tr", "contraction");
        foreach (StochasticEdgeReport report in Reports.Take(Report.MostRows))
        {
            EdgeNoiseKernel k = report.NoiseKernel;
            double?[] numbers =
            [
                report.CriticalLearningRate?.Value, k.Exact.Value, k.Diagonal?.Value, k.HighDimensional, k.HighDimensionalAsymptotic,
                k.Trace, report.Contraction?.Norm,
            ];
            string[] cells = [Report.Whole(report.Sampling.BatchSize), Report.Short(report.LearningRate), Words(report.Verdict),
                .. numbers.Select(Report.Short)];
            table.AddRow(cells.Select(cell => new Text(cell)));
        }

        Report.Print(table);
        if (Reports.Count > Report.MostRows)
            Report.Line($"and {Report.Count(Reports.Count - Report.MostRows, "more point")}; --json prints all, --csv writes them");
        string done = Reports.Count < Range.Points ? $"cancelled: {Reports.Count} of {Range.Points} points"
            : Report.Count(Reports.Count, "point");
        string stable = Report.Count(Reports.Count(report => report.Stable == true), "stable point");
        string products = Report.Count(Reports.Sum(report => (long)report.OperatorApplications), "product");
        Report.Line($"{done}, {stable}, {products}, in {Seconds:G3} s");
        if (Reports.Count > 0) PrintSet(Reports[0]);
    }

    private void PrintPoint(StochasticEdgeReport report)
    {
        TopEigenvalue exact = report.NoiseKernel.Exact;
        Table table = Report.Table("criterion", "value", "threshold", "says", "proves it", "agrees");
        table.AddRow(Row("K exact", Report.Value(exact.Value), "1", Words(report.Verdict), report.Stable is null ? "-" : "yes", ""));
        foreach (EdgeBound bound in report.Bounds)
        {
            if (bound.Verdict == EdgeBoundVerdict.NotApplicable) continue;
            table.AddRow(Row(
                Words(bound.Criterion), Report.Value(bound.Value), Report.Short(bound.Threshold),
                bound.Verdict.ToString().ToLowerInvariant(),
                bound.IsProof ? "yes" : "-", bound.Agrees is { } agrees ? agrees ? "yes" : "no" : "-"));
        }

        Report.Print(table);
        (double eta, int b) = (report.LearningRate, report.Sampling.BatchSize);
        Report.Line($"{Words(report.Verdict)} at eta = {eta:G6}, b = {b}: K exact = {exact.Value:G6} ± {exact.Radius:G2}");
        if (report.CriticalLearningRate is { } edge)
        {
            (double low, double high, double margin) = (edge.Lower, edge.Upper, edge.Value / eta);
            Report.Line($"critical learning rate {edge.Value:G10}, {margin:G4} times this one, in [{low:G10}, {high:G10}]");
        }

        string mean = report.MeanStable ? "stable" : "unstable";
        Report.Line($"mean {mean}: sharpness {report.LambdaMax:G6}, threshold {report.MeanThreshold:G6}");
        if (report.SecondMomentEigenvalue is { } top) Report.Line($"lambda_max(T) = {top.Value:G10} ± {top.Radius:G2}");
        if (report.Lyapunov is { } gamma)
        {
            double error = 2 * gamma.StandardError;
            Report.Line($"Lyapunov exponent {gamma.Value:G4} ± {error:G2} a step, from {gamma.Runs} runs of {gamma.Steps} steps");
        }

        PrintSet(report);
        string status = report.Status switch
        {
            StochasticEdgeStatus.Complete => "", StochasticEdgeStatus.Partial => "not converged: ", _ => "cancelled: ",
        };
        (string products, long bytes) = (Report.Count(report.OperatorApplications, "product"), report.RequiredBytes);
        Report.Line($"{status}{products}, at most {(bytes + (1 << 20) - 1) >> 20} MiB, in {Seconds:G3} s");
    }

    private static void PrintSet(StochasticEdgeReport report)
    {
        string coherence = report.Coherence is { } sigma ? $", coherence {Report.Short(sigma.Value)}" : "";
        Report.Line($"{Report.Count(report.Examples, "example")}, rank {report.Rank}, trace {report.Trace:G6}{coherence}");
        if (report.Indefinite is not { } i) return;
        Report.Line($"example {i.Index} is indefinite, its lowest eigenvalue {i.LowestEigenvalue:G4}:");
        Report.Line($"the coherence is not defined, and K hd bounds nothing");
    }

    private static Text[] Row(params string[] cells) => [.. cells.Select(cell => new Text(cell))];

    private static string Words(EdgeVerdict verdict) => verdict switch
    {
        EdgeVerdict.Stable => "stable",
        EdgeVerdict.MeanUnstable => "mean unstable",
        EdgeVerdict.NoiseUnstable => "noise unstable",
        _ => "undecided",
    };

    private static string Words(EdgeCriterion criterion) => criterion switch
    {
        EdgeCriterion.Trace => "K tr",
        EdgeCriterion.HighDimensionalAsymptotic => "K hd asy",
        EdgeCriterion.HighDimensional => "K hd",
        EdgeCriterion.Diagonal => "K diag",
        EdgeCriterion.Contraction => "contraction",
        EdgeCriterion.ShiftedContraction => "shifted contraction",
        EdgeCriterion.Theorem1 => "Theorem 1",
        _ => "Theorem 2",
    };

    private void Write(Utf8JsonWriter json, StochasticEdgeReport report)
    {
        if (Range.IsSweep)
        {
            json.Double("learningRate", report.LearningRate);
            json.WriteNumber("batchSize", report.Sampling.BatchSize);
            json.WriteString("sampling", SamplingOption.NameOf(report.Sampling.Scheme));
        }

        EdgeNoiseKernel k = report.NoiseKernel;
        json.WriteNumber("examples", report.Examples);
        json.WriteNumber("rank", report.Rank);
        json.Double("lambdaMax", report.LambdaMax);
        json.Double("trace", report.Trace);
        json.WriteBoolean("meanStable", report.MeanStable);
        json.OrNull("stable", report.Stable);
        json.OrNull("criticalLearningRate", report.CriticalLearningRate?.Value);
        json.WriteStartObject("noiseKernel");
        json.OrNull("trace", k.Trace);
        json.OrNull("highDimensionalAsymptotic", k.HighDimensionalAsymptotic);
        json.OrNull("highDimensional", k.HighDimensional);
        json.OrNull("diagonal", k.Diagonal?.Value);
        json.OrNull("exact", k.Exact.Value);
        json.WriteEndObject();
        json.OrNull("coherence", report.Coherence?.Value);
        json.OrNull("theorem1Diverges", Theorem1(report));
        json.OrNull("contraction", report.Contraction?.Norm);
        json.WriteNumber("operatorApplications", report.OperatorApplications);
        if (WithEigenvalue) json.OrNull("secondMomentLambdaMax", report.SecondMomentEigenvalue?.Value);
        if (!WithPaths) return;
        if (report.Lyapunov is not { } gamma)
        {
            json.WriteNull("lyapunovExponent");
            return;
        }

        json.WriteStartObject("lyapunovExponent");
        json.OrNull("value", gamma.Value);
        json.OrNull("standardError", gamma.StandardError);
        json.WriteEndObject();
    }
}
