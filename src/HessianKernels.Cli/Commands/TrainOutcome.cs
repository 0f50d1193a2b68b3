using System.Globalization;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Training;
using Spectre.Console;

namespace HessianKernels.Cli.Commands;

/// <summary>What became of hk train.</summary>
internal sealed record TrainOutcome(
    Model Model, int Examples, int? TestExamples, bool IsDouble, TrainingOptions Options, TrainingResult Result, TrainingRecord Record, string Folder,
    double Seconds, Place Place)
{
    // Beside the step; a table of more does not fit on a screen.
    private const int MostColumns = 8;

    /// <summary>What a sharpness is held against, at the learning rate of the last step.</summary>
    public double Threshold => Options.Momentum.SharpnessThreshold(Options.LearningRateAt(Math.Max(0, Result.Steps - 1)));

    public int ExitCode => Result.Status switch
    {
        TrainingStatus.Completed => Cli.ExitCode.Converged,
        TrainingStatus.Cancelled => Cli.ExitCode.Cancelled,
        _ => Cli.ExitCode.NotConverged,
    };

    /// <summary>How the run ended.</summary>
    public string Sentence
    {
        get
        {
            string steps = Report.Count(Result.Steps, "step");
            FormattableString sentence = Result.Status switch
            {
                TrainingStatus.Completed => $"{steps}, in {Seconds:G3} s",
                TrainingStatus.Cancelled => $"cancelled after {steps}, {Seconds:G3} s; --resume goes on",
                _ => $"diverged at step {Result.DivergedAt}; parameters.npz and checkpoint.npz are those after {steps}, the last whose loss was good",
            };
            return sentence.ToString(CultureInfo.InvariantCulture);
        }
    }

    public void PrintJson() => Json.Print(json =>
    {
        json.WriteString("model", Model.Specification);
        json.WriteNumber("parameters", Model.ParameterCount);
        json.WriteNumber("examples", Examples);
        if (TestExamples is { } tests) json.WriteNumber("testExamples", tests);
        else json.WriteNull("testExamples");
        json.WriteString("type", IsDouble ? "float64" : "float32");
        json.Double("learningRate", Options.LearningRate);
        json.WriteNumber("batchSize", Options.BatchSize);
        json.Name("status", Result.Status);
        json.WriteNumber("steps", Result.Steps);
        if (Result.DivergedAt is { } step) json.WriteNumber("divergedAt", step);
        else json.WriteNull("divergedAt");
        json.OrNull("lastLoss", Result.LastLoss);
        json.Double("sharpnessThreshold", Threshold);
        json.WriteStartArray("catapults");
        foreach (Catapult catapult in Result.Catapults)
        {
            json.WriteStartObject();
            json.WriteNumber("start", catapult.Start);
            json.WriteNumber("peak", catapult.Peak);
            json.Double("peakLoss", catapult.PeakLoss);
            if (catapult.End is { } end) json.WriteNumber("end", end);
            else json.WriteNull("end");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("rows", Record.Count);
        json.WriteStartObject("last");
        if (Record.Count > 0)
            foreach ((string name, double value) in Record.Columns.Zip(Record.Row(Record.Count - 1))) json.OrNull(name, value);
        json.WriteEndObject();
        json.WriteString("out", Folder);
        json.Double("seconds", Seconds);
        Place.Write(json);
    });

    public void PrintTable()
    {
        string[] columns = [.. Record.Columns.Where(Shown).Take(MostColumns)];
        int[] places = [.. columns.Select(name => Record.Columns.ToList().IndexOf(name))];
        Table table = Report.Table(["step", .. columns.Select(name => name.Replace('_', ' '))]);
        int rows = Math.Min(Record.Count, Report.MostRows);
        for (int i = 0; i < rows; i++)
        {
            // The first, the last, and what lies evenly between.
            IReadOnlyList<double> row = Record.Row(rows == 1 ? 0 : (int)((long)i * (Record.Count - 1) / (rows - 1)));
            string step = row[0].ToString(CultureInfo.InvariantCulture);
            IEnumerable<string> cells = places.Select(place => Report.Short(row[place])).Prepend(step);
            table.AddRow(cells.Select(cell => new Text(cell)));
        }

        Report.Print(table);
        if (Record.Count > rows) Report.Line($"{rows} of {Record.Count} rows; {Path.Combine(Folder, "curve.csv")} has all");
        string tested = TestExamples is { } tests ? $" and {tests} to test on" : "";
        Report.Line($"{Model.Specification}, {Report.Count(Model.ParameterCount, "parameter")}, {Report.Count(Examples, "example")}{tested}, {(IsDouble ? "float64" : "float32")}");
        string threshold = Options.Momentum == default ? "2 / eta" : "the threshold of sharpness";
        Report.Line($"eta = {Options.LearningRate:G6}, b = {Options.BatchSize}, {threshold} = {Threshold:G6}");
        if (Result.Catapults.Count > 0) Report.Line($"{Report.Count(Result.Catapults.Count, "catapult")}, the first at step {Result.Catapults[0].Start}");
        Report.Line($"{Sentence}");
        Place.Print();
    }

    private static bool Shown(string column)
        => column is not ("step" or "learning_rate" or "batch_size") && !column.EndsWith("_error", StringComparison.Ordinal);
}
