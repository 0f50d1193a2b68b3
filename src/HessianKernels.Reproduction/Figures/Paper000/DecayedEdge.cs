using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>The critical learning rate of a linear setting with momentum or weight decay, appendices A.5 and A.6.</summary>
/// <param name="Exact">Where K exact is 1.</param>
/// <param name="HighDimensional">Where its high-dimensional form is 1.</param>
/// <param name="Simulated">Where half of the runs grow.</param>
internal readonly record struct DecayedEdge(double Exact, double HighDimensional, double Simulated)
{
    /// <summary>Steps of a run.</summary>
    public static int Steps(Effort effort) => FigureRun.Of(effort, 2000, 5000, 10_000);

    /// <summary>All three.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="setting">The model.</param>
    /// <param name="momentum">mu.</param>
    /// <param name="weightDecay">rho.</param>
    /// <param name="from">A learning rate below the first two.</param>
    /// <param name="to">One above.</param>
    /// <param name="share">Of the figure, that this is.</param>
    public static DecayedEdge Of(
        FigureRun run, LinearSetting setting, double momentum, double weightDecay, double from, double to, double share)
    {
        double[] kept = run.Part(FormattableString.Invariant($"edge-{momentum}-{weightDecay}"), share, () =>
        {
            DecayedEdge edge = Find(run, setting, momentum, weightDecay, from, to);
            return [edge.Exact, edge.HighDimensional, edge.Simulated];
        });
        return new(kept[0], kept[1], kept[2]);
    }

    /// <summary>The largest share by which some learning rates miss others.</summary>
    public static double Worst(double[] of, double[] others) => of.Zip(others, (a, b) => Math.Abs(a / b - 1)).Max();

    private static DecayedEdge Find(FigureRun run, LinearSetting setting, double momentum, double weightDecay, double from, double to)
    {
        SecondMomentOptions options = new() { Tolerance = 1e-6, Threads = run.Threads };
        double exact = Crossing.Of(
            eta => run.Library(() => NoiseKernel.ExactWithMomentum(
                setting.Space, eta, setting.Sampling, momentum, weightDecay, options).Value), 1, from, to);
        double estimate = Crossing.Of(
            eta => NoiseKernel.HighDimensionalWithMomentum(setting.Space.Eigenvalues, 1, eta, setting.Sampling, momentum, weightDecay),
            1, from, to);
        return new(exact, estimate, LateLoss.Transition(
            setting, 0.7 * exact, 1.5 * exact, LateLoss.Runs(run.Effort), Steps(run.Effort), run, momentum, weightDecay));
    }
}
