using HessianKernels.Conformance;
using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Networks.Tests.Tensors;

public sealed class CpuTensorSpaceArgumentTests
{
    private static readonly CpuTensorSpace<float> Space = new(2);
    private static readonly WindowShape Windows = new(new(4, 4, 2), 2, 2, 0);

    private static void Short(string name, int found, int needed, Action action)
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(action);
        Assert.Equal(name, thrown.ParamName);
        Assert.Contains($"{name} has {found} elements; at least {needed} are needed", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsTooShortIsNamedWithBothNumbers()
    {
        float[] five = new float[5], six = new float[6];
        Short("y", 5, 6, () => Space.AddScaled(1, six, five));
        Short("y", 5, 6, () => Space.Multiply(1, six, five, false, six));
        Short("result", 5, 6, () => Space.Multiply(1, six, six, false, five));
        Short("d", 5, 6, () => Space.SumOfProducts(six, six, six, five, six));
        Short("result", 5, 6, () => Space.Power(0, 2, six, five));
        Short("x", 5, 6, () => Space.SumGroups(GroupShape.Rows(2, 3), 1, five, false, six));
        Short("result", 5, 6, () => Space.DotGroups(GroupShape.Rows(6, 1), 1, six, six, false, five));
        Short("shift", 5, 6, () => Space.AddToGroups(GroupShape.Columns(1, 6), 1, five, six));
        Short("factor", 5, 6, () => Space.ScaleGroups(GroupShape.Columns(1, 6), five, six, false, six));
        Short("logSumExp", 1, 2, () => Space.Softmax(2, 3, six, six, new float[1]));
        Short("derivatives", 6, 12, () => Space.Activate(new(ActivationKind.Tanh), 2, six, six, six));
        Short("destination", 5, 6, () => Space.Transpose(1, 2, 3, six, five));
        Short("destination", 5, 8, () => Space.CopyRows(2, 3, six, 3, five, 5));
        Short("destination", 5, 6, () => Space.GatherRows([0, 1], 3, six, five));
        Short("destination", 5, 6, () => Space.Write(new double[6], five));
        Short("destination", 5, 6, () => Space.Read(six, new double[5]));
        Short("b", 5, 6, () => Space.Gemm(false, false, 1, 3, 2, 1, six, five, 0, six));
        Short("c", 5, 6, () => Space.Gemm(false, false, 1, 3, 1, 1, six, six, 0, five, 2, 1, 0, 3));
        Short("x", 5, 32, () => Space.Convolve(Windows, 1, 1, five, new float[8], false, new float[4]));
        Short("dy", 3, 4, () => Space.ConvolveTangent(Windows, 1, 1, new float[32], new float[8], new float[32], new float[8], new float[3], new float[4], new float[1]));
        Short("curvature", 0, 1, () => Space.ConvolveTangent(Windows, 1, 1, new float[32], new float[8], new float[32], new float[8], new float[4], new float[4], []));
        Short("w", 5, 8, () => Space.ConvolveInput(Windows, 1, 1, new float[4], five, false, new float[32]));
        Short("dw", 5, 24, () => Space.ConvolveWeight(Windows, 1, 2, new float[8], new float[64], false, five, 16));
        Short("chosen", 5, 8, () => Space.MaxPool(Windows, 1, new float[32], new float[8], five));
        Short("dx", 5, 32, () => Space.AveragePoolInput(Windows, 1, new float[8], five));
    }

    [Fact]
    public void MisuseSaysWhatIsWrong()
    {
        float[] six = new float[6];
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuTensorSpace<float>(-1));
        Assert.Throws<NotSupportedException>(() => new CpuTensorSpace<Half>());
        Assert.Throws<ArgumentOutOfRangeException>(() => Space.Activate(new(ActivationKind.Tanh), 4, six, six, six));
        Assert.Throws<ArgumentOutOfRangeException>(() => Space.Activate(new((ActivationKind)77), 0, six, six, six));
        Assert.Contains("rows[1] is 2", Assert.Throws<ArgumentException>(() => Space.GatherRows([0, 2], 3, six, six)).Message, StringComparison.Ordinal);
        Assert.Contains("rows[0] is -1", Assert.Throws<ArgumentException>(() => Space.GatherRows([-1], 3, six, six)).Message, StringComparison.Ordinal);
        Assert.Contains("strideW is 7", Assert.Throws<ArgumentException>(() => Space.ConvolveWeight(Windows, 1, 1, six, six, false, six, 7)).Message, StringComparison.Ordinal);
        foreach (WindowShape wrong in (WindowShape[])[Windows with { Size = 0 }, Windows with { Stride = 0 }, Windows with { Padding = 2 }, Windows with { Padding = -1 }, Windows with { Size = 5 }])
            Assert.Contains("2 x 4 x 4", Assert.Throws<ArgumentException>(() => Space.AveragePool(wrong, 1, new float[32], new float[32])).Message, StringComparison.Ordinal);
        Assert.Contains($"{1L << 40}", Assert.Throws<OutOfMemoryException>(() => Space.Allocate(1L << 40)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ScatteringToAPlaceOutsideTheWindowTouchesNothing()
    {
        // Of 17 channels one is left over from the vectors.
        WindowShape windows = new(new(2, 2, 17), 2, 2, 0);
        float[] dx = new float[4 * 17], chosen = new float[17], dy = new float[17];
        Array.Fill(chosen, 1e9f);
        Array.Fill(dy, 1f);
        Space.ScatterChosen(windows, 1, dy, chosen, dx);
        Assert.All(dx, value => Assert.Equal(0, value));
        Space.GatherChosen(windows, 1, dx, chosen, dy);
        Assert.All(dy, value => Assert.Equal(0, value));
    }

    [Fact]
    public void AllocatesNothingOnceWarm()
    {
        WindowShape convolution = new(new(12, 12, 3), 3, 1, 1), pool = new(new(12, 12, 8), 2, 2, 0);
        const int Examples = 40, Outputs = 8;
        int x = Examples * convolution.Input.Length, y = Examples * convolution.Windows * Outputs, w = Outputs * convolution.WindowLength;
        float[] images = new float[x], weights = new float[w], out1 = new float[y], out2 = new float[y], out3 = new float[3 * y], many = new float[Examples * w];
        int[] index = [3, 1, 2];
        Allocation.AssertNone(() =>
        {
            Space.Convolve(convolution, Outputs, Examples, images, weights, false, out1);
            Space.ConvolveInput(convolution, Outputs, Examples, out1, weights, true, images);
            Space.ConvolveWeight(convolution, Outputs, Examples, out1, images, false, weights);
            Space.ConvolveWeight(convolution, Outputs, Examples, out1, images, true, many, w);
            Space.MaxPool(pool, Examples, out1, out2, out3);
            Space.ScatterChosen(pool, Examples, out2, out3, out1);
            Space.AveragePool(pool, Examples, out1, out2);
            Space.Activate(new(ActivationKind.Gelu), 3, out1, out2, out3);
            Space.Multiply(1, out1, out2, true, out1);
            Space.Power(1, -0.5, out1, out1);
            Space.SumGroups(GroupShape.Columns(y / 5000, 5000), 1, out1, false, out2);
            Space.DotGroups(GroupShape.Columns(y / 8, 8), 1, out1, out1, false, weights);
            Space.AddToGroups(GroupShape.Columns(y / 5000, 5000), 1, out2, out1);
            Space.Softmax(y / 10, 10, out1, out1, out2);
            Space.Transpose(4, 96, 120, out1, out2);
            Space.GatherRows(index, 500, out1, out2);
            Space.Gemm(true, false, 8, 32, 1, 1, out1, out2, 0, out3, 60, 8, 32, 256);
        });
    }
}
