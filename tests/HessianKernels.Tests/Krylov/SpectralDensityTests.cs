using FsCheck;
using FsCheck.Fluent;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using MathNet.Numerics.LinearAlgebra;
using Xunit;
using static HessianKernels.Tests.Krylov.TestSpectra;

namespace HessianKernels.Tests.Krylov;

public class SpectralDensityTests
{
    private static SpectralQuadrature Estimate(Matrix<double> a, SpectralDensityOptions options)
        => SpectralDensity.Estimate<double>(a.Elements(), a.RowCount, options)[0];

    [Fact]
    public void FewDistinctEigenvaluesAreFoundExactlyAndEndTheRun()
    {
        double[] distinct = [-2, 1, 5], diagonal = Spectrum(40, i => distinct[i % 3]);
        SpectralDensityOptions options = new() { Probes = 5, Steps = 30, Seed = 3, Distribution = RandomDistribution.Normal };
        SpectralQuadrature spectrum = SpectralDensity.Estimate(new DiagonalOperator(1, diagonal), options)[0];
        Assert.Equal((5, 5, SpectralQuadratureStatus.Complete), (spectrum.Probes, spectrum.ExhaustedProbes, spectrum.Status));
        Assert.Equal(15, spectrum.OperatorApplications);
        for (int probe = 0; probe < 5; probe++)
        {
            double[] v = Probe(RandomDistribution.Normal, 3, (ulong)probe, 40);
            for (int k = 0; k < 3; k++)
            {
                AssertClose(distinct[k], spectrum.Nodes(probe)[k], 1e-13, "node");
                AssertClose(Enumerable.Range(0, 40).Where(i => diagonal[i] == distinct[k]).Sum(i => v[i] * v[i]), spectrum.Weights(probe)[k], 1e-13, "weight");
            }
        }

        // In another basis the copies differ by rounding and may each have a node: together they weigh what one would.
        Matrix<double> a = Symmetric(1, diagonal);
        Matrix<double> u = a.Evd(Symmetricity.Symmetric).EigenVectors;
        spectrum = Estimate(a, options);
        for (int probe = 0; probe < 5; probe++)
        {
            Vector<double> parts = u.Transpose() * Vector<double>.Build.Dense(Probe(RandomDistribution.Normal, 3, (ulong)probe, 40));
            int first = 0;
            for (int k = 0; k < 3; k++)
            {
                int copies = diagonal.Count(x => x == distinct[k]), nodes = spectrum.Nodes(probe).Length;
                double weight = Enumerable.Range(0, nodes).Where(i => Math.Abs(spectrum.Nodes(probe)[i] - distinct[k]) < 1e-12).Sum(i => spectrum.Weights(probe)[i]);
                AssertClose(parts.SubVector(first, copies).DotProduct(parts.SubVector(first, copies)), weight, 1e-12, "weight");
                first += copies;
            }
        }
    }

    [Fact]
    public void ARuleOfMNodesIsExactForDegree2MMinus1()
    {
        Matrix<double> a = Symmetric(2, Spectrum(30, i => Math.Sin(3 * i)));
        SpectralQuadrature spectrum = Estimate(a, new() { Probes = 3, Steps = 6, Seed = 7, Distribution = RandomDistribution.Normal });
        Assert.Equal(0, spectrum.ExhaustedProbes);
        for (int order = 0; order < 12; order++)
        {
            double mean = 0;
            for (int probe = 0; probe < 3; probe++) mean += Quadratic(a, Probe(RandomDistribution.Normal, 7, (ulong)probe, 30), order) / 3;
            AssertClose(mean, spectrum.Moment(order).Value, 1e-13, $"moment {order}");
        }
    }

    [Fact]
    public void BoundsEncloseTheProbesOwnMeasure()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt>(), Gen.Choose(1, 24).ToArbitrary(), (seed, steps) =>
        {
            const int N = 24;
            Random random = new(seed.Get);
            double[] diagonal = [.. Enumerable.Range(0, N).Select(_ => Math.Round(4 * random.NextDouble(), 1))];
            SpectralDensityOptions options = new() { Probes = 1, Steps = steps, Seed = (ulong)seed.Get, Distribution = RandomDistribution.Normal };
            SpectralQuadrature spectrum = SpectralDensity.Estimate(new DiagonalOperator(1, diagonal), options)[0];
            double[] v = Probe(RandomDistribution.Normal, (ulong)seed.Get, 0, N);
            // Between eigenvalues: at one of them rounding decides on which side a node falls.
            return Enumerable.Range(-1, 44).Select(i => 0.1 * i + 0.05).All(x =>
            {
                double mass = Enumerable.Range(0, N).Where(i => diagonal[i] <= x).Sum(i => v[i] * v[i]);
                (double lower, double upper) = spectrum.CumulativeBounds(x);
                return lower - 1e-10 <= mass && mass <= upper + 1e-10;
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SemicircleIsFoundWithinTheProbesAndTheRulesError()
    {
        const int N = 1500, Probes = 10;
        // Quantiles of the semicircle; Normal probes do not see the basis.
        double[] diagonal = Spectrum(N, i => Invert(Semicircle, (i + 0.5) / N, -1, 1));
        SpectralQuadrature spectrum = SpectralDensity.Estimate(
            new DiagonalOperator(1, diagonal), new() { Probes = Probes, Steps = 50, Distribution = RandomDistribution.Normal })[0];
        AssertKolmogorov(spectrum, Semicircle, -1.1, 1.1, N, Probes, 0.5 / N);
    }

    [Fact]
    public void WishartFollowsMarchenkoAndPastur()
    {
        const int N = 250, Samples = 500, Probes = 12;
        Random random = new(5);
        Matrix<double> g = Matrix<double>.Build.Dense(N, Samples, (_, _) => Gaussian(random));
        SpectralQuadrature spectrum = Estimate(g * g.Transpose() / Samples, new() { Probes = Probes, Steps = 40, Seed = 1 });
        // Of a random matrix: its own spectrum is off the law by a few eigenvalues.
        AssertKolmogorov(spectrum, x => MarchenkoPastur(x, N / (double)Samples), 0, 3.2, N, Probes, 4.0 / N);
    }

    private static void AssertKolmogorov(SpectralQuadrature spectrum, Func<double, double> law, double low, double high, int n, int probes, double slack)
    {
        // The share of a random vector in a subspace of dimension F n has variance at most 2 F (1 - F) / n <= 1 / (2 n): five standard errors, over all x.
        double sampling = 5 * Math.Sqrt(0.5 / n / probes);
        for (double x = low; x <= high; x += (high - low) / 400)
        {
            (double lower, double upper) = spectrum.CumulativeBounds(x);
            Assert.True(lower - sampling - slack <= law(x) && law(x) <= upper + sampling + slack, $"F({x}) = {law(x)} outside [{lower}, {upper}] +- {sampling + slack}");
            Assert.True(Math.Abs(spectrum.CumulativeDistribution(x).Value - law(x)) <= sampling + slack + upper - lower);
            Assert.True(upper - lower < 0.15);
        }
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(16, 64)]
    public void DensityIntegratesToOneAndIsTheBlurredSpectrum(int probes, int steps)
    {
        Matrix<double> a = Symmetric(3, Spectrum(100, i => i < 90 ? Math.Exp(-i / 10.0) : -1 + 0.01 * i));
        SpectralQuadrature spectrum = Estimate(a, new() { Probes = probes, Steps = steps, Seed = 11 });
        SpectralDensityCurve curve = spectrum.Density();
        AssertClose(1, curve.Integral, 1e-7, "integral");
        Assert.Equal((spectrum.Largest - spectrum.Smallest) / steps, curve.Width);
        Assert.Equal(1001, curve.Grid.Length);
        Assert.Equal(probes, curve.Probes);
        Assert.Equal(probes == 1, double.IsNaN(curve.StandardErrors[500]));
        if (probes == 1) return;

        // At a width that the rules resolve, the dense spectrum blurred alike.
        double[] eigenvalues = [.. a.Evd(Symmetricity.Symmetric).EigenValues.Select(z => z.Real)];
        SpectralDensityCurve wide = spectrum.Density(points: 101, width: 0.2);
        for (int i = 0; i < 101; i++)
        {
            double exact = eigenvalues.Average(x => Math.Exp(-0.5 * Math.Pow((wide.Grid[i] - x) / 0.2, 2)) / (0.2 * Math.Sqrt(2 * Math.PI)));
            AssertClose(exact, wide.Values[i], 5 * wide.StandardErrors[i] + 1e-6, $"density at {wide.Grid[i]}");
        }
    }

    [Fact]
    public void LogDeterminantHasTheErrorItClaims()
    {
        double[] diagonal = Spectrum(60, i => 0.1 + i % 7);
        Matrix<double> a = Symmetric(4, diagonal);
        double exact = diagonal.Sum(Math.Log);
        double[] z = new double[150];
        for (int seed = 0; seed < z.Length; seed++)
        {
            SampleMean estimate = Estimate(a, new() { Probes = 12, Steps = 20, Seed = (ulong)seed }).TraceOf(Math.Log);
            z[seed] = (estimate.Value - exact) / estimate.StandardError;
        }

        int within = z.Count(x => Math.Abs(x) < 2);
        Assert.InRange(within, 0.86 * z.Length, z.Length);
        Assert.True(Math.Abs(z.Average()) < 4.5 * 1.2 / Math.Sqrt(z.Length), $"mean of z = {z.Average()}");
    }

    [Fact]
    public void ProbesAsManyStepsAsNMakeEveryFunctionExact()
    {
        Matrix<double> a = Symmetric(5, Spectrum(12, i => 1 + i));
        SpectralQuadrature spectrum = Estimate(a, new() { Probes = 2, Steps = 99 });
        Assert.Equal(12, spectrum.Steps);
        double expected = 0;
        MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> evd = a.Evd(Symmetricity.Symmetric);
        for (int probe = 0; probe < 2; probe++)
        {
            Vector<double> v = Vector<double>.Build.Dense(Probe(RandomDistribution.Rademacher, 0, (ulong)probe, 12));
            for (int i = 0; i < 12; i++) expected += Math.Pow(evd.EigenVectors.Column(i) * v, 2) * Math.Exp(-evd.EigenValues[i].Real) / 2;
        }

        AssertClose(expected, spectrum.MeanOf(x => Math.Exp(-x)).Value, 1e-13);
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(1, -3.0)]
    [InlineData(20, 0.0)]
    [InlineData(20, 7.0)]
    [InlineData(20, 1e-200)]
    [InlineData(20, 1e150)]
    public void MultiplesOfTheIdentityAreOneNode(int n, double value)
    {
        SpectralQuadrature spectrum = SpectralDensity.Estimate(new DiagonalOperator(1, Spectrum(n, _ => value)), new() { Probes = 3 })[0];
        Assert.Equal(3, spectrum.ExhaustedProbes);
        Assert.Equal(3, spectrum.OperatorApplications);
        AssertClose(value, spectrum.Largest, 4e-16 * Math.Abs(value));
        AssertClose(1, spectrum.Density().Integral, 1e-7);
        Assert.Equal((1.0, 1.0), spectrum.CumulativeBounds(value + Math.Abs(value) + 1));
    }

    [Fact]
    public void BatchedIsAloneBitForBit()
    {
        double[][] items = [Spectrum(33, i => i), Spectrum(33, i => i % 4), Spectrum(33, i => Math.Exp(-i))];
        SpectralDensityOptions options = new() { Probes = 4, Steps = 20, Seed = 5 };
        SpectralQuadrature[] batched = SpectralDensity.Estimate(new DiagonalOperator(3, [.. items[0], .. items[1], .. items[2]]), options);
        for (int b = 0; b < 3; b++)
        {
            DiagonalOperator matrix = new(1, items[b]);
            SpectralQuadrature alone = SpectralDensity.Estimate(matrix, options)[0];
            Assert.Equal(matrix.Applications, alone.OperatorApplications);
            AssertSame(alone, batched[b]);
        }
    }

    [Fact]
    public void ThreadsChangeNoBit()
    {
        DiagonalOperator matrix = new(1, Spectrum(30000, i => Math.Sin(i)));
        SpectralQuadrature Run(int threads) => SpectralDensity.Estimate(matrix, new() { Probes = 2, Steps = 12, Seed = 5, Threads = threads })[0];
        SpectralQuadrature one = Run(1);
        AssertSame(one, Run(2));
        AssertSame(one, Run(3));
    }

    private static void AssertSame(SpectralQuadrature expected, SpectralQuadrature actual)
    {
        Assert.Equal((expected.Probes, expected.OperatorApplications, expected.Status), (actual.Probes, actual.OperatorApplications, actual.Status));
        for (int probe = 0; probe < expected.Probes; probe++)
        {
            AssertSameBits(expected.Nodes(probe), actual.Nodes(probe));
            AssertSameBits(expected.Weights(probe), actual.Weights(probe));
        }
    }

    [Fact]
    public void ANaNStopsItsItemOnlyAndKeepsWhatCameBefore()
    {
        double[] item = Spectrum(20, i => i);
        SpectralDensityOptions options = new() { Probes = 3, Steps = 5 };
        SpectralQuadrature[] results = SpectralDensity.Estimate(new DiagonalOperator(2, [.. item, .. item]) { Poison = (1, 7) }, options);
        Assert.Equal((SpectralQuadratureStatus.NotFinite, 1), (results[1].Status, results[1].Probes));
        AssertSame(SpectralDensity.Estimate(new DiagonalOperator(1, item), options)[0], results[0]);
        SpectralQuadrature none = SpectralDensity.Estimate(new DiagonalOperator(1, item) { Poison = (0, 0) }, options)[0];
        Assert.Equal((SpectralQuadratureStatus.NotFinite, 0), (none.Status, none.Probes));
        Assert.True(double.IsNaN(none.Moment(1).Value));
        Assert.Throws<InvalidOperationException>(() => none.Density());
    }

    [Fact]
    public void CancellingKeepsTheFinishedProbes()
    {
        using CancellationTokenSource source = new();
        DiagonalOperator matrix = new(1, Spectrum(20, i => i)) { Before = i => { if (i == 12) source.Cancel(); } };
        SpectralQuadrature result = SpectralDensity.Estimate(matrix, new() { Probes = 9, Steps = 5 }, cancellation: source.Token)[0];
        Assert.Equal((SpectralQuadratureStatus.Cancelled, 2, 13), (result.Status, result.Probes, matrix.Applications));
        Assert.Throws<OperationCanceledException>(() => SpectralDensity.Estimate(matrix, cancellation: source.Token));
    }

    [Fact]
    public void FloatAgreesWithDouble()
    {
        double[] diagonal = Spectrum(50, i => i * i / 50.0);
        SpectralDensityOptions options = new() { Probes = 4, Steps = 15, Seed = 2 };
        SpectralQuadrature single = SpectralDensity.Estimate(new FloatOperator([.. diagonal.Select(x => (float)x)]), options)[0];
        SpectralQuadrature wide = SpectralDensity.Estimate(new DiagonalOperator(1, diagonal), options)[0];
        AssertClose(wide.Moment(2).Value, single.Moment(2).Value, 1e-5 * wide.Moment(2).Value);
        AssertClose(wide.Largest, single.Largest, 1e-4);
    }

    [Fact]
    public void MisuseIsNamed()
    {
        DiagonalOperator matrix = new(1, 1, 2, 3);
        Assert.Contains("Probes = 0", Assert.Throws<ArgumentOutOfRangeException>(() => SpectralDensity.Estimate(matrix, new() { Probes = 0 })).Message);
        Assert.Contains("Steps = -1", Assert.Throws<ArgumentOutOfRangeException>(() => SpectralDensity.Estimate(matrix, new() { Steps = -1 })).Message);
        SpectralQuadrature spectrum = SpectralDensity.Estimate(matrix)[0];
        Assert.Contains("grid point 1", Assert.Throws<ArgumentException>(() => spectrum.Density([1.0, 1.0])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => spectrum.Density(width: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => spectrum.Nodes(16));
        Assert.Equal(8 * (4 * 3 + 3 * 3 + 3) + 8 * (2 * 3 * 16 + 6 + 6), SpectralDensity.RequiredBytes<double>(3));
    }

    private static double Quadratic(Matrix<double> a, double[] v, int order)
    {
        Vector<double> x = Vector<double>.Build.Dense(v), y = x;
        for (int i = 0; i < order; i++) y = a * y;
        return x * y;
    }

    private static double Semicircle(double x) => x <= -1 ? 0 : x >= 1 ? 1 : 0.5 + (x * Math.Sqrt(1 - x * x) + Math.Asin(x)) / Math.PI;

    /// <summary>By the substitution that takes the square roots out of the density.</summary>
    private static double MarchenkoPastur(double x, double ratio)
    {
        double low = Math.Pow(1 - Math.Sqrt(ratio), 2), high = Math.Pow(1 + Math.Sqrt(ratio), 2);
        if (x <= low) return 0;
        double end = x >= high ? Math.PI : Math.Acos(1 - 2 * (x - low) / (high - low)), sum = 0;
        const int Points = 2000;
        for (int i = 0; i < Points; i++)
        {
            double phi = end * (i + 0.5) / Points, t = low + (high - low) * (1 - Math.Cos(phi)) / 2, half = (high - low) / 2 * Math.Sin(phi);
            sum += half * half / (2 * Math.PI * ratio * t) * end / Points;
        }

        return sum;
    }

    private static double Invert(Func<double, double> law, double share, double low, double high)
    {
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = law(middle) < share ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
