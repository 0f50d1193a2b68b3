using HessianKernels.Networks.Data;
using HessianKernels.Networks.Training;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>The accuracy on examples kept apart, after a number of epochs, over batch size and learning rate.</summary>
/// <param name="BatchSizes">Rising.</param>
/// <param name="LearningRates">Rising.</param>
/// <param name="Accuracy"><c>[batch sizes, learning rates]</c>, the mean over the runs; NaN where one diverged.</param>
internal sealed record AccuracyMap(int[] BatchSizes, double[] LearningRates, double[] Accuracy)
{
    /// <summary>All runs, each with one thread.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="settings">What is trained: a start each.</param>
    /// <param name="test">The examples kept apart, with labels.</param>
    /// <param name="batchSizes">Rising.</param>
    /// <param name="learningRates">Rising.</param>
    /// <param name="epochs">Passes through the training set.</param>
    /// <param name="to">The share of the figure that is done after.</param>
    public static AccuracyMap Of(
        FigureRun run, NetworkSetting[] settings, DataSet<double> test, int[] batchSizes, double[] learningRates, int epochs, double to)
    {
        int n = settings[0].Examples;
        NetworkJob[] jobs =
        [
            .. from b in batchSizes from rate in learningRates from setting in settings
               let steps = Math.Max(1, epochs * n / b)
               select new NetworkJob(
                   "", setting, new TrainingOptions { LearningRate = rate, BatchSize = b, Seed = setting.Seed, DivergedAbove = 1e4 },
                       steps,
                   NetworkJob.At(steps, TrackedQuantity.StepLoss)),
        ];
        NetworkRun[] runs = NetworkRun.All(run, jobs, 0, to);
        double[][] single = run.Library(() => run.PartsOnTensors("accuracy", runs.Length, k => [runs[k].Diverged ? double.NaN
            : AccuracyOf(run, runs[k].Job.Setting with { Data = test }, runs[k].Result.Checkpoint.Parameters.ToArray())],
            to, to));
        return new(batchSizes, learningRates, [.. single.Chunk(settings.Length).Select(part => part.Average(of => of[0]))]);
    }

    /// <summary>The learning rate that is best for a batch size: the middle, in the logarithm, of those within a hundredth of the
    /// best.</summary>
    public double Best(int row)
    {
        double[] accuracy = Accuracy[(row * LearningRates.Length)..((row + 1) * LearningRates.Length)];
        double most = accuracy.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Max();
        return Math.Exp(LearningRates.Where((_, k) => accuracy[k] >= most - 0.01).Select(rate => Math.Log(rate))
            .DefaultIfEmpty(double.NaN).Average());
    }

    /// <summary>The share of a setting's examples whose label has the largest output.</summary>
    public static double AccuracyOf(FigureRun run, NetworkSetting setting, double[] parameters)
    {
        double[] outputs = setting.At(run, parameters, point => point.Predict(), new() { Order = 1, Recompute = true });
        return outputs.Chunk(setting.Model.Outputs).Zip(setting.Data.Labels!, (row, label) => row[label] == row.Max() ? 1.0 : 0).Average();
    }
}
