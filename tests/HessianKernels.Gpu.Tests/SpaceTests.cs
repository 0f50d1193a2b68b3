using System.Numerics;
using HessianKernels.Conformance;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>The suite for vectors on a device.</summary>
public abstract class GpuSpaceConformance<T> : VectorSpaceConformance<GpuSpace<T>, MemoryBuffer1D<T, Stride1D.Dense>, ArrayView<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override GpuSpace<T> Space(int batch, int length) => new(Gpu.Context, batch, length);

    protected override MemoryBuffer1D<T, Stride1D.Dense> Allocate(int count)
    {
        // Nothing may be read before it is written.
        MemoryBuffer1D<T, Stride1D.Dense> memory = Gpu.Context.Allocate<T>(count, "A test");
        T[] nothing = new T[count];
        Array.Fill(nothing, T.NaN);
        Gpu.Context.Upload<T>(nothing, memory.View);
        return memory;
    }

    protected override ArrayView<T> View(MemoryBuffer1D<T, Stride1D.Dense> memory) => memory.View;
}

public sealed class GpuSpaceOfDouble : GpuSpaceConformance<double>;

public sealed class GpuSpaceOfSingle : GpuSpaceConformance<float>;

public sealed class GpuSpaceArguments
{
    [Fact]
    public void MisuseNamesBothNumbers()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GpuSpace<double>(Gpu.Context, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GpuSpace<double>(Gpu.Context, 1, 0));
        using GpuSpace<double> space = new(Gpu.Context, 2, 5);
        using MemoryBuffer1D<double, Stride1D.Dense> memory = Gpu.Context.Allocate<double>(10, "A test");
        ArrayView<double> view = memory.View;
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => space.Dot(view.SubView(0, 9), view, view));
        Assert.Contains("9", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 5]", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Found by a wrong eigenvalue: an array that a collection moved while its numbers went to the device.</summary>
    [Fact]
    public void ACollectionMeanwhileSpoilsNoTransfer()
    {
        using CancellationTokenSource done = new();
        Thread collector = new(() =>
        {
            List<byte[]> garbage = [];
            while (!done.IsCancellationRequested)
            {
                for (int i = 0; i < 100; i++) garbage.Add(new byte[500]);
                garbage.RemoveRange(0, garbage.Count / 2);
                GC.Collect(0, GCCollectionMode.Forced, blocking: true, compacting: true);
                Thread.Yield();
            }
        });
        collector.Start();
        try
        {
            using GpuSpace<double> space = new(Gpu.Context, 1, 50);
            using MemoryBuffer1D<double, Stride1D.Dense> memory = Gpu.Context.Allocate<double>(50, "A test");
            for (int turn = 0; turn < 300; turn++)
            {
                double[] numbers = new double[50], found = new double[50];
                Array.Fill(numbers, turn);
                Gpu.Context.Upload<double>(numbers, memory.View);
                Gpu.Context.Download<double>(memory.View, found);
                Assert.Equal(numbers, found);
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }

    [Theory]
    [InlineData("cuda:99")]
    [InlineData("opencl:99")]
    public void ADeviceThatIsNotThereIsSaidToBeMissing(string request)
    {
        GpuUnavailableException thrown = Assert.Throws<GpuUnavailableException>(() => GpuContext.Open(request));
        Assert.Contains(request, thrown.Message, StringComparison.Ordinal);
        Assert.Matches("install|expected an index", thrown.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:1:2")]
    public void ARequestThatIsNoneIsSaidToBeNone(string request)
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => GpuContext.Open(request));
        Assert.Contains($"'{request}'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("cuda:INDEX", thrown.Message, StringComparison.Ordinal);
    }
}
