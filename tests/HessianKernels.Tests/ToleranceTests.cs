using HessianKernels.Conformance;
using Xunit;
using Xunit.Sdk;

namespace HessianKernels.Tests;

public sealed class ToleranceTests
{
    [Fact]
    public void AcceptsWhatIsWithinTheBound()
    {
        Tolerance.Equal<double>([1, 2, double.NaN, double.PositiveInfinity], [1.1, 2, double.NaN, double.PositiveInfinity], 0.11);
        Tolerance.Equal<float>([], [], 0);
        Tolerance.SameBits<float>([0f, float.NaN], [0f, float.NaN]);
    }

    [Fact]
    public void NamesTheWorstIndexAndBothValues()
    {
        string message = Message(() => Tolerance.Equal<double>([1, 2, 3, 4], [1.5, 2, 5, 4], [0.1, 0, 1, 0], "ritz"));
        Assert.Contains("ritz: 2 of 4", message, StringComparison.Ordinal);
        Assert.Contains("[0]: expected 1, found 1.5, 0.5 apart where 0.1", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, double.NaN)]
    [InlineData(double.NaN, 0.0)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity, 1e300)]
    [InlineData(1.0, 1.2)]
    public void RefusesWhatIsNot(double expected, double actual) => Message(() => Tolerance.Equal(expected, actual, 0.1));

    [Fact]
    public void RefusesOtherLengthsAndOtherBits()
    {
        Message(() => Tolerance.Equal<double>([1], [1, 2], 1));
        Message(() => Tolerance.SameBits<double>([1], [1, 2]));
        Assert.Contains("[1]", Message(() => Tolerance.SameBits<double>([1, 0.0], [1, -0.0])), StringComparison.Ordinal);
    }

    private static string Message(Action action) => Assert.Throws<FailException>(action).Message;
}
