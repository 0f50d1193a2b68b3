using System.Globalization;
using HessianKernels.Conformance;
using HessianKernels.Gpu.Tensors;
using HessianKernels.Networks.Tensors;
using HessianKernels.Reproduction;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>A figure whose network is trained and looked at on the device.</summary>
public class FigureTests
{
    private sealed class Device : ITensorPlace
    {
        public string Name => Gpu.Context.Device.Request;

        public TResult Run<TResult>(ITensorWork<TResult> work)
        {
            using GpuTensorSpace<double> space = new(Gpu.Context);
            return work.On(space);
        }
    }

    /// <summary>Training, gradients, Hessian forms and losses along a line.</summary>
    [Fact]
    public void AFigureIsTheCpus()
    {
        Figure figure = FigureCatalog.Find("001/F3")[0];
        FigureRun there = new(Effort.Coarse) { Place = new Device() };
        double[] found = Numbers(figure.Compute(there)), expected = Numbers(figure.Compute(new(Effort.Coarse)));
        Assert.Equal(Gpu.Context.Device.Request, there.Device);
        Tolerance.Equal<double>(expected, found, 1e-9);
    }

    private static double[] Numbers(FigureResult result)
        => [.. result.Tables.SelectMany(table => table.ToCsv().Split('\n').Skip(1)).SelectMany(row => row.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
}
