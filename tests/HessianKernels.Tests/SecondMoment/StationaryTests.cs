using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.Krylov;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>P11 of MATHEMATICS 8: the stationary state and its interaction of exactly 2 / eta.</summary>
public class StationaryTests
{
    /// <summary>Gradients in the range, <c>[n, d]</c>, of mean 0.</summary>
    private static double[] Gradients(EdgeCase c, SmallSet set)
    {
        int n = set.Examples, m = set.Space.Rank;
        Matrix<double> g = Matrix<double>.Build.DenseOfRowMajor(n, m, EdgeCase.Normals(new(c.Seed + 5), n * m));
        Vector<double> mean = g.ColumnSums() / n;
        for (int i = 0; i < n; i++) g.SetRow(i, g.Row(i) - mean);
        return (g * Matrix<double>.Build.DenseOfRowMajor(m, set.Parameters, set.Basis)).ToRowMajorArray();
    }

    [Fact]
    public void WhatIsStationaryStaysAndInteractsByTwoOverEta() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        int n = set.Examples, m = set.Space.Rank, d = set.Parameters;
        if (m == 0 || n == 1 || c.Sampling.Kappa == 0) return;
        double eta = (0.05 + 0.9 * c.Share) * CriticalLearningRate.Of(set.Space, c.Sampling).Value;
        ParameterSpace space = new(c, set);
        double[] gradients = Gradients(c, set);
        Matrix<double> inRange = Matrix<double>.Build.DenseOfRowMajor(n, d, gradients) * space.Range;
        double[] noise = StationaryCovariance.GradientNoise(inRange.ToRowMajorArray(), n);
        StationaryCovariance found = StationaryCovariance.Solve(set.Space, eta, c.Sampling, noise);
        Assert.True(found.Status == StationaryStatus.Converged, $"{found.Status}: {found.Evidence}");
        Tolerance.Equal(2 / eta, found.Interaction(set.Space, c.Sampling, noise), 1e-9 / eta, "GNI");

        // One more step, every batch of it, changes nothing.
        double[] unpacked = new double[m * m];
        SecondMomentOperator.Unpack(found.Packed, m, unpacked);
        Matrix<double> sigma = space.Range * Matrix<double>.Build.DenseOfRowMajor(m, m, unpacked) * space.Range.Transpose();
        Matrix<double> after = space.Step(sigma, eta) + eta * eta * space.GradientCovariance(gradients);
        double scale = sigma.FrobeniusNorm();
        Tolerance.Equal<double>(sigma.ToRowMajorArray(), after.ToRowMajorArray(), 1e-11 * scale, "Sigma after a step");
    });

    [Fact]
    public void WhereSgdIsUnstableNothingIsStationary() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        int m = set.Space.Rank;
        if (m == 0) return;
        double eta = (1.0001 + c.Share) * CriticalLearningRate.Of(set.Space, c.Sampling).Value;
        double[] noise = new double[SecondMomentOperator.PackedLength(m)];
        noise[0] = 1;
        StationaryCovariance found = StationaryCovariance.Solve(set.Space, eta, c.Sampling, noise);
        Assert.Equal(StationaryStatus.Unstable, found.Status);
        Assert.Empty(found.Packed);
        Assert.Throws<InvalidOperationException>(() => found.Interaction(set.Space, c.Sampling, noise));
    });

    [Fact]
    public void ASearchCutShortSaysSo()
    {
        EdgeCase c = new(SetFamily.Random, 4, 1, 4, 1, BatchScheme.WithReplacement, 3);
        SmallSet set = c.Set();
        double eta = 0.99 * CriticalLearningRate.Of(set.Space, c.Sampling).Value;
        double[] noise = StationaryCovariance.GradientNoise(Gradients(c, set), 4);
        StationaryCovariance found = StationaryCovariance.Solve(set.Space, eta, c.Sampling, noise, new() { MaximumApplications = 12,
            SolveTolerance = 0 });
        Assert.Equal(StationaryStatus.Partial, found.Status);
        Assert.NotEmpty(found.Packed);
    }

    /// <summary>Softmax with two classes: drawn labels give the trace of the Gauss-Newton matrix.</summary>
    [Fact]
    public void DrawnLabelsGiveTheTraceOfTheGaussNewtonMatrix()
    {
        const int N = 6, D = 3, Draws = 4000;
        double[] inputs = EdgeCase.Normals(new(1), N * D), weights = EdgeCase.Normals(new(2), D);
        double expected = 0;
        double[] p = new double[N];
        for (int i = 0; i < N; i++)
        {
            double logit = 0, square = 0;
            for (int j = 0; j < D; j++)
            {
                logit += inputs[i * D + j] * weights[j];
                square += inputs[i * D + j] * inputs[i * D + j];
            }

            p[i] = 1 / (1 + Math.Exp(-logit));
            expected += p[i] * (1 - p[i]) * square / N;
        }

        void Gradient(int example, int draw, ulong seed, Span<double> gradient)
        {
            double label = new Random(((int)seed * 10007 + draw) * 101 + example).NextDouble() < p[example] ? 1 : 0;
            for (int j = 0; j < D; j++) gradient[j] = (p[example] - label) * inputs[example * D + j];
        }

        SampleMean found = BartlettTrace.Sample(N, D, Draws, Gradient, 7);
        Assert.Equal(Draws, found.Samples);
        Tolerance.Equal(expected, found.Value, 5 * found.StandardError, "tr GGN");
        Assert.InRange(found.StandardError, 0, 0.05 * expected);

        BartlettTrace trace = new();
        Assert.True(double.IsNaN(trace.Estimate.Value));
        trace.Add([1, 2, 3, 4], 2);
        trace.Add([0, 0, 0, 2], 2);
        Assert.Equal((8.5, 2), (trace.Estimate.Value, trace.Estimate.Samples));
        Assert.Throws<ArgumentException>(() => trace.Add([1, 2, 3], 2));
    }
}
