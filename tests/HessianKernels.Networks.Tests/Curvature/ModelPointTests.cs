using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>A point against one pass over all of its examples; split, recomputed, moved, selected and weighted.</summary>
public class ModelPointTests
{
    private static readonly double[] Direction = Numbers(Parameters, 4);

    /// <summary>Loss, gradient, Hessian and Gauss-Newton products, one after the other, by a single pass.</summary>
    private static double[] Expected(double[] parameters, int[] examples, double[] weights)
    {
        using ModelPass<Span<double>> pass = new(new CpuTensorSpace<double>(), Network, new MeanSquaredError(), examples.Length, 2);
        pass.Resize(examples.Length);
        for (int e = 0; e < examples.Length; e++)
        {
            Set.Inputs.AsSpan(examples[e] * 5, 5).CopyTo(pass.Input[(e * 5)..]);
            Set.Targets.AsSpan(examples[e] * Outputs, Outputs).CopyTo(pass.Target[(e * Outputs)..]);
            pass.Weights[e] = weights[e];
        }

        int d = Parameters;
        double[] result = new double[1 + 3 * d];
        pass.Forward(parameters);
        for (int e = 0; e < examples.Length; e++) result[0] += weights[e] * pass.Losses[e];
        pass.Backward(parameters, true, result.AsSpan(1, d));
        pass.ForwardTangent(parameters, Direction, 1);
        pass.BackwardTangent(parameters, Direction, result.AsSpan(1 + d, d));
        pass.GaussNewton(parameters, result.AsSpan(1 + 2 * d, d));
        return result;
    }

    private static double[] Of(ModelPoint<Span<double>> point)
    {
        int d = Parameters;
        double[] result = new double[1 + 3 * d];
        // The Hessian first: before a gradient has left its signals.
        point.Hessian().Apply(Direction, result.AsSpan(1 + d, d));
        result[0] = point.Value();
        point.GaussNewton().Apply(Direction, result.AsSpan(1 + 2 * d, d));
        point.Gradient(result.AsSpan(1, d));
        return result;
    }

    private static void Close(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-13);
    }

    private static double[] Even(int count) => [.. Enumerable.Repeat(1.0 / count, count)];

    private static int[] All => [.. Enumerable.Range(0, Examples)];

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(7, true)]
    public void AnySplitGivesTheSame(int microBatch, bool recompute)
    {
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = microBatch, Recompute = recompute });
        double[] expected = Expected(Numbers(Parameters, 3), All, Even(Examples));
        Close(expected, Of(point));
        Close(expected, Of(point));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MovesToOtherParametersExamplesAndWeights(bool recompute)
    {
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 3, Recompute = recompute });
        Of(point);
        double[] there = Numbers(Parameters, 5), weights = Numbers(4, 6);
        point.MoveTo(there);
        Close(Expected(there, All, Even(Examples)), Of(point));
        point.Select([6, 0, 3, 3]);
        Close(Expected(there, [6, 0, 3, 3], Even(4)), Of(point));
        point.Weigh(weights);
        Close(Expected(there, [6, 0, 3, 3], weights), Of(point));
        point.Select([5]);
        Close(Expected(there, [5], [1]), Of(point));
        point.SelectAll();
        Close(Expected(there, All, Even(Examples)), Of(point));
    }

    [Fact]
    public void ABlockOfVectorsIsTheVectorsOneByOne()
    {
        using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 3 });
        double[] input = Numbers(3 * Parameters, 8), output = new double[3 * Parameters], alone = new double[Parameters];
        point.Hessian(batch: 3).Apply(input, output);
        for (int b = 0; b < 3; b++)
        {
            point.Hessian().Apply(input.AsSpan(b * Parameters, Parameters), alone);
            Assert.Equal(alone, output.AsSpan(b * Parameters, Parameters).ToArray());
        }
    }

    [Fact]
    public void HasTheSameBitsForAnyNumberOfThreads()
    {
        Model model = ModelSpec.Parse("cnn5:2x14x14-3:gelu:width=8");
        DataSet<float> data = new()
        {
            Examples = 40, InputShape = model.Input, Inputs = [.. Numbers(40 * model.Input.Length, 1).Select(x => (float)x)],
            Targets = [.. Numbers(40 * 3, 2).Select(x => (float)x)], TargetLength = 3,
        };
        float[] parameters = Initialization.He.Parameters<float>(model, 1);
        float[] one = new float[parameters.Length], three = new float[parameters.Length];
        foreach ((int threads, float[] product) in (IEnumerable<(int, float[])>)[(1, one), (3, three)])
        {
            ModelPointOptions options = new() { MicroBatch = 16, Threads = threads };
            using var point = ModelPoint.Create<float>(model, new MeanSquaredError(), data, parameters, options);
            point.Hessian().Apply(parameters, product);
        }

        Tolerance.SameBits<float>(one, three);
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        using ModelPoint<Span<double>> point = Point(new() { Order = 1, Capacity = 3 });
        Assert.Contains("7 examples", Assert.Throws<InvalidOperationException>(point.SelectAll).Message);
        Assert.Contains("order 2", Assert.Throws<InvalidOperationException>(() => point.Hessian()).Message);
        Assert.Contains("Found 4 examples", Assert.Throws<ArgumentException>(() => point.Select([0, 1, 2, 3])).Message);
        Assert.Contains("Found example 7", Assert.Throws<ArgumentOutOfRangeException>(() => point.Select([7])).Message);
        point.Select([1, 2]);
        Assert.Contains("Found 3 weights", Assert.Throws<ArgumentException>(() => point.Weigh([1, 2, 3])).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => point.Weigh([1, double.NaN])).Message);
        Assert.Contains("44 parameters", Assert.Throws<ArgumentException>(
            () => ModelPoint.Create(Network, new MeanSquaredError(), Set, Numbers(44, 1))).Message);
    }

    [Fact]
    public void DataOfAnotherPrecisionAreTheSpacesOwn()
    {
        // Labels, and enough inputs for several pieces.
        const int n = 3000;
        Model model = Model.Mlp([7, 4, 3], new(ActivationKind.Tanh));
        Random random = new(5);
        double[] inputs = [.. Enumerable.Range(0, n * 7).Select(_ => (double)(float)(random.NextDouble() - 0.5))];
        int[] labels = [.. Enumerable.Range(0, n).Select(i => i % 3)];
        float[] parameters = Initialization.PyTorch.Parameters<float>(model, 1);
        DataSet<double> data = new() { Examples = n, InputShape = model.Input, Inputs = inputs, Labels = labels, Classes = 3 };
        DataSet<float> rounded = new() { Examples = n, InputShape = model.Input, Inputs = [.. inputs.Select(x => (float)x)], Labels = labels, Classes = 3 };
        using ModelPoint<Span<double>> expected = ModelPoint.Create<double>(model, new CrossEntropy(), data, [.. parameters.Select(x => (double)x)]);
        using ModelPoint<Span<double>> found = ModelPoint.Create<float, Span<double>>(new CpuTensorSpace<double>(), model, new CrossEntropy(), rounded, parameters);
        Assert.Equal(expected.Source.Inputs.ToArray(), found.Source.Inputs.ToArray());
        Assert.Equal(expected.Source.Targets.ToArray(), found.Source.Targets.ToArray());
        Assert.Equal(expected.Parameters.ToArray(), found.Parameters.ToArray());
        Assert.Equal(expected.Value(), found.Value());
        Assert.Equal(n, found.Source.Targets.ToArray().Sum());
    }
}
