using FsCheck;
using FsCheck.Fluent;
using HessianKernels.Conformance;
using HessianKernels.Dense;
using HessianKernels.Tests.Krylov;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Tests.Dense;

/// <summary>The dense eigendecomposition: its identities, MathNet's answer, and what it reads.</summary>
public class SymmetricEigendecompositionTests
{
    private const double Epsilon = 2.220446049250313e-16;

    public static TheoryData<string> Families => [.. SpectrumCase.Families];

    /// <summary>Rows of V and lambda.</summary>
    private static (double[] Vectors, double[] Values) Decompose(double[] a, int n, int threads = 2)
    {
        double[] vectors = [.. a], values = new double[n];
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++) vectors[i * n + j] = double.NaN;
        SymmetricEigendecomposition.Decompose(vectors, n, values, threads);
        return (vectors, values);
    }

    /// <summary>The same matrix with a largest element of about 1, so that no oracle's squares overflow.</summary>
    private static (Matrix<double> A, double Unit) ToUnit(double[] a, int n)
    {
        double largest = a.Max(Math.Abs), unit = largest > 0 ? Math.ScaleB(1, Math.Max(-1000, Math.ILogB(largest))) : 1;
        return (Matrix<double>.Build.DenseOfRowMajor(n, n, a.Select(element => element / unit)), unit);
    }

    /// <summary>What holds of a decomposition whatever the matrix.</summary>
    private static void HoldsIdentities(double[] a, int n, double[] vectors, double[] values, string what)
    {
        (Matrix<double> matrix, double unit) = ToUnit(a, n);
        double[] scaled = [.. values.Select(value => value / unit)];
        for (int k = 1; k < n; k++) Assert.True(values[k - 1] >= values[k], $"{what}: eigenvalue {k - 1} is {values[k - 1]:R}, the next {values[k]:R}");
        Matrix<double> v = Matrix<double>.Build.DenseOfRowMajor(n, n, vectors);
        double norm = matrix.FrobeniusNorm(), rounding = 4 * Math.Sqrt(n) * Epsilon + 8 * Epsilon;
        double orthogonality = (v * v.Transpose() - Matrix<double>.Build.DenseIdentity(n)).FrobeniusNorm() / Math.Sqrt(n);
        Assert.True(orthogonality <= 2 * rounding, $"{what}: ||V V^T - I|| / sqrt(n) = {orthogonality:G3}");
        double residual = (v * matrix - Matrix<double>.Build.DiagonalOfDiagonalArray(scaled) * v).FrobeniusNorm();
        // An eigenvalue that is subnormal is rounded to a whole number of the smallest.
        Assert.True(residual <= 2 * rounding * norm + Math.Sqrt(n) * (double.Epsilon / unit), $"{what}: ||V A - L V|| = {residual:G3}, ||A|| = {norm:G3}");
        Tolerance.Equal(matrix.Trace(), scaled.Sum(), 2 * n * rounding * norm + n * (double.Epsilon / unit), $"{what}: the trace");
        Tolerance.Equal(norm, Math.Sqrt(scaled.Sum(value => value * value)), 2 * rounding * norm + n * (double.Epsilon / unit), $"{what}: the Frobenius norm");
    }

    private static double[] MathNetEigenvalues(double[] a, int n)
    {
        (Matrix<double> matrix, double unit) = ToUnit(a, n);
        return [.. matrix.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real * unit).OrderDescending()];
    }

    private static double Norm(double[] a, int n)
    {
        (Matrix<double> matrix, double unit) = ToUnit(a, n);
        return matrix.FrobeniusNorm() * unit;
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void HoldsIdentitiesAndAgreesWithMathNet(string family)
    {
        foreach (int n in (int[])[1, 2, 3, 5, 31, 32, 33, 64, 65, 66, 97, 128, 129, 200, 210, 300])
        {
            double[] a = SpectrumCase.Of(family, n);
            (double[] vectors, double[] values) = Decompose(a, n);
            HoldsIdentities(a, n, vectors, values, $"{family}, order {n}");
            if (n <= 130) Tolerance.Equal<double>(MathNetEigenvalues(a, n), values, 8 * n * Epsilon * Norm(a, n) + 1e-320, $"{family}, order {n}: eigenvalues");
        }
    }

    [Fact]
    public void EveryOrderHoldsIdentities()
    {
        for (int n = 1; n <= 70; n++)
        {
            foreach (string family in (string[])["random", "glued", "gram"])
            {
                double[] a = SpectrumCase.Of(family, n);
                (double[] vectors, double[] values) = Decompose(a, n);
                HoldsIdentities(a, n, vectors, values, $"{family}, order {n}");
            }
        }
    }

    [Theory]
    [InlineData("random", 700)]
    [InlineData("glued", 630)]
    [InlineData("laplacian", 1030)]
    public void LargeOrdersHoldIdentities(string family, int n)
    {
        double[] a = SpectrumCase.Of(family, n);
        (double[] vectors, double[] values) = Decompose(a, n);
        HoldsIdentities(a, n, vectors, values, $"{family}, order {n}");
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void EigenvaluesAloneAreTheSame(string family)
    {
        foreach (int n in (int[])[1, 2, 33, 130, 300])
        {
            double[] a = SpectrumCase.Of(family, n), alone = new double[n], destroyed = [.. a];
            (_, double[] values) = Decompose(a, n);
            SymmetricEigendecomposition.Eigenvalues(destroyed, n, alone);
            Tolerance.Equal<double>(values, alone, 8 * n * Epsilon * Norm(a, n) + 1e-320, $"{family}, order {n}");
        }
    }

    [Theory]
    [InlineData("random", 300)]
    [InlineData("clustered 1e-8", 530)]
    [InlineData("glued", 420)]
    public void ThreadsChangeNoBit(string family, int n)
    {
        double[] a = SpectrumCase.Of(family, n);
        (double[] vectors, double[] values) = Decompose(a, n, 1);
        foreach (int threads in (int[])[2, 3, 0])
        {
            (double[] otherVectors, double[] otherValues) = Decompose(a, n, threads);
            Tolerance.SameBits<double>(values, otherValues, $"eigenvalues, {threads} threads");
            Tolerance.SameBits<double>(vectors, otherVectors, $"eigenvectors, {threads} threads");
        }
    }

    [Fact]
    public void LowRankLeavesZeroEigenvaluesAtRounding()
    {
        const int N = 200, Rank = 10;
        double[] a = SpectrumCase.Of("gram", N);
        (_, double[] values) = Decompose(a, N);
        for (int k = Rank; k < N; k++) Tolerance.Equal(0, values[k], 8 * Epsilon * values[0], $"eigenvalue {k}");
        Assert.True(values[Rank - 1] > 0.1 * values[0]);
    }

    [Fact]
    public void LaplaciansEigenvaluesAreKnown()
    {
        const int N = 257;
        (_, double[] values) = Decompose(SpectrumCase.Of("laplacian", N), N);
        double[] expected = [.. Enumerable.Range(0, N).Select(k => 4 * Math.Pow(Math.Sin(Math.PI * (N - k) / (2.0 * (N + 1))), 2))];
        Tolerance.Equal<double>(expected, values, 64 * Epsilon, "eigenvalues");
    }

    [Fact]
    public void AnySpectrumIsFound()
    {
        // Values from a few sizes, repeated and nearly repeated.
        Gen<double[]> spectra =
            from n in Gen.Choose(1, 150)
            from exponents in Gen.Choose(-12, 0).ArrayOf(n)
            from digits in Gen.Choose(-3, 3).ArrayOf(n)
            from noise in Gen.Choose(0, 3).ArrayOf(n)
            select (double[])[.. Enumerable.Range(0, n).Select(i => digits[i] * Math.Pow(10, exponents[i]) * (1 + noise[i] * 1e-14))];
        PropertyRun.Check(spectra.ToArbitrary(), spectrum =>
        {
            int n = spectrum.Length;
            double[] a = SpectrumCase.WithSpectrum(spectrum, new Random(n));
            (double[] vectors, double[] values) = Decompose(a, n);
            HoldsIdentities(a, n, vectors, values, $"order {n}");
            Tolerance.Equal<double>(spectrum.OrderDescending().ToArray(), values, 16 * n * Epsilon * spectrum.Max(Math.Abs), "eigenvalues");
        });
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void WhatIsNotFiniteIsRefusedByName(double bad)
    {
        double[] a = SpectrumCase.Of("random", 40), values = new double[40];
        a[17 * 40 + 5] = bad;
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => SymmetricEigendecomposition.Decompose(a, 40, values));
        Assert.Contains("matrix[17, 5]", refusal.Message);
        Assert.Throws<ArgumentException>(() => SymmetricEigendecomposition.Eigenvalues(a, 40, values));
    }

    [Fact]
    public void ScratchGrowsAsItSays()
    {
        Assert.InRange(SymmetricEigendecomposition.ScratchBytes(4000), 12L * 4000 * 4000, 12L * 4000 * 4000 + 4200 * 4000);
        Assert.InRange(SymmetricEigendecomposition.ScratchBytes(1), 8, 8192);
    }
}
