using HessianKernels.Conformance;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Tests.Layers;
using Xunit;

namespace HessianKernels.Networks.Tests.Losses;

public class CrossEntropyTests
{
    private readonly CpuTensorSpace<double> space = new();

    [Fact]
    public void ItIsMinusTheLogarithmOfTheTargetsProbability()
    {
        double[] z = NetworkCase.Numbers(12, 1), targets = [0, 1, 0, 1, 0, 0, 0.25, 0.5, 0.25, 0, 0, 1], losses = new double[4];
        new CrossEntropy(0.3).Evaluate(Views(z, targets, 3, new double[100]), losses);
        for (int e = 0; e < 4; e++)
        {
            double[] row = z[(3 * e)..(3 * e + 3)], p = [.. row.Select(x => Math.Exp(x) / row.Sum(Math.Exp))];
            double expected = -p.Select((x, c) => (0.7 * targets[3 * e + c] + 0.1) * Math.Log(x)).Sum();
            Tolerance.Equal(expected, losses[e], 1e-15 * 8, $"example {e}");
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(-1000)]
    public void LargeOutputsNeitherOverflowNorLoseTheSmallOnes(double offset)
    {
        double[] z = [offset, offset + 1, offset - 1, offset, offset + 800, offset], targets = [1, 0, 0, 1, 0, 0], losses = new double[2], signal = new double[6];
        double[] curved = new double[6];
        LossViews<Span<double>> views = Views(z, targets, 3, new double[100]);
        CrossEntropy loss = new();
        loss.Evaluate(views, losses);
        loss.Signal(views, signal);
        loss.MultiplyByHessian(views, NetworkCase.Numbers(6, 3), curved);
        double sum = 1 + Math.E + 1 / Math.E;
        Tolerance.Equal<double>([Math.Log(sum), 800], losses, 1e-12, "losses");
        Tolerance.Equal<double>([1 / sum - 1, Math.E / sum, 1 / Math.E / sum, -1, 1, 0], signal, 1e-12, "signal");
        Assert.All(curved, value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void TheLogitHessianIsTheCovarianceOfTheSampledSignal(double smoothing)
    {
        // Uniform numbers on a grid draw every class in proportion: the mean over them is the expectation, to a grid's step.
        const int grid = 20000, classes = 4;
        double[] row = NetworkCase.Numbers(classes, 5), z = [.. Enumerable.Repeat(row, grid).SelectMany(x => x)], state = new double[4 * grid * classes];
        double[] signal = new double[z.Length], uniform = [.. Enumerable.Range(0, grid).Select(i => (i + 0.5) / grid)], unit = new double[z.Length];
        CrossEntropy loss = new(smoothing);
        LossViews<Span<double>> views = Views(z, new double[z.Length], classes, state);
        loss.Evaluate(views, new double[grid]);
        Assert.Equal(grid, loss.RandomLength(grid, classes));
        loss.SampledSignal(views, uniform, signal);
        double[] mean = new double[classes], covariance = new double[classes * classes], expected = new double[classes * classes];
        for (int e = 0; e < grid; e++)
            for (int a = 0; a < classes; a++)
            {
                mean[a] += signal[e * classes + a] / grid;
                for (int b = 0; b < classes; b++) covariance[a * classes + b] += signal[e * classes + a] * signal[e * classes + b] / grid;
            }

        for (int a = 0; a < classes; a++)
        {
            Array.Clear(unit);
            unit[a] = 1;
            double[] column = new double[z.Length];
            loss.MultiplyByHessian(views, unit, column);
            column.AsSpan(0, classes).CopyTo(expected.AsSpan(a * classes));
        }

        Tolerance.Equal<double>(new double[classes], mean, 2.0 / grid, "mean");
        Tolerance.Equal<double>(expected, covariance, 8.0 / grid, "covariance");
    }

    [Fact]
    public void TheHessiansResultMayBeItsDirection()
    {
        double[] z = NetworkCase.Numbers(12, 1), direction = NetworkCase.Numbers(12, 2), result = new double[12];
        CrossEntropy loss = new();
        LossViews<Span<double>> views = Views(z, new double[12], 3, new double[100]);
        loss.Evaluate(views, new double[4]);
        loss.MultiplyByHessian(views, direction, result);
        loss.MultiplyByHessian(views, direction, direction);
        Tolerance.SameBits<double>(result, direction);
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.24, 0)]
    [InlineData(0.26, 2)]
    [InlineData(0.99, 2)]
    public void ADrawGoesByTheSumsAndNeverToAClassOfNoProbability(double uniform, int expected)
    {
        double[] drawn = [7, 7, 7, 7];
        space.DrawRows(1, 4, [0.25, 0, 0.75, 0], [uniform], drawn);
        Assert.Equal(Enumerable.Range(0, 4).Select(c => c == expected ? 1.0 : 0), drawn);
    }

    [Fact]
    public void WhereRoundingLeavesNothingTheLastClassIsDrawn()
    {
        double[] drawn = new double[3];
        space.DrawRows(1, 3, [0.3, 0.3, 0.3], [0.95], drawn);
        Assert.Equal([0, 0, 1], drawn);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void SmoothingIsAShare(double smoothing) => Assert.Throws<ArgumentOutOfRangeException>("smoothing", () => new CrossEntropy(smoothing));

    private LossViews<Span<double>> Views(double[] z, double[] targets, int classes, double[] state)
        => new() { Space = space, Examples = z.Length / classes, Outputs = classes, Output = z, Target = targets, State = state };
}
