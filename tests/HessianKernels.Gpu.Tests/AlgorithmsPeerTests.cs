using HessianKernels.Conformance;
using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>Sums of a device's space beside those of ILGPU.Algorithms' reduction, on the same kind of device in a context of its own.</summary>
public class AlgorithmsPeerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(1000)]
    [InlineData(5003)]
    public void ADotIsTheSumOfItsProducts(int length)
    {
        double[] x = Matrices.Numbers(length, 1), y = Matrices.Numbers(length, 2), products = [.. x.Zip(y, (a, b) => a * b)];
        using MemoryBuffer1D<double, Stride1D.Dense> left = Gpu.Upload(x), right = Gpu.Upload(y), dot = Gpu.Context.Accelerator.Allocate1D<double>(1);
        using GpuSpace<double> space = new(Gpu.Context, 1, length);
        space.Dot(left.View, right.View, dot.View);
        double found = Gpu.Download(dot)[0];

        using Context context = Context.Create(builder => builder.Default().EnableAlgorithms());
        AcceleratorType type = Gpu.Context.Accelerator.AcceleratorType;
        Device device = context.Devices.First(one => one.AcceleratorType == type && (type == AcceleratorType.CPU || one.Name == Gpu.Context.Accelerator.Name));
        using Accelerator accelerator = device.CreateAccelerator(context);
        using MemoryBuffer1D<double, Stride1D.Dense> terms = accelerator.Allocate1D(products);
        double expected = accelerator.Reduce<double, Stride1D.Dense, AddDouble>(accelerator.DefaultStream, terms.View);
        Tolerance.Equal(expected, found, 1e-16 * length * products.Sum(Math.Abs));
    }
}
