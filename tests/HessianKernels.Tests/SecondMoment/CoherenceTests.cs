using System.Text.Json;
using HessianKernels.Conformance;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;
using HessianKernels.Tests.Krylov;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

public class CoherenceTests
{
    private static string Reference(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "edge", name);

    [Theory]
    [InlineData("hessians_rank_one")]
    [InlineData("hessians_full_rank")]
    [InlineData("hessians_low_rank_spread")]
    public void AgreesWithTheReference(string name)
    {
        NpyArray<double> hessians = Npy.Read<double>(Reference(name + ".npy"));
        int n = (int)hessians.Shape[0], d = (int)hessians.Shape[1];
        Coherence coherence = Coherence.Of(CurvatureSet.FromHessians<double>(hessians.Values, n, d).Reduce());
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Reference(name + ".json")));
        int judged = 0;
        foreach (JsonElement row in file.RootElement.GetProperty("rows").EnumerateArray())
        {
            Tolerance.Equal(row.GetProperty("coherence").GetDouble(), coherence.Value, 1e-11, "sigma");
            int b = row.GetProperty("batch").GetInt32();
            double rate = row.GetProperty("lr").GetDouble();
            JsonElement expected = row.GetProperty("theorem1_diverges");
            bool bernoulli = row.GetProperty("sampling").GetString() == "bernoulli";
            Assert.Equal(bernoulli, expected.ValueKind != JsonValueKind.Null);
            CoherenceInstability found = coherence.Theorem1(bernoulli ? BatchSampling.Bernoulli(n, b) : BatchSampling.WithReplacement(n, b), rate);
            Assert.Equal(!bernoulli ? TheoremVerdict.NotApplicable : expected.GetBoolean() ? TheoremVerdict.Holds : TheoremVerdict.Silent, found.Verdict);
            judged += bernoulli ? 1 : 0;
        }

        Assert.True(judged > 0);
    }

    [Fact]
    public void AgreesWithTheDefinitionAndLiesBetweenItsBounds() => PropertyRun.Check(CurvatureCase.All, c =>
    {
        Coherence coherence = Coherence.Of(c.Set().Reduce());
        if (c.Set().Trace == 0)
        {
            Assert.Equal((1, 0, 0), (coherence.Value, coherence.LargestEigenvalue, coherence.LargestExampleEigenvalue));
            return;
        }

        Matrix<double>[] h = c.Hessians();
        int n = c.Examples;
        // tr(H_i H_j) as the squared norm of F_i F_j^T: a difference of large traces would lose what is nearly orthogonal.
        Matrix<double> f = Matrix<double>.Build.DenseOfRowMajor(n * c.Rows, c.Parameters, c.Factors());
        Matrix<double> s = Matrix<double>.Build.Dense(n, n, (i, j) => Norm(f.SubMatrix(i * c.Rows, c.Rows, 0, c.Parameters).TransposeAndMultiply(f.SubMatrix(j * c.Rows, c.Rows, 0, c.Parameters))));
        double largest = DenseSet.Spectrum(s)[0], sharpest = h.Max(x => DenseSet.Spectrum(x)[0]);
        Tolerance.Equal<double>(s.ToRowMajorArray(), coherence.Matrix, 1e-12 * n * largest, "S");
        Tolerance.Equal(largest, coherence.LargestEigenvalue, 1e-12 * n * largest + coherence.EnclosureRadius, "lambda_1(S)");
        Tolerance.Equal(sharpest, coherence.LargestExampleEigenvalue, 1e-12 * n * sharpest, "max lambda_1(H_i)");
        Assert.True(coherence.EnclosureRadius < 1e-10 * largest);
        Assert.InRange(coherence.Value, 1 - 1e-10, n * Math.Sqrt(c.Rows) * (1 + 1e-10));
        if (c.Rows == 1 && c.Family == CurvatureFamily.Identical) Assert.Equal(n, coherence.Value, 1e-10 * n);
        if (c.Rows == 1 && c.Family == CurvatureFamily.Orthogonal) Assert.Equal(1, coherence.Value, 1e-10);
    });

    /// <summary>The Frobenius norm of what may be far from 1.</summary>
    private static double Norm(Matrix<double> a)
    {
        double largest = a.Enumerate().Max(Math.Abs);
        return largest == 0 ? 0 : largest * (a / largest).FrobeniusNorm();
    }

    [Fact]
    public void WhereTheorem1HoldsTheSecondMomentGrows() => PropertyRun.Check(CurvatureCase.Ordinary, c =>
    {
        Coherence coherence = Coherence.Of(c.Set().Reduce());
        if (coherence.LargestMeanEigenvalue == 0) return;
        for (int b = 1; b <= c.Examples; b++)
        {
            BatchSampling sampling = BatchSampling.Bernoulli(c.Examples, b);
            // Both thresholds scale as 1 / eta: the smallest eta at which one of them is reached, and a little more and less.
            CoherenceInstability at = coherence.Theorem1(sampling, 1);
            double edge = 1 / Math.Max(at.MeanRatio, at.NoiseRatio);
            Assert.Equal(TheoremVerdict.Holds, coherence.Theorem1(sampling, 1.0001 * edge).Verdict);
            Assert.Equal(TheoremVerdict.Silent, coherence.Theorem1(sampling, 0.9999 * edge).Verdict);
            double t = DenseSet.LargestOfT(c.Hessians(), sampling, 1.0001 * edge);
            Assert.True(t >= 1 - 1e-9, $"Theorem 1 holds at b = {b}, eta = {1.0001 * edge}, and lambda_max(T) = {t}.");
        }
    });

    [Fact]
    public void Theorem2IsExactForItsOwnSet()
    {
        foreach (bool spread in (bool[])[false, true])
        {
            for (int n = 1; n <= 7; n++)
            {
                for (int sigma = 1; sigma <= n; sigma++)
                {
                    FunctionSpace space = CurvatureSet.Coherent(n, sigma, 2, spread).Reduce();
                    Coherence coherence = Coherence.Of(space);
                    Tolerance.Equal(sigma, coherence.Value, 1e-12 * n, "sigma");
                    Tolerance.Equal(2, coherence.LargestMeanEigenvalue, 1e-13, "lambda_1");
                    Assert.Equal(spread ? n - sigma + 1 : 1, space.Rank);
                    for (int b = 1; b <= n; b++)
                    {
                        BatchSampling sampling = BatchSampling.Bernoulli(n, b);
                        double edge = 1 / coherence.Theorem2(sampling, 1).Ratio;
                        Assert.Equal(TheoremVerdict.Holds, coherence.Theorem2(sampling, 0.999 * edge).Verdict);
                        Assert.Equal(TheoremVerdict.Silent, coherence.Theorem2(sampling, 1.001 * edge).Verdict);
                        // The proof's set is stable exactly there; the spread one has further directions, which may give way before.
                        Matrix<double>[] h = DenseSet.Curvatures(space);
                        if (!spread) Assert.True(DenseSet.LargestOfT(h, sampling, 0.999 * edge) < 1, $"stable: n {n}, sigma {sigma}, b {b}");
                        Assert.True(DenseSet.LargestOfT(h, sampling, 1.001 * edge) > 1, $"unstable: n {n}, sigma {sigma}, b {b}");
                    }
                }
            }
        }
    }

    [Fact]
    public void AtTheFullBatchOnlyTheMeanCanFire()
    {
        Coherence coherence = Coherence.Of(CurvatureSet.Coherent(4, 2, 2).Reduce());
        CoherenceInstability found = coherence.Theorem1(BatchSampling.Bernoulli(4, 4), 1.1);
        Assert.Equal((double.PositiveInfinity, 0.0, false, true), (found.NoiseThreshold, found.NoiseRatio, found.NoiseFires, found.MeanFires));
        Assert.Equal(1.1, found.MeanRatio, 1e-12);
        // The noise alone: 2 > (sigma / eta) (n/b - 1)^{-1/2} = 2 / sqrt(3) / 0.9.
        found = coherence.Theorem1(BatchSampling.Bernoulli(4, 1), 0.9);
        Assert.Equal((true, false), (found.NoiseFires, found.MeanFires));
        Assert.Equal(0.9 * Math.Sqrt(3), found.NoiseRatio, 1e-12);
    }

    [Fact]
    public void OtherSamplingsAreNotJudged()
    {
        Coherence coherence = Coherence.Of(CurvatureSet.Coherent(4, 2, 2).Reduce());
        foreach (BatchSampling sampling in (BatchSampling[])[BatchSampling.WithReplacement(4, 1), BatchSampling.WithoutReplacement(4, 1), BatchSampling.Custom(4, 1, 1, 0.75)])
        {
            CoherenceInstability one = coherence.Theorem1(sampling, 100);
            Assert.Equal((TheoremVerdict.NotApplicable, false, false), (one.Verdict, one.MeanFires, one.NoiseFires));
            Assert.Equal(TheoremVerdict.NotApplicable, coherence.Theorem2(sampling, 1e-3).Verdict);
        }
    }

    [Fact]
    public void ASetOfZerosIsJudgedStable()
    {
        Coherence coherence = Coherence.Of(CurvatureSet.FromJacobian<double>(new double[6], 3, 2).Reduce());
        Assert.Equal(1, coherence.Value);
        Assert.Equal(TheoremVerdict.Silent, coherence.Theorem1(BatchSampling.Bernoulli(3, 1), 10).Verdict);
        Assert.Equal(TheoremVerdict.Silent, coherence.Theorem1(BatchSampling.Bernoulli(3, 3), 10).Verdict);
        Assert.Equal(TheoremVerdict.Holds, coherence.Theorem2(BatchSampling.Bernoulli(3, 1), 10).Verdict);
    }

    [Fact]
    public void ManyExamplesAreTakenInBlocksAndThreadsChangeNoBit()
    {
        // 900 x 4 rows: the blocks end within the set.
        CurvatureSet set = CurvatureSet.FromFactors<double>(Operators.Matrices.Random<double>(900 * 4 * 3, 3), 900, 4, 3);
        FunctionSpace space = set.Reduce();
        List<int> seen = [];
        Coherence one = Coherence.Of(space, 1, new Now(seen.Add)), four = Coherence.Of(space, 4);
        Assert.True(seen.Count > 1 && seen[^1] == 900);
        Tolerance.SameBits(one.Matrix, four.Matrix, "S");
        Assert.Equal(one.Value, four.Value);
        foreach ((int i, int j) in ((int, int)[])[(0, 0), (899, 0), (450, 451), (0, 899)])
        {
            double expected = DenseSet.Block(space, i).TransposeAndMultiply(DenseSet.Block(space, j)).FrobeniusNorm();
            Tolerance.Equal(expected, one.Matrix[i * 900 + j], 1e-13, $"S[{i}, {j}]");
        }

        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(() => Coherence.Of(space, 0, new Now(_ => source.Cancel()), source.Token));
    }

    private sealed class Now(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }

    [Fact]
    public void FaultsAreNamed()
    {
        FunctionSpace indefinite = CurvatureSet.FromHessians<double>(new double[] { 1, 0, 0, 1, 1, 0, 0, -1 }, 2, 2).Reduce();
        Assert.Contains("Example 1 is indefinite", Assert.Throws<ArgumentException>(() => Coherence.Of(indefinite)).Message);
        Coherence coherence = Coherence.Of(CurvatureSet.Coherent(4, 2, 2).Reduce());
        Assert.Contains("5 examples; the set has 4", Assert.Throws<ArgumentException>(() => coherence.Theorem1(BatchSampling.Bernoulli(5, 1), 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => coherence.Theorem2(BatchSampling.Bernoulli(4, 1), double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => coherence.Theorem1(BatchSampling.Bernoulli(4, 1), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CurvatureSet.Coherent(3, 4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CurvatureSet.Coherent(3, 1, double.NaN));
    }
}
