using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>What a change of learning rate or batch size in the middle of a run does.</summary>
/// <param name="Run">The run that was changed.</param>
/// <param name="Step">At which step: one at which all is recorded.</param>
internal sealed record MidRunChange(NetworkRun Run, int Step)
{
    /// <summary>A loss that grows by this factor is a catapult's: the trainer's own measure.</summary>
    public const double CatapultFactor = 2;

    /// <summary>The highest loss within some steps from the change on, over that at the change.</summary>
    public double Rise(int within)
    {
        (double[] steps, double[] losses) = Run.Curve("loss");
        int at = Array.IndexOf(steps, Step);
        return at < 0 ? double.NaN : losses.Where((_, i) => i >= at && steps[i] <= Step + within).Max() / losses[at];
    }

    /// <summary>A curvature at the change, in units of the new 2 / eta and for the new batches; NaN where the run had ended.</summary>
    public double At(string column)
    {
        (double[] steps, double[] values) = Run.InThresholds(column);
        int at = Array.IndexOf(steps, Step);
        return at < 0 ? double.NaN : values[at];
    }

    /// <summary>lambda_max late over lambda_max at the change.</summary>
    public double Growth => Run.Late("lambda_1", 0.25) / At("lambda_1");

    /// <summary>The step, drawn.</summary>
    public Threshold Line => new("change", Step, Vertical: true);

    /// <summary>What is recorded: the loss often, the curvatures less.</summary>
    public static Dictionary<TrackedQuantity, int> Every(int curvatures, int losses, params ReadOnlySpan<TrackedQuantity> more)
    {
        Dictionary<TrackedQuantity, int> every = NetworkJob.At(curvatures, [TrackedQuantity.BatchSharpness, TrackedQuantity.LambdaMax,
            .. more]);
        every[TrackedQuantity.Loss] = losses;
        return every;
    }
}
