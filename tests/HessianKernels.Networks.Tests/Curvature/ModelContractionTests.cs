using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>Held against the contraction in function space, from the Gram matrix of the same examples.</summary>
public sealed class ModelContractionTests
{
    private const int N = SmallModel.Examples;
    private static readonly LanczosOptions s_exact = new() { Tolerance = 1e-12 };

    public static TheoryData<string, bool, bool, int> Cases
    {
        get
        {
            TheoryData<string, bool, bool, int> cases = [];
            foreach (string scheme in (string[])["without", "with", "bernoulli", "custom"])
                foreach (bool opaque in (bool[])[false, true])
                    foreach (bool entropy in (bool[])[false, true]) cases.Add(scheme, opaque, entropy, opaque ? 3 : 64);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void IsThatOfFunctionSpaceWhereItIsAboveZero(string scheme, bool opaque, bool entropy, int microBatch)
    {
        using ModelPoint<Span<double>> point = Point(opaque, entropy, microBatch);
        FunctionSpace space = point.Curvatures().Reduce();
        BatchSampling sampling = scheme switch
        {
            "without" => BatchSampling.WithoutReplacement(N, 2), "with" => BatchSampling.WithReplacement(N, 2),
            "bernoulli" => BatchSampling.Bernoulli(N, 3), _ => BatchSampling.Custom(N, 2, 0.7, 0.2),
        };
        double eta = 2.5 / space.Eigenvalues[0], expected = Contraction.Of(space, eta, sampling).Shifted;
        Assert.True(expected > 0.1);
        TopEigenvalue found = ModelContraction.Shifted(point, eta, sampling, s_exact);
        Tolerance.Equal(expected, found.Value, 1e-10 * expected);
        Assert.True(found.Lower <= expected * (1 + 1e-13) && expected <= found.Upper * (1 + 1e-13));
        // Weights are the point's; batches are drawn from its examples as they are.
        point.Weigh(SmallModel.Numbers(N, 9));
        Tolerance.Equal(expected, ModelContraction.Shifted(point, eta, sampling, s_exact).Value, 1e-10 * expected);
    }

    [Fact]
    public void OfSelectedExamplesIsTheirs()
    {
        using ModelPoint<Span<double>> point = Point(opaque: false, entropy: true, 64);
        point.Select([5, 1, 2]);
        FunctionSpace space = point.Curvatures().Reduce();
        double eta = 3 / space.Eigenvalues[0];
        BatchSampling sampling = BatchSampling.WithoutReplacement(3, 1);
        double expected = Contraction.Of(space, eta, sampling).Shifted;
        Assert.True(expected > 0.1);
        Tolerance.Equal(expected, ModelContraction.Shifted(point, eta, sampling, s_exact).Value, 1e-10 * expected);
    }

    [Fact]
    public void WhatNoExampleCurvesStandsStill()
    {
        using ModelPoint<Span<double>> point = Point(opaque: false, entropy: false, 64);
        FunctionSpace space = point.Curvatures().Reduce();
        double eta = 1e-3 / space.Eigenvalues[0];
        BatchSampling sampling = BatchSampling.WithoutReplacement(N, 2);
        Assert.True(Contraction.Of(space, eta, sampling).Shifted < 0);
        // Never below, however roughly it is asked for.
        foreach (double tolerance in (double[])[1e-8, 1e-3, 0.1])
            Assert.InRange(ModelContraction.Shifted(point, eta, sampling, new() { Tolerance = tolerance }).Value, 0, 1e-12);
    }

    [Fact]
    public void IsBelowZeroWhereEveryDirectionIsCurvedAndShrinks()
    {
        Model line = new("line", [new LinearLayer(TensorShape.Vector(5), SmallModel.Outputs, bias: false)]);
        using ModelPoint<Span<double>> point = ModelPoint.Create(line, new MeanSquaredError(), SmallModel.Set, SmallModel.Numbers(10, 3));
        FunctionSpace space = point.Curvatures().Reduce();
        Assert.Equal(10, space.Rank);
        double eta = 0.1 / space.Eigenvalues[0];
        BatchSampling sampling = BatchSampling.WithoutReplacement(N, 4);
        double expected = Contraction.Of(space, eta, sampling).Shifted;
        Assert.True(expected < 0);
        Tolerance.Equal(expected, ModelContraction.Shifted(point, eta, sampling, s_exact).Value, -1e-9 * expected);
    }

    [Fact]
    public void BadArgumentsAreNamed()
    {
        using ModelPoint<Span<double>> point = Point(opaque: false, entropy: false, 64);
        BatchSampling sampling = BatchSampling.WithoutReplacement(N, 2);
        foreach (double eta in (double[])[0, -1, double.NaN, double.PositiveInfinity])
            Assert.Equal("learningRate", Assert.Throws<ArgumentOutOfRangeException>(() => ModelContraction.Shifted(point, eta, sampling)).ParamName);
        Assert.Contains("8 examples; the point has 7",
            Assert.Throws<ArgumentException>(() => ModelContraction.Shifted(point, 1, BatchSampling.WithoutReplacement(8, 2))).Message);
        Assert.Throws<ArgumentNullException>(() => ModelContraction.Shifted(point, 1, null!));
        Assert.Throws<ArgumentNullException>(() => ModelContraction.Shifted<Span<double>>(null!, 1, sampling));
    }

    private static ModelPoint<Span<double>> Point(bool opaque, bool entropy, int microBatch)
        => SmallModel.Point(new() { MicroBatch = microBatch }, entropy ? new CrossEntropy() : null, opaque ? SmallModel.OpaqueNetwork : null);
}
