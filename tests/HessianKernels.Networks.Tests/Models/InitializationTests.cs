using HessianKernels.Conformance;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Models;
using Xunit;

namespace HessianKernels.Networks.Tests.Models;

public class InitializationTests
{
    private static readonly Model Wide = ModelSpec.Parse("mlp:400-300-200-10:relu");

    [Theory]
    [InlineData("pytorch", 1.0 / 3, 1.0 / 3)]
    [InlineData("he", 2, 0)]
    [InlineData("lecun", 1, 0)]
    [InlineData("scaled:0.3", 0.18, 0)]
    public void VariancesAreTheRatioToTheFanIn(string name, double weight, double bias)
    {
        double[] parameters = Initialization.Parse(name).Parameters<double>(Wide, 5);
        int start = 0;
        foreach (ParameterShape shape in Wide.Parameters)
        {
            double[] values = parameters[start..(start += shape.Length)];
            double expected = shape.Role is ParameterRole.Weight ? weight : bias;
            if (expected == 0) Assert.All(values, value => Assert.Equal(0, value));
            else if (shape.Length >= 1000)
            {
                // Five standard errors of a mean and of a normal's variance.
                Tolerance.Equal(0, values.Average() * Math.Sqrt(shape.FanIn), 5 * Math.Sqrt(expected / shape.Length), $"mean of {shape.Name}");
                Tolerance.Equal(expected, values.Average(x => x * x) * shape.FanIn, 5 * expected * Math.Sqrt(2.0 / shape.Length), $"variance of {shape.Name}");
            }

            if (name == "pytorch") Assert.All(values, value => Assert.InRange(value * Math.Sqrt(shape.FanIn), -1, 1));
        }

        Assert.Equal(parameters.Length, start);
    }

    [Fact]
    public void TheSameSeedGivesTheSameBitsAndAnotherOneOthers()
    {
        double[] first = Initialization.He.Parameters<double>(Wide, 5);
        Tolerance.SameBits<double>(first, Initialization.He.Parameters<double>(Wide, 5));
        Assert.True(first.Zip(Initialization.He.Parameters<double>(Wide, 6)).Count(pair => pair.First != 0 && pair.First == pair.Second) < 5);
        Tolerance.SameBits<float>([.. first.Select(x => (float)x)], Initialization.He.Parameters<float>(Wide, 5), "float");

        // Two arrays of one shape do not hold the same numbers.
        double[] twice = Initialization.He.Parameters<double>(ModelSpec.Parse("mlp:20-20-20:relu:no-bias"), 5);
        Assert.NotEqual(twice[..400], twice[400..]);
    }

    [Fact]
    public void ScaledIsAMultipleOfHe()
    {
        double[] he = Initialization.He.Parameters<double>(Wide, 5), scaled = Initialization.Scaled(0.25).Parameters<double>(Wide, 5);
        Tolerance.Equal<double>([.. he.Select(x => 0.25 * x)], scaled, 1e-16);
    }

    [Theory]
    [InlineData("pytorch")]
    [InlineData("he")]
    [InlineData("scaled:0.1")]
    public void NormalisationsStartAsTheIdentityAndDisplacementsAtZero(string name)
    {
        Model model = ModelSpec.Parse("mlp:4-5-2:relu:layer-norm");
        double[] parameters = Initialization.Parse(name).Parameters<double>(model, 3);
        int start = 0;
        foreach (ParameterShape shape in model.Parameters)
        {
            double[] values = parameters[start..(start += shape.Length)];
            if (shape.Role is ParameterRole.Scale) Assert.All(values, value => Assert.Equal(1, value));
            if (shape.Role is ParameterRole.Shift) Assert.All(values, value => Assert.Equal(0, value));
        }

        Assert.All(Initialization.Parse(name).Parameters<double>(ModelSpec.Parse("quadratic:5"), 3), value => Assert.Equal(0, value));
        Assert.All(Initialization.Parse(name).Parameters<double>(ModelSpec.Parse("diagonal:5x2"), 3), value => Assert.NotEqual(0, value));
    }

    [Theory]
    [InlineData("pytorch")]
    [InlineData("he")]
    [InlineData("lecun")]
    [InlineData("scaled:0.3")]
    [InlineData("scaled:1E-05")]
    public void NamesReadBack(string name) => Assert.Equal(name, Initialization.Parse(name).ToString());

    [Theory]
    [InlineData("kaiming")]
    [InlineData("scaled")]
    [InlineData("scaled:")]
    [InlineData("scaled:0")]
    [InlineData("scaled:-1")]
    [InlineData("scaled:NaN")]
    public void AnUnknownNameIsToldWhatIsKnown(string name)
        => Assert.Contains("expected pytorch, he, lecun, or scaled:<factor>", Assert.Throws<FormatException>(() => Initialization.Parse(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void BadArgumentsAreNamed()
    {
        Assert.Throws<ArgumentOutOfRangeException>("factor", () => Initialization.Scaled(double.PositiveInfinity));
        Assert.Throws<ArgumentException>("parameters", () => Initialization.He.Fill<double>(Wide, 1, new double[3]));
    }
}
