using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>rho_b over the powers of two, for 8192 examples.</summary>
internal static class ScalingCurve
{
    public const int Examples = 8192;

    public static int[] Sizes { get; } = [.. Enumerable.Range(0, 14).Select(k => 1 << k)];

    /// <summary>The same as numbers to draw.</summary>
    public static double[] B { get; } = [.. Sizes.Select(size => (double)size)];

    /// <summary>rho_b, b each of <see cref="Sizes"/>.</summary>
    public static double[] Of(FigureRun run, double concentration, BatchScheme scheme = BatchScheme.WithoutReplacement) => run.Library(() =>
    {
        double[] curve = new double[Sizes.Length];
        new LinearSaturationScaling(concentration, Examples, scheme).Curve(Sizes, curve);
        return curve;
    });
}
