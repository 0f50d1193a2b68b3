using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Models;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>A point that is ended anywhere computes the same, asked again, as one that was not; and tells of every micro-batch.</summary>
public class StoppedPointTests
{
    private static readonly double[] Direction = Numbers(Parameters, 4);

    private static readonly (string Name, Func<ModelPoint<Span<double>>, double[]> Ask)[] Asked =
    [
        ("value", point => [point.Value()]),
        ("gradient", point => point.Gradient().ToArray()),
        ("Hessian", point => Product(point.Hessian())),
        ("Gauss-Newton", point => Product(point.GaussNewton())),
        ("form", point => [point.HessianForm(Direction)]),
        ("derivative", point => [point.Derivative(Direction, 2)]),
        ("squares", point => point.SquaredExampleGradients(1)),
        ("Gram matrix", point => point.JacobianGram(1)),
        ("sharpness", point => [ModelSharpness.Analyze(point, 3, new() { EnumerationLimit = 0, MaxBatches = 3 }).BatchSharpness.Value]),
    ];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void WhatWasStoppedIsComputedWholeWhenAskedAgain(bool recompute, bool warm)
    {
        StopsAfter? stops = null;
        // Within a network, too: in the third of its five layers.
        Model network = new("watched",
            [.. Network.Network.Layers.Select((layer, i) => i == 2 ? new OpaqueLayer(layer, () => stops?.Report(0)) : layer)]);
        ModelPointOptions options = new() { MicroBatch = 3, Recompute = recompute };
        foreach ((string name, Func<ModelPoint<Span<double>>, double[]> ask) in Asked)
        {
            using ModelPoint<Span<double>> untouched = Point(options, network: network);
            double[] product = Product(untouched.Hessian()), expected = ask(untouched);
            int stopped = 0;
            for (int after = 1; ; after++)
            {
                using StopsAfter stop = new(after);
                using ModelPoint<Span<double>> point = Point(options, network: network);
                if (warm) Product(point.Hessian());
                (stops, point.Passes, point.Cancellation) = (stop, stop, stop.Token);
                try
                {
                    ask(point);
                }
                catch (OperationCanceledException)
                {
                    stopped++;
                }

                (stops, point.Cancellation) = (null, default);
                if (stop.Told < after) break;
                Tolerance.SameBits<double>(product, Product(point.Hessian()), $"the product after {name}, stopped after {after}");
                Tolerance.SameBits<double>(expected, ask(point), $"{name}, stopped after {after}");
            }

            Assert.True(stopped >= (warm && name == "value" && !recompute ? 2 : 4), $"{name} was stopped {stopped} times.");
        }
    }

    [Fact]
    public void EveryMicroBatchIsToldOf()
    {
        foreach ((string name, Func<ModelPoint<Span<double>>, double[]> ask) in Asked[..6])
        {
            using StopsAfter told = new(int.MaxValue);
            using ModelPoint<Span<double>> point = Point(new() { MicroBatch = 3 });
            point.Passes = told;
            ask(point);
            Assert.True(told is { Told: 3, Examples: Examples }, $"{name}: {told.Told} micro-batches of {told.Examples} examples.");
        }
    }

    private static double[] Product(ModelOperator<Span<double>> matrix)
    {
        double[] product = new double[Parameters];
        matrix.Apply(Direction, product);
        return product;
    }
}
