using FsCheck;
using FsCheck.Fluent;
using HessianKernels.Krylov;
using HessianKernels.Spaces;
using MathNet.Numerics.LinearAlgebra;
using Xunit;
using static HessianKernels.Tests.Krylov.TestSpectra;

namespace HessianKernels.Tests.Krylov;

public class SubspaceTests
{
    /// <summary>Bases with the angles asked for, hidden in a random rotation of the space and of each basis.</summary>
    private static (double[] First, double[] Second) WithAngles(int seed, int n, params double[] angles)
    {
        int k = angles.Length;
        Matrix<double> u = Orthogonal(seed, n), left = u.SubMatrix(0, n, 0, k);
        Matrix<double> right = Matrix<double>.Build.Dense(n, k, (i, j) => Math.Cos(angles[j]) * u[i, j] + Math.Sin(angles[j]) * u[i, k + j]);
        return (Vectors(left * Orthogonal(seed + 1, k)), Vectors(right * Orthogonal(seed + 2, k)));
    }

    private static double[] Vectors(Matrix<double> columns) => columns.ToColumnMajorArray();

    [Theory]
    [InlineData(1e-12, 1e-12)]
    [InlineData(1e-12, 1.2)]
    [InlineData(1e-9, 1e-3)]
    [InlineData(0.3, 1.5)]
    [InlineData(0.785, 0.786)]
    [InlineData(1.5707, 1.570796)]
    public void AnglesAreRecoveredSmallAndLarge(double small, double large)
    {
        (double[] v, double[] w) = WithAngles(1, 30, small, large);
        PrincipalAngles angles = Subspaces.Compare<double>(v, w, 30);
        AssertClose(small, angles.Angles[0], 1e-3 * Math.Min(small, 1e-9) + (small > 1e-6 ? 1e-14 : 0), "small");
        AssertClose(large, angles.Angles[1], 1e-3 * Math.Min(large, 1e-9) + (large > 1e-6 ? 1e-14 : 0), "large");
        Assert.InRange(angles.FirstOrthogonality, 0, 1e-14);
    }

    [Fact]
    public void TheSameSubspaceIsAtDistanceZeroWhateverItsBasis()
    {
        Matrix<double> u = Orthogonal(3, 40).SubMatrix(0, 40, 0, 5);
        double[] v = Vectors(u);
        foreach (double[] w in new[] { v, Vectors(-u), Vectors(u * Orthogonal(4, 5)) })
        {
            PrincipalAngles angles = Subspaces.Compare<double>(v, w, 40);
            Assert.InRange(angles.Angles[^1], 0, 1e-15);
            foreach (SubspaceDistance distance in Enum.GetValues<SubspaceDistance>()) Assert.InRange(angles.Distance(distance), 0, 3e-15);
        }
    }

    [Fact]
    public void ABasisNotQuiteOfNormOneTurnsNothing()
    {
        double[] v = [.. Vectors(Orthogonal(3, 40).SubMatrix(0, 40, 0, 3)).Select(x => x * (1 + 1e-9))];
        PrincipalAngles angles = Subspaces.Compare<double>(v, v, 40);
        Assert.InRange(angles.FirstOrthogonality, 3e-9, 4e-9);
        Assert.InRange(angles.Angles[^1], 0, 1e-15);
    }

    [Fact]
    public void OrthogonalSubspacesAreAtTheLargestDistances()
    {
        Matrix<double> u = Orthogonal(5, 9);
        PrincipalAngles angles = Subspaces.Compare<double>(Vectors(u.SubMatrix(0, 9, 0, 2)), Vectors(u.SubMatrix(0, 9, 2, 2)), 9);
        double right = Math.PI / 2;
        foreach ((SubspaceDistance distance, double expected) in new[]
        {
            (SubspaceDistance.Geodesic, right * Math.Sqrt(2)), (SubspaceDistance.Chordal, Math.Sqrt(2)), (SubspaceDistance.Projection, 1),
            (SubspaceDistance.FubiniStudy, right), (SubspaceDistance.BinetCauchy, 1), (SubspaceDistance.Asimov, right),
            (SubspaceDistance.Procrustes, 2), (SubspaceDistance.Spectral, Math.Sqrt(2)),
        })
            AssertClose(expected, angles.Distance(distance), 1e-14, $"{distance}");
        double[] e1 = [1, 0, 0], e2 = [0, 1, 0];
        PrincipalAngles axes = Subspaces.Compare<double>(e1, e2, 3);
        Assert.Equal(right, axes.Angles[0]);
        Assert.Equal(double.PositiveInfinity, axes.Distance(SubspaceDistance.Martin));
    }

    [Fact]
    public void DistancesAreThoseOfTheProjectorsAndOfTheDefinition()
    {
        (double[] v, double[] w) = WithAngles(6, 20, 0.2, 0.7, 1.1);
        PrincipalAngles angles = Subspaces.Compare<double>(v, w, 20);
        Matrix<double> a = Matrix<double>.Build.Dense(20, 3, v), b = Matrix<double>.Build.Dense(20, 3, w), difference = a * a.Transpose() - b * b.Transpose();
        AssertClose(difference.FrobeniusNorm() / Math.Sqrt(2), angles.Distance(SubspaceDistance.Chordal), 1e-13);
        AssertClose(difference.L2Norm(), angles.Distance(SubspaceDistance.Projection), 1e-13);
        double determinant = Math.Abs((a.Transpose() * b).Determinant());
        AssertClose(Math.Acos(determinant), angles.Distance(SubspaceDistance.FubiniStudy), 1e-13);
        AssertClose(Math.Sqrt(1 - determinant * determinant), angles.Distance(SubspaceDistance.BinetCauchy), 1e-13);
        AssertClose(Math.Sqrt(-2 * Math.Log(determinant)), angles.Distance(SubspaceDistance.Martin), 1e-13);
        AssertClose(Math.Sqrt(0.04 + 0.49 + 1.21), angles.Distance(SubspaceDistance.Geodesic), 1e-13);
        // The least ||A - B R||_F over rotations R: sqrt(2 (3 - sum of cosines)).
        AssertClose(Math.Sqrt(2 * (3 - Math.Cos(0.2) - Math.Cos(0.7) - Math.Cos(1.1))), angles.Distance(SubspaceDistance.Procrustes), 1e-13);
        AssertClose(2 * Math.Sin(0.55), angles.Distance(SubspaceDistance.Spectral), 1e-13);
        AssertClose(1.1, angles.Distance(SubspaceDistance.Asimov), 1e-13);
    }

    [Fact]
    public void EveryDistanceKeepsTinyAngles()
    {
        (double[] v, double[] w) = WithAngles(7, 25, 1e-11, 1e-11);
        PrincipalAngles angles = Subspaces.Compare<double>(v, w, 25);
        foreach (SubspaceDistance distance in Enum.GetValues<SubspaceDistance>())
        {
            bool ofTheLargest = distance is SubspaceDistance.Projection or SubspaceDistance.Asimov or SubspaceDistance.Spectral;
            AssertClose(1e-11 * (ofTheLargest ? 1 : Math.Sqrt(2)), angles.Distance(distance), 1e-14, $"{distance}");
        }
    }

    [Fact]
    public void DimensionsMayDiffer()
    {
        Matrix<double> u = Orthogonal(8, 12);
        double[] line = Vectors(u.SubMatrix(0, 12, 1, 1)), space = Vectors(u.SubMatrix(0, 12, 0, 4));
        foreach (PrincipalAngles angles in new[] { Subspaces.Compare<double>(line, space, 12), Subspaces.Compare<double>(space, line, 12) })
        {
            Assert.Equal(1, angles.Angles.Length);
            Assert.Equal(5, angles.FirstDimension + angles.SecondDimension);
            Assert.InRange(angles.Distance(SubspaceDistance.Geodesic), 0, 1e-15);
            AssertClose(Math.PI / 2 * Math.Sqrt(3), angles.Distance(SubspaceDistance.Geodesic, missingAsRightAngles: true), 1e-14);
            AssertClose(Math.Sqrt(3), angles.Distance(SubspaceDistance.Chordal, missingAsRightAngles: true), 1e-14);
            Assert.Equal(Math.PI / 2, angles.Distance(SubspaceDistance.Asimov, missingAsRightAngles: true));
            Assert.Equal(1, angles.Distance(SubspaceDistance.BinetCauchy, missingAsRightAngles: true));
        }
    }

    [Fact]
    public void SymmetricAndInvariantUnderRotation()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt>(), Gen.Choose(1, 5).ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), (seed, p, q) =>
        {
            const int N = 8;
            Matrix<double> v = Orthogonal(seed.Get, N).SubMatrix(0, N, 0, p), w = Orthogonal(seed.Get + 1, N).SubMatrix(0, N, 0, q), u = Orthogonal(seed.Get + 2, N);
            PrincipalAngles one = Subspaces.Compare<double>(Vectors(v), Vectors(w), N);
            PrincipalAngles swapped = Subspaces.Compare<double>(Vectors(w), Vectors(v), N);
            PrincipalAngles rotated = Subspaces.Compare<double>(Vectors(u * v), Vectors(u * w), N);
            return Enumerable.Range(0, Math.Min(p, q)).All(i =>
                Math.Abs(one.Angles[i] - swapped.Angles[i]) < 1e-13 && Math.Abs(one.Angles[i] - rotated.Angles[i]) < 1e-13);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void BasesAreCheckedAndOrthonormalisedOnRequest()
    {
        double[] crooked = [1, 0, 0, 0.5, 1, 0], plane = [1, 0, 0, 0, 1, 0];
        Assert.Contains("Orthonormalize", Assert.Throws<ArgumentException>(() => Subspaces.Compare<double>(crooked, plane, 3)).Message);
        Assert.Equal("second", Assert.Throws<ArgumentException>(() => Subspaces.Compare<double>(plane, crooked, 3)).ParamName);
        SubspaceOptions options = new() { Orthonormalize = true };
        Assert.InRange(Subspaces.Compare<double>(crooked, plane, 3, options).Angles[1], 0, 1e-15);
        PrincipalAngles dependent = Subspaces.Compare<double>([1, 1, 0, 2, 2, 0, 0, 0, 5], plane, 3, options);
        Assert.Equal((2, 2), (dependent.FirstDimension, dependent.SecondDimension));
        AssertClose(0, dependent.Angles[0], 1e-15);
        AssertClose(Math.PI / 2, dependent.Angles[1], 1e-15);
        Assert.Throws<ArgumentException>(() => Subspaces.Compare<double>([1, 0, 0], [1, 0], 3));
        Assert.Throws<ArgumentException>(() => Subspaces.Compare<double>([double.NaN, 0, 0], [1, 0, 0], 3));
        Assert.Throws<ArgumentException>(() => Subspaces.Compare<double>([], [1, 0, 0], 3));
        Assert.Throws<ArgumentException>(() => Subspaces.Compare<double>([1, 1], [1], 1));
    }

    [Fact]
    public void FloatIsComparedInDouble()
    {
        (double[] v, double[] w) = WithAngles(9, 30, 0.01, 0.9);
        PrincipalAngles angles = Subspaces.Compare<float>([.. v.Select(x => (float)x)], [.. w.Select(x => (float)x)], 30);
        AssertClose(0.01, angles.Angles[0], 1e-6);
        AssertClose(0.9, angles.Angles[1], 1e-6);
    }

    [Fact]
    public void SimilarityIsTheCosineOfLines()
    {
        Assert.Equal(1, Subspaces.AbsoluteSimilarity<double>([3, 4], [-6, -8]), 15);
        Assert.Equal(0.6, Subspaces.AbsoluteSimilarity<float>([5, 0], [3, 4]), 7);
        Assert.Equal(0, Subspaces.AbsoluteSimilarity<double>([1e-200, 0], [0, 1e200]));
        Assert.True(double.IsNaN(Subspaces.AbsoluteSimilarity<double>([0, 0], [1, 0])));
        Assert.Throws<ArgumentException>(() => Subspaces.AbsoluteSimilarity<double>([1], [1, 2]));
    }

    [Fact]
    public void BatchedIsAloneBitForBit()
    {
        const int N = 12, P = 3, Q = 2, Items = 3;
        double[][] first = [.. Enumerable.Range(0, Items).Select(b => Vectors(Orthogonal(10 + b, N).SubMatrix(0, N, 0, P)))];
        double[][] second = [.. Enumerable.Range(0, Items).Select(b => Vectors(Orthogonal(20 + b, N).SubMatrix(0, N, 0, Q)))];
        CpuSpace<double> space = new(Items, N);
        double[] Stack(double[][] items, int count)
            => [.. Enumerable.Range(0, count).SelectMany(j => Enumerable.Range(0, Items).SelectMany(b => items[b].Skip(j * N).Take(N)))];
        double[] scratch = new double[SubspaceComparison<Span<double>, CpuSpace<double>>.Elements(Items, P)];
        PrincipalAngles[] batched = new SubspaceComparison<Span<double>, CpuSpace<double>>(space, P, scratch).Run(Stack(first, P), P, Stack(second, Q), Q, false);
        for (int b = 0; b < Items; b++)
        {
            PrincipalAngles alone = Subspaces.Compare<double>(first[b], second[b], N);
            AssertSameBits(alone.Angles, batched[b].Angles);
            Assert.Equal(alone.FirstOrthogonality, batched[b].FirstOrthogonality);
        }
    }

    [Fact]
    public void ThreadsChangeNoBit()
    {
        double[] v = RandomVector(1, 60000), w = RandomVector(2, 60000);
        ReadOnlySpan<double> one = Subspaces.Compare<double>(v, w, 20000, new() { Orthonormalize = true, Threads = 1 }).Angles;
        AssertSameBits(one, Subspaces.Compare<double>(v, w, 20000, new() { Orthonormalize = true, Threads = 2 }).Angles);
        AssertSameBits(one, Subspaces.Compare<double>(v, w, 20000, new() { Orthonormalize = true, Threads = 3 }).Angles);
    }

    [Fact]
    public void JacobiFindsSingularValuesEvenOfBadlyScaledColumns()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt>(), Gen.Choose(1, 9).ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (seed, rows, count) =>
        {
            double[] columns = RandomVector(seed.Get, rows * count), values = new double[count];
            double[] expected = [.. Matrix<double>.Build.Dense(rows, count, (double[])columns.Clone()).Svd(false).S];
            OneSidedJacobi.SingularValues(columns, rows, values);
            return Enumerable.Range(0, count).All(i => Math.Abs(values[i] - (i < expected.Length ? expected[i] : 0)) < 1e-12);
        }).QuickCheckThrowOnFailure();

        // Columns 1e-20 apart in size: each singular value to the accuracy of its own column.
        Matrix<double> u = Orthogonal(1, 5);
        double[] graded = Vectors(u * Matrix<double>.Build.DenseOfDiagonalArray([1, 1e-5, 1e-10, 1e-15, 1e-20])), found = new double[5];
        OneSidedJacobi.SingularValues(graded, 5, found);
        for (int i = 0; i < 5; i++) AssertClose(1, found[i] / Math.Pow(1e-5, i), 1e-13);
    }
}
