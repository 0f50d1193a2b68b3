using System.Diagnostics;
using HessianKernels.Gpu;

namespace HessianKernels.Gpu.Benchmarks;

/// <summary>A measured line.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Share">Of what it is held against, measured in the same run; null where it is that itself.</param>
/// <param name="Floor">What the share is held to.</param>
internal sealed record Row(string Name, double Value, string Unit, double? Share = null, string Floor = "");

internal static class Stopwatches
{
    /// <summary>The median seconds of a call, its work on the device included, after warming up.</summary>
    public static double Median(GpuContext gpu, Action action, int times = 15)
    {
        for (int i = 0; i < 3; i++) action();
        gpu.Synchronize();
        double[] seconds = new double[times];
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            gpu.Synchronize();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[times / 2];
    }
}
