using FsCheck;
using FsCheck.Fluent;
using HessianKernels.Conformance;
using HessianKernels.Dense;
using HessianKernels.Tests.Krylov;
using HessianKernels.Tests.LanczosTests;
using MathNet.Numerics.LinearAlgebra.Double;
using Xunit;

namespace HessianKernels.Tests.Dense;

/// <summary>All eigenpairs of dense symmetric matrices: identities first, then MathNet's values.</summary>
public class SymmetricEigendecompositionTests
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Decomposes with the upper triangle full of NaN, and asserts A V^T = V^T L, V V^T = I, the order and the values that are known.</summary>
    private static double[] Check(double[] a, int n, double[]? expected = null, int threads = 2)
    {
        double[] v = (double[])a.Clone(), values = new double[n];
        for (int i = 0; i < n; i++) v.AsSpan(i * n + i + 1, n - i - 1).Fill(double.NaN);
        SymmetricEigendecomposition.Decompose(v, n, values, threads);
        double largest = a.Length == 0 ? 0 : a.Max(Math.Abs);
        if (largest == 0) largest = 1;
        // In units of the largest element, so that squares stay in range.
        DenseMatrix unit = new(n, n, Array.ConvertAll(a, x => x / largest)), vectors = (DenseMatrix)new DenseMatrix(n, n, v).Transpose();
        double norm = Math.Max(unit.FrobeniusNorm() / Math.Sqrt(n), values.Max(Math.Abs) / largest), bound = 20 * (4 + Math.Sqrt(n)) * Epsilon;
        // MathNet stores by columns: the transpose's columns are the rows.
        var products = unit * vectors.Transpose();
        for (int k = 0; k < n; k++)
        {
            if (k > 0) Assert.True(values[k] <= values[k - 1], $"{k - 1}: {values[k - 1]:r} is followed by {values[k]:r}");
            double residual = (products.Column(k) - vectors.Row(k) * (values[k] / largest)).L2Norm();
            Assert.True(residual <= bound * norm, $"||A v - lambda v|| = {residual / Epsilon:g3} eps for {k} of {n}; allowed {bound * norm / Epsilon:g3}");
        }

        double orthogonality = (vectors * vectors.Transpose() - DenseMatrix.CreateIdentity(n)).L2Norm();
        Assert.True(orthogonality <= bound, $"||V V^T - I|| = {orthogonality / Epsilon:g3} eps at order {n}");
        if (expected is not null) Tolerance.Equal<double>([.. expected.OrderDescending().Select(x => x / largest)], Array.ConvertAll(values, x => x / largest), bound * norm, "eigenvalues");
        return values;
    }

    private static double[] Fill(int n, Func<int, int, double> element)
    {
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = element(i, j);
        return a;
    }

    private static double[] Gaussian(int n, int seed)
    {
        Random random = new(seed);
        return Fill(n, (_, _) => random.NextDouble() - 0.5);
    }

    public static TheoryData<int> Orders => [.. Enumerable.Range(1, 70), 97, 128, 129, 300];

    [Theory]
    [MemberData(nameof(Orders))]
    public void RandomMatrices(int n)
    {
        double[] a = Gaussian(n, n);
        Check(a, n, new DenseMatrix(n, n, a).Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues.Select(x => x.Real).ToArray());
    }

    [Theory]
    [InlineData(33)]
    [InlineData(100)]
    [InlineData(200)]
    public void KnownSpectra(int n)
    {
        Random random = new(n);
        foreach (Func<int, double> spectrum in (Func<int, double>[])
            [
                i => i < 10 ? 1 + i : 0, i => 1 + 1e-8 * i, i => 1 + 1e-14 * i, i => i % 3, i => Math.Pow(10, 24.0 * i / n - 12), i => i - n / 2.0, i => -Math.Pow(2, -i),
            ])
        {
            double[] values = [.. Enumerable.Range(0, n).Select(spectrum)];
            Check(SymmetricMatrix.WithSpectrum(values, random), n, values);
        }
    }

    [Theory]
    [InlineData(1e150)]
    [InlineData(1e-150)]
    [InlineData(1e300)]
    [InlineData(1e-300)]
    public void ExtremeScales(double scale)
    {
        double[] plain = Check(Gaussian(80, 3), 80), scaled = Check(Array.ConvertAll(Gaussian(80, 3), x => x * scale), 80);
        Tolerance.Equal<double>(plain, Array.ConvertAll(scaled, x => x / scale), 1e-13);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(131)]
    public void PlainMatrices(int n)
    {
        Check(new double[n * n], n, new double[n]);
        double[] ones = new double[n];
        Array.Fill(ones, 1);
        Check(Fill(n, (i, j) => i == j ? 1 : 0), n, ones);
        Check(Fill(n, (i, j) => i == j ? i : 0), n, [.. Enumerable.Range(0, n).Select(i => (double)i)]);
        double[] rankOne = new double[n];
        rankOne[0] = n;
        Check(Fill(n, (_, _) => 1), n, rankOne);
        Check(Fill(n, (i, j) => i - j == 1 ? -1 : i == j ? 2 : 0), n, [.. Enumerable.Range(1, n).Select(k => 2 - 2 * Math.Cos(k * Math.PI / (n + 1)))]);
        Check(Fill(n, (i, j) => i / 7 == j / 7 ? 1.0 / (1 + i + j) : 0), n);
    }

    /// <summary>Wilkinson's W21+ many times over, lightly glued: values in tight clusters of which nearly all is deflated.</summary>
    [Theory]
    [InlineData(1e-14)]
    [InlineData(1e-8)]
    [InlineData(1e-2)]
    public void GluedWilkinson(double glue)
    {
        const int n = 210;
        Check(Fill(n, (i, j) => i == j ? Math.Abs(i % 21 - 10) : i - j != 1 ? 0 : i % 21 == 0 ? glue : 1), n);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(257)]
    public void ThreadsChangeNoBit(int n)
    {
        double[] a = Gaussian(n, 5), one = (double[])a.Clone(), values = new double[n];
        SymmetricEigendecomposition.Decompose(one, n, values, 1);
        foreach (int threads in (int[])[2, 3, 5])
        {
            double[] other = (double[])a.Clone(), found = new double[n];
            SymmetricEigendecomposition.Decompose(other, n, found, threads);
            Tolerance.SameBits<double>(one, other, $"vectors with {threads} threads");
            Tolerance.SameBits<double>(values, found, $"values with {threads} threads");
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void WhatIsNotFiniteIsNamed(double bad)
    {
        double[] a = Gaussian(40, 6), values = new double[40];
        a[17 * 40 + 5] = bad;
        double[] before = (double[])a.Clone();
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => SymmetricEigendecomposition.Decompose(a, 40, values));
        Assert.Contains("row 17, column 5", thrown.Message);
        Tolerance.SameBits<double>(before, a);
    }

    [Fact]
    public void AnySpectrumComesBack()
        => PropertyRun.Check(
            Gen.Choose(1, 90).SelectMany(n => Gen.Choose(0, 5).ArrayOf(n).Select(kinds => (n, kinds))).ToArbitrary(), c =>
            {
                // Clusters of every width, zeros, and places far apart.
                double[] values = [.. c.kinds.Select((kind, i) => kind switch { 0 => 0, 1 => 1, 2 => 1 + 1e-13 * i, 3 => -2 + 1e-7 * i, 4 => i, _ => 1e-9 * i })];
                Check(SymmetricMatrix.WithSpectrum(values, new Random(c.n)), c.n, values);
            });
}
