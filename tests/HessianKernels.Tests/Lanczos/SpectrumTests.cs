using HessianKernels.Krylov;
using Xunit;

namespace HessianKernels.Tests.LanczosTests;

/// <summary>TopK against known spectra, easy and hard, at every end, for every k.</summary>
public class SpectrumTests
{
    public static TheoryData<string, int> Families
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string family in (string[])
                ["random", "identity", "zero", "rank one", "negative rank one", "doubled", "tripled", "clustered", "graded", "huge", "tiny", "plus-minus", "repeated top", "negative", "blocks"])
                foreach (int n in (int[])[1, 2, 3, 7, 30, 64])
                    data.Add(family, n);
            return data;
        }
    }

    private static double[] Spectrum(string family, int n, Random random) => family switch
    {
        "random" => Make(n, _ => SymmetricMatrix.Normal(random)),
        "identity" => Make(n, _ => 1),
        "zero" => Make(n, _ => 0),
        "rank one" => Make(n, i => i == 0 ? 3 : 0),
        "negative rank one" => Make(n, i => i == 0 ? -3 : 0),
        "doubled" => Make(n, i => i / 2),
        "tripled" => Make(n, i => i / 3),
        "clustered" => Make(n, i => i < 5 ? 1 + 1e-8 * i : 0.5 * random.NextDouble()),
        "graded" => Make(n, i => Math.Pow(10, -12 + 24.0 * i / Math.Max(1, n - 1))),
        "huge" => Make(n, _ => 1e150 * SymmetricMatrix.Normal(random)),
        "tiny" => Make(n, _ => 1e-150 * SymmetricMatrix.Normal(random)),
        "plus-minus" => Make(n, i => i % 2 == 0 ? 1 : -1),
        "repeated top" => Make(n, i => i < 3 ? 5 : random.NextDouble()),
        "negative" => Make(n, _ => -1 - random.NextDouble()),
        _ => Make(n, i => i % 4 + 1),
    };

    private static double[] Make(int n, Func<int, double> value) => [.. Enumerable.Range(0, n).Select(value)];

    [Theory]
    [MemberData(nameof(Families))]
    public void FindsTheWantedWithMultiplicity(string family, int n)
    {
        Random random = new(n);
        double[] spectrum = Spectrum(family, n, random), ascending = [.. spectrum.Order()];
        double norm = ascending.Max(Math.Abs);
        foreach (double[] a in (double[][])[SymmetricMatrix.WithSpectrum(spectrum, random), SymmetricMatrix.Diagonal(spectrum)])
            foreach (SpectrumEnd which in Enum.GetValues<SpectrumEnd>())
                foreach (int k in new HashSet<int> { 1, 2, 3, n / 2, n - 1, n }.Where(k => k >= 1 && k <= n))
                {
                    LanczosResult<double> result = Lanczos.TopK<double>(a, n, k, new() { Which = which, Tolerance = 1e-9 });
                    string what = $"{family}, n = {n}, k = {k}, {which}";
                    Assert.True(result.Status == LanczosStatus.Converged, $"{what}: {result.Evidence}");
                    Assert.True(result.Evidence.Orthogonality < 1e-12, $"{what}: {result.Evidence}");
                    // Values crowded within the tolerance may stand for each other; magnitudes of opposite sign too.
                    double[] expected = SymmetricMatrix.Wanted(ascending, k, which), found = result.Eigenvalues;
                    if (which == SpectrumEnd.LargestMagnitude) (expected, found) = (Array.ConvertAll(expected, Math.Abs), Array.ConvertAll(found, Math.Abs));
                    Conformance.Tolerance.Equal<double>(expected, found, 1e-8 * norm, what);
                    for (int i = 0; i < k; i++)
                    {
                        Assert.True(
                            ascending.Any(value => Math.Abs(value - result.Eigenvalues[i]) <= result.EnclosureRadii[i] + 4e-15 * norm),
                            $"{what}: no eigenvalue within {result.EnclosureRadii[i]} of {result.Eigenvalues[i]}");
                    }
                }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    [InlineData(15)]
    public void ABoundedBasisRestarts(int? basis)
    {
        const int n = 300, k = 4;
        Random random = new(4);
        double[] spectrum = Make(n, i => i < 8 ? 4 + i / 2 : 2 * random.NextDouble());
        double[] a = SymmetricMatrix.WithSpectrum(spectrum, random);
        LanczosResult<double> result = Lanczos.TopK<double>(a, n, k, new() { MaximumBasis = basis, Tolerance = 1e-10 });
        Assert.Equal(LanczosStatus.Converged, result.Status);
        Assert.True(result.Evidence.Restarts > 0);
        Conformance.Tolerance.Equal<double>([7, 7, 6, 6], result.Eigenvalues, 1e-9);
    }

    [Fact]
    public void WithoutTheLookACopyIsMissedAndWithItFound()
    {
        const int n = 200;
        Random random = new(1);
        double[] a = SymmetricMatrix.WithSpectrum(Make(n, i => i < 2 ? 5 : i == 2 ? 4 : random.NextDouble()), random);
        Assert.Equal(4, Lanczos.TopK<double>(a, n, 2, new() { FindMultiplicity = false }).Eigenvalues[1], 1e-6);
        LanczosResult<double> found = Lanczos.TopK<double>(a, n, 2);
        Assert.Equal(5, found.Eigenvalues[1], 1e-6);
        Assert.InRange(found.Evidence.MissProbability, 0, LanczosOptions.Default.MissProbability);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    public void CopiesAreMissedAtMostAsOftenAsTheBoundSays(double bound)
    {
        const int n = 100, runs = 2000;
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) a[i * n + i] = i < 2 ? 5 : i == 2 ? 4 : 3.6 * i / n;
        int missed = 0;
        for (ulong seed = 0; seed < runs; seed++)
        {
            LanczosResult<double> result = Lanczos.TopK<double>(a, n, 2, new() { Seed = seed, MissProbability = bound });
            if (result.Eigenvalues[1] > 4.5) continue;
            missed++;
            Assert.InRange(result.Evidence.MissProbability, 0, bound);
        }

        // No more often, to four standard deviations; and the bound is no idle one.
        Assert.InRange(missed, bound * runs / 50, bound * runs + 4 * Math.Sqrt(bound * runs));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(100)]
    [InlineData(400)]
    public void FloatToItsPrecision(int n)
    {
        Random random = new(n);
        double[] spectrum = Make(n, i => i < 4 ? 4 + i : random.NextDouble()), a = SymmetricMatrix.WithSpectrum(spectrum, random);
        float[] single = SymmetricMatrix.To<float>(a);
        LanczosResult<float> result = Lanczos.TopK<float>(single, n, 4, new() { Tolerance = 1e-5 });
        Assert.Equal(LanczosStatus.Converged, result.Status);
        Conformance.Tolerance.Equal<double>([7, 6, 5, 4], result.Eigenvalues, 1e-4);
        for (int i = 0; i < 4; i++)
        {
            double residual = SymmetricMatrix.Residual<float>(single, n, result.Eigenvalues[i], result.Eigenvector(i));
            Assert.True(residual <= result.EnclosureRadii[i], $"residual {residual} beyond {result.EnclosureRadii[i]}");
        }
    }

    [Fact]
    public void ResidualsAreTrueWithStoredProductsAndWithout()
    {
        const int n = 500, k = 6;
        Random random = new(2);
        double[] a = SymmetricMatrix.Random(n, random);
        foreach (bool store in (bool[])[false, true])
        {
            LanczosResult<double> result = Lanczos.TopK<double>(a, n, k, new() { StoreProducts = store, Tolerance = 1e-6 });
            Assert.True(result.Evidence.ResidualsMeasured);
            for (int i = 0; i < k; i++)
            {
                double residual = SymmetricMatrix.Residual<double>(a, n, result.Eigenvalues[i], result.Eigenvector(i));
                Conformance.Tolerance.Equal(residual, result.ResidualNorms[i], 1e-13 * result.Evidence.OperatorNorm, $"residual {i}");
            }
        }
    }
}
