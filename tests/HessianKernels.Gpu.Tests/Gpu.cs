using Xunit;

// The device is one, and its context serves one caller at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace HessianKernels.Gpu.Tests;

/// <summary>The device that the tests run on: HK_GPU names one; threads that play a device where it is not set.</summary>
internal static class Gpu
{
    private static readonly Lazy<GpuContext> Opened = new(() => GpuContext.Open(Environment.GetEnvironmentVariable("HK_GPU") ?? "emulator"));

    public static GpuContext Context => Opened.Value;

    /// <summary>All of the cases on a device; every fifth, the second first, where threads play one and take a second for a million elements.</summary>
    public static IEnumerable<TCase> Some<TCase>(IEnumerable<TCase> cases)
        => Context.Device.Backend == GpuBackend.Emulator ? cases.Where((_, i) => i % 5 == 1) : cases;
}
