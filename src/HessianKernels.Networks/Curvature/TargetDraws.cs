using HessianKernels.Kernels;
using HessianKernels.Networks.Losses;

namespace HessianKernels.Networks.Curvature;

/// <summary>The random numbers that targets are drawn by: each a function of seed, sample and place.</summary>
internal static class TargetDraws
{
    /// <summary>Standard normal for a squared error, whose model is normal; else uniform on (0, 1).</summary>
    public static double Number(Loss loss, ulong seed, ulong sample, ulong place)
    {
        if (loss is MeanSquaredError)
        {
            (double even, double odd) = Philox.NormalPair(seed, sample, place >> 1);
            return (place & 1) == 0 ? even : odd;
        }

        (uint high, uint low, _, _) = Philox.Block(seed, sample, place);
        return (((((ulong)high << 32) | low) >> 12) + 0.5) * (1.0 / (1L << 52));
    }
}
