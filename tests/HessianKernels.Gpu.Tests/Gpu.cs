using ILGPU;
using ILGPU.Runtime;
using Xunit;

// The device is one, and its context serves one caller at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace HessianKernels.Gpu.Tests;

/// <summary>The device that the tests run on: HK_GPU names one; threads that play a device where it is not set.</summary>
internal static class Gpu
{
    private static readonly Lazy<GpuContext> Opened = new(Another);

    public static GpuContext Context => Opened.Value;

    /// <summary>A further context of the same device, for a test that loses it.</summary>
    public static GpuContext Another() => GpuContext.Open(Environment.GetEnvironmentVariable("HK_GPU") ?? "emulator");

    /// <summary>Numbers on the device.</summary>
    public static MemoryBuffer1D<T, Stride1D.Dense> Upload<T>(T[] numbers)
        where T : unmanaged
    {
        MemoryBuffer1D<T, Stride1D.Dense> memory = Context.Accelerator.Allocate1D<T>(Math.Max(1, numbers.Length));
        Context.Upload<T>(numbers, memory.View);
        return memory;
    }

    /// <summary>Numbers from the device.</summary>
    public static T[] Download<T>(MemoryBuffer1D<T, Stride1D.Dense> memory)
        where T : unmanaged
    {
        T[] numbers = new T[memory.Length];
        Context.Download<T>(memory.View, numbers);
        return numbers;
    }

    /// <summary>All of the cases on a device; every fifth, the second first, where threads play one and take a second for a million elements.</summary>
    public static IEnumerable<TCase> Some<TCase>(IEnumerable<TCase> cases)
        => Context.Device.Backend == GpuBackend.Emulator ? cases.Where((_, i) => i % 5 == 1) : cases;
}
