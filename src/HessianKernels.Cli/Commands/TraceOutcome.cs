using System.Text.Json;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using Spectre.Console;

namespace HessianKernels.Cli.Commands;

/// <summary>What hk trace found.</summary>
internal sealed record TraceOutcome(TraceEstimate[] Estimates, int Order, string Method, bool IsStack, ulong Seed, double Seconds, Place Place)
{
    public int ExitCode
        => Estimates.Any(estimate => estimate.Status == TraceStatus.Cancelled) ? Cli.ExitCode.Cancelled
            : Estimates.All(estimate => estimate.Status is TraceStatus.Complete or TraceStatus.Converged) ? Cli.ExitCode.Converged
            : Cli.ExitCode.NotConverged;

    public void PrintJson() => Json.PrintItems(IsStack, Estimates, Write, json =>
    {
        json.WriteString("method", Method);
        json.WriteNumber("n", Order);
        json.WriteNumber("seed", Seed);
        json.Double("seconds", Seconds);
        Place.Write(json);
    });

    public void PrintTable()
    {
        Table table = Report.Table("matrix", "trace", "standard error", "probes", "range", "products", "status");
        foreach ((int item, TraceEstimate estimate) in Estimates.Index().Take(Report.MostRows))
        {
            table.AddRow(
                new Text(Report.Whole(item)), new Text(Report.Value(estimate.Value)), new Text(Report.Small(estimate.StandardError)),
                new Text(Report.Whole(estimate.Samples)), new Text(Report.Whole(estimate.RangeDimension)), new Text(Report.Whole(estimate.OperatorApplications)),
                new Text(Sentence(estimate.Status)));
        }

        Report.Print(table);
        if (Estimates.Length > Report.MostRows) Report.Line($"and {Estimates.Length - Report.MostRows} more; --json prints all");
        Place.Print();
        Report.Line($"{Method}, in {Seconds:G3} s");
    }

    private static string Sentence(TraceStatus status) => status switch
    {
        TraceStatus.Complete => "complete",
        TraceStatus.Converged => "converged",
        TraceStatus.ApplicationLimit => "not converged",
        TraceStatus.Cancelled => "cancelled",
        _ => "not finite",
    };

    private static void Write(Utf8JsonWriter json, TraceEstimate estimate)
    {
        json.Double("value", estimate.Value);
        json.Double("standardError", estimate.StandardError);
        json.Name("status", estimate.Status);
        json.WriteNumber("probes", estimate.Samples);
        json.WriteNumber("rangeDimension", estimate.RangeDimension);
        json.WriteNumber("operatorApplications", estimate.OperatorApplications);
    }
}
