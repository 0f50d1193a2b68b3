using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Full-batch descent of paper 001's network that was looked at every step.</summary>
/// <param name="LossName">One of <see cref="SixLayerNetwork"/>'s.</param>
/// <param name="LearningRate">eta.</param>
/// <param name="Curve">What it met.</param>
internal sealed record Descent(string LossName, double LearningRate, DescentCurve Curve)
{
    /// <summary>2 / eta.</summary>
    public double Threshold => 2 / LearningRate;

    public string Title => FormattableString.Invariant($"{LossName}, η = {LearningRate:G3}");

    /// <summary>The step at which lambda_1 first exceeds 2 / eta; -1 where it never does.</summary>
    public int Sharp => Curve.Sharpness.FindIndex(sharpness => sharpness > Threshold);

    /// <summary>The step at which, after that, the interaction-aware sharpness first exceeds 2 / eta; -1 where it never does.</summary>
    public int Unstable => Sharp < 0 ? -1 : Curve.Interaction.FindIndex(Sharp, interaction => interaction > Threshold);

    /// <summary>The step of the largest interaction-aware sharpness before it comes back below 2 / eta; -1 where it never exceeds
    /// it.</summary>
    public int Peak
    {
        get
        {
            if (Unstable < 0) return -1;
            int peak = Unstable;
            for (int t = peak; t < Curve.Count && Curve.Interaction[t] > Threshold; t++)
                if (Curve.Interaction[t] > Curve.Interaction[peak]) peak = t;
            return peak;
        }
    }

    public static IReadOnlyList<(string Name, string Value)> Parameters(IReadOnlyList<(string Loss, double LearningRate, int Steps)> plans)
        => [.. plans.Select(plan => (FormattableString.Invariant($"steps, {plan.Loss}, η = {plan.LearningRate}"), $"{plan.Steps}"))];

    /// <summary>The same run from the same start with several learning rates and losses.</summary>
    public static Descent[] Runs(FigureRun run, IReadOnlyList<(string Loss, double LearningRate, int Steps)> plans, double from = 0,
        double to = 1)
    {
        Descent[] descents = [.. plans.Select(plan => new Descent(plan.Loss, plan.LearningRate, new()))];
        NetworkRun.All(run, [.. plans.Select((plan, k) => Job(SixLayerNetwork.Of(run, plan.Loss), plan.Steps, descents[k]))], from, to);
        return descents;
    }

    private static NetworkJob Job(NetworkSetting setting, int steps, Descent descent)
    {
        TrainingOptions training = new() { LearningRate = descent.LearningRate, BatchSize = setting.Examples, DivergedAbove = 1e4 };
        return new(descent.Title, setting, training, steps, NetworkJob.At(steps, TrackedQuantity.StepLoss))
        {
            Look = trainer => new DescentLook(trainer, descent.Curve), LooksBefore = NetworkJob.Each(1),
        };
    }
}
