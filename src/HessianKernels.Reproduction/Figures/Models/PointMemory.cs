using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Training;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>How a run's training set is worked through: a large network on all examples of a paper would fill the memory.</summary>
internal static class PointMemory
{
    // Several runs are made together, and each may hold several points.
    private const long Most = 1L << 30;

    /// <summary>What holds the passes of all examples where they are small, and does them anew for each product where they are not.</summary>
    /// <param name="model">The network.</param>
    /// <param name="loss">Of an example.</param>
    /// <param name="examples">n.</param>
    /// <param name="options">The rest; the defaults where null.</param>
    public static ModelPointOptions Options(Model model, Loss loss, int examples, ModelPointOptions? options = null)
    {
        options ??= ModelPointOptions.Default;
        return options with { Recompute = ModelPoint<Span<double>>.RequiredBytes(model, loss, examples, sizeof(double), options) > Most };
    }

    /// <summary>The same for a run's training set.</summary>
    public static ModelPointOptions Options(this Trainer<Span<double>> trainer, ModelPointOptions? options = null)
        => Options(trainer.Model, trainer.Loss, trainer.Examples.Count, options);

    /// <summary>Goes to where a run is, to be ended and watched as the run is.</summary>
    /// <param name="point">Of the run.</param>
    /// <param name="trainer">Whose run it is.</param>
    /// <param name="cancellation">Ends whatever the point is asked for, in the middle of a micro-batch.</param>
    public static void Follow(this ModelPoint<Span<double>> point, Trainer<Span<double>> trainer, CancellationToken cancellation)
    {
        point.MoveTo(trainer.Parameters);
        (point.Cancellation, point.Passes) = (cancellation, trainer.Passes);
    }

    /// <summary>The mean loss over a run's training set, to be disposed.</summary>
    public static ModelPoint<Span<double>> Point(this Trainer<Span<double>> trainer, ModelPointOptions? options = null)
        => new(trainer.Space, trainer.Model, trainer.Loss, trainer.Examples, trainer.Options(options));
}
