namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>What the loss of several paths has come to after many steps.</summary>
internal static class LateLoss
{
    /// <summary>How many paths the median is of.</summary>
    public static int Runs(Effort effort) => FigureRun.Of(effort, 5, 9, 25);

    /// <summary>After how many steps figures 1 and 8 look at the loss.</summary>
    public static int Steps(Effort effort) => FigureRun.Of(effort, 3000, 10_000, 10_000);

    /// <summary>The median growth at each learning rate of a scan.</summary>
    /// <param name="scan">Of the setting.</param>
    /// <param name="run">The figure's.</param>
    /// <param name="from">The share of the figure that is done before.</param>
    /// <param name="to">The share that is done after.</param>
    public static double[] Along(StabilityScan scan, FigureRun run, double from, double to)
    {
        double[] late = new double[scan.LearningRates.Length];
        for (int i = 0; i < late.Length; i++)
        {
            run.At(from + (to - from) * i / late.Length);
            late[i] = run.Part($"{scan.Setting.Name}-late-{i}", (to - from) / late.Length,
                () => [Median(scan.Setting, scan.LearningRates[i], Runs(run.Effort), Steps(run.Effort), run)])[0];
        }

        return late;
    }

    /// <summary>The median over the paths of the last loss over the first.</summary>
    public static double Median(
        LinearSetting setting, double learningRate, int paths, int steps, FigureRun run, double momentum = 0, double weightDecay = 0)
    {
        double[] growth = new double[paths];
        run.Parallel(paths, p =>
        {
            LinearSgd sgd = new(setting.Space, LinearSetting.BatchSize, run.Seed, (ulong)p);
            double[] losses = sgd.Losses(learningRate, steps, momentum, weightDecay, run.Cancellation);
            growth[p] = losses[^1] / losses[0];
        });
        Array.Sort(growth);
        return paths % 2 == 1 ? growth[paths / 2] : Math.Sqrt(growth[paths / 2 - 1] * growth[paths / 2]);
    }

    /// <summary>The learning rate at which half of the paths have grown.</summary>
    public static double Transition(
        LinearSetting setting, double from, double to, int paths, int steps, FigureRun run, double momentum = 0, double weightDecay = 0)
        => Crossing.Of(eta => Median(setting, eta, paths, steps, run, momentum, weightDecay), 1, from, to, width: 2e-3);
}
