using HessianKernels.Conformance;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Networks.Tests.Data;

public class StandardizationTests
{
    private const int Examples = 700;
    private static readonly TensorShape s_shape = new(3, 2, 2);

    private static DataSet<double> Random(int seed, double shift = 0)
    {
        Random random = new(seed);
        double[] inputs = new double[Examples * 12];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = shift + (1 + i % 12) * (random.NextDouble() - 0.25);
        return new() { Examples = Examples, InputShape = s_shape, Inputs = inputs, Labels = new int[Examples], Classes = 1 };
    }

    /// <summary>Numbers of one unit, over all examples.</summary>
    private static double[] Unit(DataSet<double> data, int unit, int positions)
        => [.. Enumerable.Range(0, Examples).SelectMany(i => data.Inputs.Skip(i * 12 + unit * positions).Take(positions))];

    [Theory]
    [InlineData(StandardizationUnit.Feature, 1)]
    [InlineData(StandardizationUnit.Channel, 6)]
    public void MeanZeroAndVarianceOne(StandardizationUnit unit, int positions)
    {
        DataSet<double> data = Random(1, shift: 100);
        Standardization constants = Standardization.Of(data, unit);
        DataSet<double> scaled = constants.Apply(data);
        Assert.Equal(12 / positions, constants.Means.Length);
        for (int u = 0; u < constants.Means.Length; u++)
        {
            double[] before = Unit(data, u, positions), after = Unit(scaled, u, positions);
            double mean = before.Average();
            Tolerance.Equal(mean, constants.Means[u], 1e-12, "mean");
            Tolerance.Equal(Math.Sqrt(before.Average(x => (x - mean) * (x - mean))), constants.Deviations[u], 1e-12, "deviation");
            Tolerance.Equal(0, after.Average(), 1e-12, "mean after");
            Tolerance.Equal(1, after.Average(x => x * x), 1e-12, "variance after");
        }
    }

    [Fact]
    public void AnotherSetGetsTheSameConstants()
    {
        DataSet<double> train = Random(1), test = Random(2);
        Standardization constants = Standardization.Of(train);
        double[] expected = [.. test.Inputs.Select((x, i) => (x - constants.Means[i % 12 / 6]) / constants.Deviations[i % 12 / 6])];
        Tolerance.Equal<double>(expected, constants.Apply(test).Inputs, 1e-13);
        DataSet<double> other = new() { Examples = 1, InputShape = TensorShape.Vector(12), Inputs = new double[12], Labels = [0],
            Classes = 1 };
        Assert.Contains("inputs of 12; expected 2 x 3 x 2", Assert.Throws<ArgumentException>(() => constants.Apply(other)).Message);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0)]
    [InlineData(-1e10)]
    public void WhatIsAllTheSameIsOnlyShifted(double value)
    {
        DataSet<double> data = Random(1);
        for (int i = 0; i < Examples; i++) data.Inputs[i * 12 + 4] = value;
        Standardization constants = Standardization.Of(data, StandardizationUnit.Feature);
        Assert.Equal((value, 0.0), (constants.Means[4], constants.Deviations[4]));
        Assert.All(Enumerable.Range(0, Examples), i => Assert.Equal(0, constants.Apply(data).Inputs[i * 12 + 4]));
    }

    [Fact]
    public void ThreadsChangeNoBit()
    {
        DataSet<double> data = Random(3);
        Standardization one = Standardization.Of(data, threads: 1), four = Standardization.Of(data, threads: 4);
        Tolerance.SameBits<double>(one.Means, four.Means);
        Tolerance.SameBits<double>(one.Deviations, four.Deviations);
    }

    [Fact]
    public void Floats()
    {
        DataSet<float> data = Random(4).As<float>();
        DataSet<double> wide = data.As<double>();
        Standardization constants = Standardization.Of(data);
        Tolerance.SameBits<double>(Standardization.Of(wide).Means, constants.Means);
        Assert.Equal(constants.Apply(wide).Inputs.Select(x => (float)x), constants.Apply(data).Inputs);
    }
}
