namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>What the loss of several paths has come to after many steps.</summary>
internal static class LateLoss
{
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
