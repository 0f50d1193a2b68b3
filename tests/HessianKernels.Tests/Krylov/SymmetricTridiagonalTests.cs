using HessianKernels.Conformance;
using HessianKernels.Krylov;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>Sturm counts and the implicit QL iteration, on matrices that are known to be hard.</summary>
public partial class SymmetricTridiagonalTests
{
    private const double Epsilon = Tridiagonal.Epsilon;

    public static TheoryData<string, int> Cases
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string family in Tridiagonal.Families)
                foreach (int n in (int[])[1, 2, 3, 8, 21, 22, 64])
                    data.Add(family, n);
            return data;
        }
    }

    private static int Count(Tridiagonal t, double shift) => SymmetricTridiagonal.CountBelow(t.Diagonal, t.OffDiagonal, shift);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheCountBetweenEigenvaluesIsTheirNumber(string family, int n)
    {
        Tridiagonal t = Tridiagonal.Of(family, n);
        double[] eigenvalues = t.Eigenvalues();
        double rounding = 4 * n * Epsilon * t.Scale + 1e-299;
        Assert.Equal(0, Count(t, eigenvalues[0] - rounding));
        Assert.Equal(n, Count(t, eigenvalues[^1] + rounding));
        for (int i = 0; i < n; i++)
        {
            // At an eigenvalue a count may say either; within rounding on its sides it may not.
            Assert.InRange(Count(t, eigenvalues[i] - rounding), 0, i);
            Assert.InRange(Count(t, eigenvalues[i] + rounding), i + 1, n);
            Assert.InRange(Count(t, eigenvalues[i]), eigenvalues.Count(value => value < eigenvalues[i] - rounding), eigenvalues.Count(value => value <= eigenvalues[i] + rounding));
            if (i + 1 < n && eigenvalues[i + 1] - eigenvalues[i] > 2 * rounding)
                Assert.Equal(i + 1, Count(t, 0.5 * eigenvalues[i] + 0.5 * eigenvalues[i + 1]));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheCountNeverFallsAsTheShiftRises(string family, int n)
    {
        Tridiagonal t = Tridiagonal.Of(family, n);
        Random random = new(1);
        IEnumerable<double> shifts = Enumerable.Range(0, 100).Select(_ => 3 * t.Scale * (2 * random.NextDouble() - 1));
        // Neighbouring numbers, across every eigenvalue.
        foreach (double eigenvalue in t.Eigenvalues())
        {
            double shift = eigenvalue;
            for (int i = 0; i < 10; i++) shift = Math.BitDecrement(shift);
            for (int i = 0; i < 20; i++) shifts = shifts.Append(shift = Math.BitIncrement(shift));
        }

        int before = 0;
        foreach (double shift in shifts.Order())
        {
            int count = Count(t, shift);
            Assert.True(count >= before, $"{before} below, then {count} below {shift:r}");
            before = count;
        }
    }

    [Fact]
    public void ZeroPivotsCountAsEitherSideOfZero()
    {
        // Pivots of T - I: 0, then infinite.
        Assert.Equal(1, Count(new([1, 1], [1]), 1));
        // Eigenvalues -1, 0 and 1 with every pivot zero in turn.
        Assert.Equal(1, Count(new([0, 0, 0], [Math.Sqrt(0.5), Math.Sqrt(0.5)]), -1e-15));
        Assert.Equal(2, Count(new([0, 0, 0], [Math.Sqrt(0.5), Math.Sqrt(0.5)]), 1e-15));
        Assert.Equal(3, Count(new([0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1]), 0));
        Assert.Equal(0, Count(new([5], []), 4.999));
        Assert.Equal(1, Count(new([5], []), 5.001));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DecomposesAllOfIt(string family, int n)
    {
        Tridiagonal t = Tridiagonal.Of(family, n);
        (Tridiagonal scaled, double unit) = t.ToUnit();
        double[] values = [.. t.Diagonal], offDiagonal = [.. t.OffDiagonal], vectors = Identity(n);
        Assert.True(SymmetricTridiagonal.Decompose(values, offDiagonal, vectors, n));

        Tolerance.Equal<double>(t.Eigenvalues(), values.Order().ToArray(), 4 * n * Epsilon * t.Scale, "eigenvalues");
        Matrix<double> v = Matrix<double>.Build.Dense(n, n, vectors), d = Matrix<double>.Build.DiagonalOfDiagonalArray([.. values.Select(value => value / unit)]);
        double orthogonality = (v.TransposeThisAndMultiply(v) - Matrix<double>.Build.DenseIdentity(n)).FrobeniusNorm();
        Assert.True(orthogonality <= 10 * n * Epsilon, $"||V^T V - I|| = {orthogonality}");
        double residual = (scaled.Dense() * v - v * d).FrobeniusNorm();
        Assert.True(residual <= 10 * n * Epsilon * scaled.Scale, $"||T V - V D|| = {residual}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ARowAloneIsThatRowOfTheWhole(string family, int n)
    {
        Tridiagonal t = Tridiagonal.Of(family, n);
        double[] expectedValues = [.. t.Diagonal], vectors = Identity(n);
        Assert.True(SymmetricTridiagonal.Decompose(expectedValues, [.. t.OffDiagonal], vectors, n));
        foreach (int[] rows in (int[][])[[], [n - 1], [0], [0, n - 1], [n - 1, n / 2, 0]])
        {
            double[] values = [.. t.Diagonal], some = new double[rows.Length * n];
            for (int r = 0; r < rows.Length; r++) some[rows[r] * rows.Length + r] = 1;
            Assert.True(SymmetricTridiagonal.Decompose(values, [.. t.OffDiagonal], some, rows.Length));
            Tolerance.SameBits<double>(expectedValues, values, "eigenvalues");
            double[] expected = [.. Enumerable.Range(0, n).SelectMany(column => rows.Select(row => vectors[column * n + row]))];
            Tolerance.SameBits<double>(expected, some, $"rows {string.Join(", ", rows)}");
        }
    }

    [Fact]
    public void EigenvaluesStayWithinTheirPart()
    {
        // Two parts with values far apart, the lower one first: sorting would mix them.
        double[] values = [5, 6, 7, -3, -2], vectors = Identity(5);
        Assert.True(SymmetricTridiagonal.Decompose(values, [0.5, 0.25, 0, 0.75], vectors, 5));
        Assert.All(values[..3], value => Assert.InRange(value, 4, 8));
        Assert.All(values[3..], value => Assert.InRange(value, -4, -1));
        for (int column = 0; column < 5; column++)
            for (int row = 0; row < 5; row++)
                if (column < 3 != row < 3) Assert.Equal(0, vectors[column * 5 + row]);
    }

    [Fact]
    public void WilkinsonsPairIsToldApart()
    {
        Tridiagonal t = Tridiagonal.Of("wilkinson", 21);
        double[] values = [.. t.Diagonal];
        SymmetricTridiagonal.Decompose(values, [.. t.OffDiagonal], [], 0);
        Array.Sort(values);
        // Wilkinson, The Algebraic Eigenvalue Problem, 5.45: 10.746 194 182 903 393 and 10.746 194 182 903 322.
        Tolerance.Equal(10.746194182903322, values[19], 1e-14);
        Tolerance.Equal(10.746194182903393, values[20], 1e-14);
        Assert.Equal(20, Count(t, 10.746194182903357));
    }

    [Fact]
    public void WhatIsNotFiniteIsRefused()
    {
        foreach (double bad in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            Assert.False(SymmetricTridiagonal.Decompose([1, bad, 2], [1, 1], [0, 0, 1], 1));
            Assert.False(SymmetricTridiagonal.Decompose([1, 1, 2], [bad, 1], [0, 0, 1], 1));
            Assert.False(double.IsFinite(SymmetricTridiagonal.Largest([1, bad, 2], [1, 1])));
        }
    }

    private static double[] Identity(int n)
    {
        double[] identity = new double[n * n];
        for (int i = 0; i < n; i++) identity[i * n + i] = 1;
        return identity;
    }
}
