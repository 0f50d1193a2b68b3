using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;

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
        return options with { Recompute = options.Recompute || ModelPoint<Span<double>>.RequiredBytes(model, loss, examples, sizeof(double), options) > Most };
    }
}
