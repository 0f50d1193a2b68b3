using HessianKernels.Conformance;
using HessianKernels.Spaces;
using Xunit;

namespace HessianKernels.Tests.Spaces;

public sealed class CpuSpaceOfDouble() : CpuSpaceConformance<double>(0);

public sealed class CpuSpaceOfSingle() : CpuSpaceConformance<float>(0);

public sealed class CpuSpaceOfDoublesApart() : CpuSpaceConformance<double>(3);

public sealed class CpuSpaceOfSinglesApart() : CpuSpaceConformance<float>(5);

public sealed class OpaqueSpaceApart() : OpaqueSpaceConformance(2);

public sealed class OpaqueSpaceTests() : OpaqueSpaceConformance(0)
{
    [Fact]
    public void CountsItsReadsAndKeepsItsBounds()
    {
        OpaqueSpace space = new(1, 4, readInterval: 8);
        Assert.Equal(8, space.ReadInterval);
        OpaqueVector vector = new(4);
        space.Write([1, 2, 3, 4], vector);
        double[] found = new double[4];
        space.Read(vector, found);
        Assert.Equal(1, space.Reads);
        Assert.Equal([1, 2, 3, 4], found);
        Assert.ThrowsAny<ArgumentException>(() => space.Slice(vector, 2, 3));
    }
}

public sealed class CpuSpaceArguments
{
    [Fact]
    public void MisuseNamesBothNumbers()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuSpace<double>(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuSpace<double>(1, 0));
        Assert.Throws<NotSupportedException>(() => new CpuSpace<Half>(1, 1));
        Assert.Equal("stride", Assert.Throws<ArgumentOutOfRangeException>(() => new CpuSpace<double>(1, 5, stride: 4)).ParamName);
        CpuSpace<double> space = new(2, 5);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => space.Dot(new double[9], new double[10], new double[2]));
        Assert.Contains("9", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 5]", thrown.Message, StringComparison.Ordinal);
    }
}
