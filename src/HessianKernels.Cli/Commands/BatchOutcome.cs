using System.Text.Json;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Sharpness;
using Spectre.Console;

namespace HessianKernels.Cli.Commands;

/// <summary>What hk batch found.</summary>
internal sealed record BatchOutcome(SharpnessReport Report, double Seconds, Place Place)
{
    /// <summary>A closed form: no batch is evaluated, and there is no error.</summary>
    private BatchExpectation Modified => new(Report.ModifiedBatchSharpness, 0, 0, BatchExpectationStatus.Exact);

    private BatchExpectationStatus Status => Report.BatchSharpness.Status;

    public int ExitCode => Status switch
    {
        BatchExpectationStatus.Cancelled => Cli.ExitCode.Cancelled,
        BatchExpectationStatus.LimitReached => Cli.ExitCode.NotConverged,
        _ => Cli.ExitCode.Converged,
    };

    public void PrintJson() => Json.Print(json =>
    {
        json.OrNull("interactionAwareSharpness", Report.InteractionAwareSharpness);
        json.OrNull("gradientNoiseInteraction", Report.GradientNoiseInteraction);
        json.OrNull("concentration", Report.Concentration);
        json.Expectation("batchSharpness", Report.BatchSharpness);
        json.Expectation("modifiedBatchSharpness", Modified);
        json.Expectation("lambdaMaxBatch", Report.LambdaMaxBatch!.Value);
        Place.Write(json);
    });

    public void PrintTable()
    {
        Table table = Output.Report.Table("quantity", "value", "standard error", "batches");
        Row("Batch Sharpness", Report.BatchSharpness);
        Row("modified Batch Sharpness", Modified);
        Row("lambda_max of a batch", Report.LambdaMaxBatch!.Value);
        foreach ((string name, double value) in ((string, double)[])
        [
            ("interaction-aware sharpness", Report.InteractionAwareSharpness),
            ("gradient-noise interaction", Report.GradientNoiseInteraction), ("concentration", Report.Concentration),
        ])
            Row(name, new(value, 0, 0, BatchExpectationStatus.Exact));
        Output.Report.Print(table);
        Place.Print();
        string status = Status switch
        {
            BatchExpectationStatus.Exact => "exact: all batches", BatchExpectationStatus.Converged => "converged",
            BatchExpectationStatus.LimitReached => "not converged: --max-batches was reached before --relative-error", _ => "cancelled",
        };
        Output.Report.Line($"{status}, b = {Report.Sampling.BatchSize} of {Report.Sampling.Examples}, in {Seconds:G3} s");

        void Row(string name, BatchExpectation found) => table.AddRow(
            new Text(name), new Text(Output.Report.Value(found.Value)),
            new Text(found.IsExact ? "exact" : Output.Report.Small(found.StandardError)),
            new Text(found.Batches == 0 ? "closed form" : $"{found.Batches}"));
    }
}
