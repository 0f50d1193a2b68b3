using System.Globalization;
using HessianKernels.Networks.Training;

namespace HessianKernels.Cli.Output;

/// <summary>A run's progress as a line: the step, the loss, and Batch Sharpness, as last recorded, against its threshold.</summary>
internal sealed class TrainingProgressLine(ProgressBoard board, TrainingRecord record, TrainingOptions options, long steps)
    : IProgress<TrainingProgress>
{
    private int _rowsSeen;
    private string _sharpness = "";

    public void Report(TrainingProgress value)
    {
        // Called by the thread that trains and records: the table stands still meanwhile.
        for (; _rowsSeen < record.Count; _rowsSeen++) Look(record.Row(_rowsSeen), value.LearningRate);
        board.Train(
            (double)value.Step / steps,
            string.Create(CultureInfo.InvariantCulture, $"step {value.Step} of {steps}, loss {value.Loss:G4}{_sharpness}"));
    }

    private void Look(IReadOnlyList<double> row, double learningRate)
    {
        int at = record.Columns.ToList().IndexOf("batch_sharpness");
        if (at < 0 || double.IsNaN(row[at])) return;
        double threshold = options.Momentum.SharpnessThreshold(learningRate);
        string name = options.Momentum == default ? "2/eta" : "threshold";
        _sharpness = string.Create(CultureInfo.InvariantCulture, $", batch sharpness {row[at]:G4}, {name} {threshold:G4}");
    }
}
