using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Tests.LanczosTests;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>The engine needs no more than a space's required members, and finds the same where reading back is rare.</summary>
public class OpaqueLanczosTests
{
    private static readonly string[] Families =
        ["random", "identity", "zero", "rank one", "negative rank one", "doubled", "clustered", "graded", "blocks", "repeated top", "huge", "tiny"];

    public static TheoryData<string, int, int> Cases
    {
        get
        {
            TheoryData<string, int, int> data = [];
            foreach (string family in Families)
                foreach (int n in (int[])[1, 2, 5, 24, 55])
                    foreach (int readInterval in (int[])[1, 3, 7])
                        data.Add(family, n, readInterval);
            return data;
        }
    }

    private static double[] Spectrum(string family, int n, Random random)
    {
        return [.. Enumerable.Range(0, n).Select(Value)];

        double Value(int i) => family switch
        {
            "identity" => 1,
            "zero" => 0,
            "rank one" => i == 0 ? 3 : 0,
            "negative rank one" => i == 0 ? -3 : 0,
            "doubled" => i / 2,
            "clustered" => i < 4 ? 1 + 1e-8 * i : 0.5 * random.NextDouble(),
            "graded" => Math.Pow(10, -12 + 24.0 * i / n),
            "blocks" => i % 4 + 1,
            "repeated top" => i < 3 ? 5 : random.NextDouble(),
            "huge" => 1e150 * SymmetricMatrix.Normal(random),
            "tiny" => 1e-150 * SymmetricMatrix.Normal(random),
            _ => SymmetricMatrix.Normal(random),
        };
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void FindsWhatTheCpuSpaceFinds(string family, int n, int readInterval)
    {
        double[] spectrum = Spectrum(family, n, new(n)), ascending = [.. spectrum.Order()];
        double[] a = SymmetricMatrix.WithSpectrum(spectrum, new(n));
        double norm = spectrum.Max(Math.Abs);
        foreach (SpectrumEnd which in Enum.GetValues<SpectrumEnd>())
            foreach (int k in new HashSet<int> { 1, Math.Min(4, n), n })
            {
                string what = $"{which}, k = {k}";
                LanczosOptions options = new() { Which = which, Tolerance = 1e-10 };
                OpaqueAnswer found = OpaqueLanczos.Run(a, n, 1, k, options, readInterval, out int products, out _)[0];
                double[] onCpu = Lanczos.TopK(new DenseSymmetric<double>(a, n), k, options).Eigenvalues;
                AssertSane(found, a, n, k, norm, what);
                // With a value in every read interval, steps from a zero vector are made before it is seen, and not counted.
                if (readInterval == 1) Assert.Equal(products, found.Evidence.OperatorApplications);
                else Assert.InRange(found.Evidence.OperatorApplications, 1, products);

                double[] expected = SymmetricMatrix.Wanted(ascending, k, which), values = found.Values;
                if (which == SpectrumEnd.LargestMagnitude)
                    (expected, values, onCpu) = (Array.ConvertAll(expected, Math.Abs), Array.ConvertAll(values, Math.Abs), Array.ConvertAll(onCpu, Math.Abs));
                Tolerance.Equal<double>(onCpu, values, 1e-9 * norm, $"{what}, the CPU's");
                Tolerance.Equal<double>(expected, values, 1e-9 * norm, $"{what}, the matrix's");
            }
    }

    private static void AssertSane(OpaqueAnswer found, double[] a, int n, int k, double norm, string what)
    {
        LanczosEvidence evidence = found.Evidence;
        Assert.True(evidence.Status == LanczosStatus.Converged, $"{what}: {evidence}");
        Assert.Equal((k, k, true), (evidence.Found, evidence.Converged, evidence.ResidualsMeasured));
        // Ends when it is done, not at a limit.
        Assert.InRange(evidence.OperatorApplications, k, 10 * n + 20);
        Assert.InRange(evidence.Orthogonality, 0, 1e-13 * n);
        Assert.InRange(evidence.OperatorNorm, 0, norm * (1 + 1e-13));
        Assert.True(double.IsNaN(evidence.MissProbability) || evidence.MissProbability is >= 0 and <= 1, $"{what}: {evidence}");
        // The oracle squares, and its squares must not underflow.
        double unit = norm > 0 ? norm : 1;
        double[] scaled = Array.ConvertAll(a, element => element / unit);
        for (int i = 0; i < k; i++)
        {
            double residual = unit * SymmetricMatrix.Residual<double>(scaled, n, found.Values[i] / unit, found.Vectors.AsSpan(i * n, n));
            Tolerance.Equal(residual, found.Residuals[i], 1e-14 * n * norm, $"{what}: residual {i}");
            Assert.True(residual <= found.Radii[i], $"{what}: residual {residual} beyond the radius {found.Radii[i]}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void RestartsWithABoundedBasis(int readInterval)
    {
        const int n = 120, k = 4;
        double[] a = SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, n).Select(i => i < 8 ? 4 + i / 2 : i / 60.0)], new(5));
        OpaqueAnswer found = OpaqueLanczos.Run(a, n, 1, k, new() { MaximumBasis = 13, Tolerance = 1e-10 }, readInterval, out _, out _)[0];
        AssertSane(found, a, n, k, 7, "bounded");
        Assert.True(found.Evidence.Restarts > 1);
        Tolerance.Equal<double>([7, 7, 6, 6], found.Values, 1e-9);
    }

    [Fact]
    public void WaitsForTheHostAsRarelyAsItIsTold()
    {
        const int n = 200, k = 1;
        double[] a = SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, n).Select(i => (double)i)], new(5));
        LanczosOptions options = new() { MaximumBasis = 60 };
        _ = OpaqueLanczos.Run(a, n, 1, k, options, 1, out int products, out int often);
        _ = OpaqueLanczos.Run(a, n, 1, k, options, 10, out int moreProducts, out int rarely);
        Assert.InRange(moreProducts, products, products + 20);
        Assert.True(5 * rarely < often, $"{often} readings with every step, {rarely} with every tenth");
    }

    [Theory]
    [InlineData(9, null, 1)]
    [InlineData(9, null, 3)]
    [InlineData(50, null, 1)]
    [InlineData(50, null, 3)]
    [InlineData(50, 10, 1)]
    [InlineData(50, 10, 3)]
    [InlineData(50, 10, 7)]
    public void ABatchInStepIsItsItemsAlone(int n, int? basis, int readInterval)
    {
        const int k = 3;
        string[] families = ["random", "identity", "repeated top", "zero", "doubled", "rank one"];
        for (int first = 0; first + 3 <= families.Length; first++)
            foreach (SpectrumEnd which in Enum.GetValues<SpectrumEnd>())
            {
                double[][] items = [.. families[first..(first + 3)].Select((family, i) => SymmetricMatrix.WithSpectrum(Spectrum(family, n, new(i)), new(i)))];
                LanczosOptions options = new() { Which = which, MaximumBasis = basis, MaximumApplications = 300 };
                OpaqueAnswer[] together = OpaqueLanczos.Run([.. items.SelectMany(item => item)], n, 3, k, options, readInterval, out _, out _);
                for (int b = 0; b < 3; b++)
                {
                    string what = $"{families[first + b]}, {which}";
                    OpaqueAnswer alone = OpaqueLanczos.Run(items[b], n, 1, k, options, readInterval, out _, out _)[0];
                    Assert.True(alone.Evidence == together[b].Evidence, $"{what}: {alone.Evidence} and {together[b].Evidence}");
                    Tolerance.SameBits<double>(alone.Values, together[b].Values, $"{what}: values");
                    Tolerance.SameBits<double>(alone.Vectors, together[b].Vectors, $"{what}: vectors");
                    Tolerance.SameBits<double>(alone.Residuals, together[b].Residuals, $"{what}: residuals");
                    Tolerance.SameBits<double>(alone.Radii, together[b].Radii, $"{what}: radii");
                }
            }
    }
}
