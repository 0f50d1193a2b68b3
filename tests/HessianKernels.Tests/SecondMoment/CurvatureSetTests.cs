using HessianKernels.Conformance;
using HessianKernels.Dense;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.Krylov;
using HessianKernels.Tests.LanczosTests;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

public class CurvatureSetTests
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Phi^T S Phi / n = diag(lambda), eigenvalues descending, the traces agree.</summary>
    private static void AssertFunctionSpace(CurvatureSet set, FunctionSpace space, string what)
    {
        int m = space.Rank;
        Assert.Equal((set.Examples, set.Rows), (space.Examples, space.Rows));
        Assert.Equal(set.Examples * set.Rows * m, space.Factors.Length);
        Assert.Equal(set.IsPositiveSemidefinite, space.Signs.IsEmpty);
        for (int k = 1; k < m; k++) Assert.True(space.Eigenvalues[k - 1] >= space.Eigenvalues[k], $"{what}: not descending at {k}.");
        if (m == 0)
        {
            Assert.Equal(0, set.Trace);
            return;
        }

        Matrix<double> mean = DenseSet.Mean(DenseSet.Curvatures(space)), expected = Matrix<double>.Build.DiagonalOfDiagonalArray(space.Eigenvalues.ToArray());
        double scale = DenseSet.Factors(space).FrobeniusNorm() is var f ? f * f / set.Examples : 0;
        Tolerance.Equal<double>(expected.ToRowMajorArray(), mean.ToRowMajorArray(), 100 * m * Epsilon * scale, $"{what}: Phi^T Phi / n");
        Tolerance.Equal(set.Trace, space.Eigenvalues.ToArray().Sum(), 1e-12 * scale, $"{what}: trace");
    }

    [Fact]
    public void TheFunctionSpaceHasTheGramMatrixOfTheFactors() => PropertyRun.Check(CurvatureCase.All, c =>
    {
        CurvatureSet set = c.Set();
        FunctionSpace space = set.Reduce();
        AssertFunctionSpace(set, space, c.ToString());
        Matrix<double> f = Matrix<double>.Build.DenseOfRowMajor(c.Examples * c.Rows, c.Parameters, c.Factors()), gram = f.TransposeAndMultiply(f);
        if (space.Rank == 0)
        {
            Assert.Equal(0, gram.Trace());
            return;
        }

        Matrix<double> phi = DenseSet.Factors(space);
        Tolerance.Equal<double>(gram.ToRowMajorArray(), phi.TransposeAndMultiply(phi).ToRowMajorArray(), 1e-13 * gram.Trace(), "Phi Phi^T");
        Tolerance.Equal<double>(
            DenseSet.Spectrum(DenseSet.Mean(c.Hessians()))[..space.Rank], space.Eigenvalues, 1e-13 * gram.Trace() / c.Examples, "eigenvalues");
    });

    [Fact]
    public void FactorsDenseHessiansAndGramGiveOneSpace() => PropertyRun.Check(CurvatureCase.Ordinary, c =>
    {
        FunctionSpace space = c.Set().Reduce();
        Matrix<double>[] hessians = c.Hessians();
        CurvatureSet dense = CurvatureSet.FromHessians<double>(DenseSet.Flat(hessians), c.Examples, c.Parameters);
        Assert.True(dense.IsPositiveSemidefinite);
        FunctionSpace other = dense.Reduce();
        AssertFunctionSpace(dense, other, "dense");
        double norm = space.Rank == 0 ? 0 : space.Eigenvalues[0];
        Tolerance.Equal(space.Eigenvalues, other.Eigenvalues, 1e-12 * norm, "eigenvalues of the dense Hessians");
        for (int i = 0; i < c.Examples && space.Rank > 0; i++)
        {
            for (int j = 0; j < c.Examples; j++)
            {
                // The factors of H_i are known up to an orthogonal change of rows, so that tr(H_i H_j) = ||Phi_i Phi_j^T||^2 is what is the same.
                double expected = hessians[i].TransposeThisAndMultiply(hessians[j]).Trace();
                foreach (FunctionSpace s in (FunctionSpace[])[space, other])
                {
                    double found = Math.Pow(DenseSet.Block(s, i).TransposeAndMultiply(DenseSet.Block(s, j)).FrobeniusNorm(), 2);
                    Tolerance.Equal(expected, found, 1e-11 * c.Examples * norm * c.Examples * norm, $"tr(H_{i} H_{j})");
                }
            }
        }

        Matrix<double> f = Matrix<double>.Build.DenseOfRowMajor(c.Examples * c.Rows, c.Parameters, c.Factors());
        CurvatureSet ofGram = CurvatureSet.FromGram<double>(Symmetric(f.TransposeAndMultiply(f)), c.Examples, c.Rows);
        FunctionSpace fromGram = ofGram.Reduce();
        AssertFunctionSpace(ofGram, fromGram, "Gram");
        Tolerance.Equal(space.Eigenvalues, fromGram.Eigenvalues, 1e-12 * norm, "eigenvalues of the Gram matrix");
        if (space.Rank == 0) return;
        Matrix<double> phi = DenseSet.Factors(space), psi = DenseSet.Factors(fromGram);
        Tolerance.Equal<double>(
            phi.TransposeAndMultiply(phi).ToRowMajorArray(), psi.TransposeAndMultiply(psi).ToRowMajorArray(), 1e-12 * c.Examples * norm, "Phi Phi^T");
    });

    private static double[] Symmetric(Matrix<double> a) => ((a + a.Transpose()) / 2).ToRowMajorArray();

    [Fact]
    public void ChangesOfExamplesOrderAndBasisChangeNothing() => PropertyRun.Check(CurvatureCase.Ordinary, c =>
    {
        FunctionSpace space = c.Set().Reduce();
        Random random = new(c.Seed + 1);
        int[] order = [.. Enumerable.Range(0, c.Examples)];
        random.Shuffle(order);
        Matrix<double> turn = Matrix<double>.Build.Dense(c.Parameters, c.Parameters, (_, _) => SymmetricMatrix.Normal(random)).QR().Q;
        Matrix<double> f = Matrix<double>.Build.DenseOfRowMajor(c.Examples * c.Rows, c.Parameters, c.Factors()) * turn;
        double[] moved = [.. order.SelectMany(i => f.SubMatrix(i * c.Rows, c.Rows, 0, c.Parameters).ToRowMajorArray())];
        FunctionSpace other = CurvatureSet.FromFactors<double>(moved, c.Examples, c.Rows, c.Parameters).Reduce();
        Tolerance.Equal(space.Eigenvalues, other.Eigenvalues, 1e-12 * (space.Rank == 0 ? 0 : space.Eigenvalues[0]), "eigenvalues");
    });

    [Theory]
    [InlineData(6, 2, 40)]
    [InlineData(40, 1, 7)]
    [InlineData(5, 3, 15)]
    public void FloatsAreTakenAsTheDoublesTheyAre(int n, int r, int d)
    {
        float[] singles = Operators.Matrices.Random<float>(n * r * d, 3);
        double[] doubles = Array.ConvertAll(singles, x => (double)x);
        FunctionSpace a = CurvatureSet.FromFactors<float>(singles, n, r, d).Reduce(), b = CurvatureSet.FromFactors<double>(doubles, n, r, d).Reduce();
        Assert.Equal(Math.Min(n * r, d), a.Rank);
        Tolerance.SameBits(b.Eigenvalues, a.Eigenvalues, "eigenvalues");
        Tolerance.SameBits(b.Factors, a.Factors, "Phi");
    }

    [Theory]
    [InlineData(4, 500_001)]
    [InlineData(500_001, 4)]
    public void FactorsOfSeveralBlocksAddUp(int rows, int columns)
    {
        float[] singles = Operators.Matrices.Random<float>(rows * columns, 8);
        double[] doubles = Array.ConvertAll(singles, x => (double)x);
        Matrix<double> f = Matrix<double>.Build.DenseOfRowMajor(rows, columns, doubles);
        double[] expected = DenseSet.Spectrum((rows < columns ? f.TransposeAndMultiply(f) : f.TransposeThisAndMultiply(f)) / rows);
        List<double> seen = [];
        FunctionSpace a = CurvatureSet.FromJacobian<double>(doubles, rows, columns).Reduce(progress: new Now(seen.Add));
        FunctionSpace b = CurvatureSet.FromJacobian<float>(singles, rows, columns).Reduce();
        Assert.True(seen.Count > 1 && seen[^1] == 1);
        Tolerance.Equal<double>(expected, a.Eigenvalues, 1e-12 * expected[0], "eigenvalues");
        Tolerance.SameBits(a.Eigenvalues, b.Eigenvalues, "eigenvalues of floats");
        Tolerance.SameBits(a.Factors, b.Factors, "Phi of floats");
        // The rows of the last block: ||phi_i||^2 = ||j_i||^2.
        double[] last = a.Factors[^a.Rank..].ToArray();
        Tolerance.Equal(f.Row(rows - 1).DotProduct(f.Row(rows - 1)), Oracle.Dot(last, last).Value, 1e-12 * columns, "||phi||^2 of the last row");
        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(
            () => CurvatureSet.FromJacobian<double>(doubles, rows, columns).Reduce(progress: new Now(_ => source.Cancel()), cancellation: source.Token));
    }

    private sealed class Now(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }

    [Fact]
    public void ARankOneSetInFloatIsOfRankOneInEveryForm()
    {
        float[] j = [1.5f, -0.3f, 0.7f, 3f, -0.6f, 1.4f];
        Assert.Equal(1, CurvatureSet.FromJacobian<float>(j, 2, 3).Reduce(1e-6).Rank);
        float[] h = [.. Enumerable.Range(0, 2).SelectMany(i => Enumerable.Range(0, 9).Select(k => j[i * 3 + k / 3] * j[i * 3 + k % 3]))];
        CurvatureSet dense = CurvatureSet.FromHessians<float>(h, 2, 3);
        Assert.Equal((1, true), (dense.Rows, dense.IsPositiveSemidefinite));
        Assert.Equal(1, dense.Reduce().Rank);
    }

    [Fact]
    public void ThreadsChangeNoBit()
    {
        double[] f = Operators.Matrices.Random<double>(30 * 2 * 3000, 5);
        foreach ((int n, int d) in ((int, int)[])[(30, 3000), (3000, 30)])
        {
            FunctionSpace one = CurvatureSet.FromFactors<double>(f, n, 2, d).Reduce(threads: 1), four = CurvatureSet.FromFactors<double>(f, n, 2, d).Reduce(threads: 4);
            Tolerance.SameBits(one.Eigenvalues, four.Eigenvalues, "eigenvalues");
            Tolerance.SameBits(one.Factors, four.Factors, "Phi");
        }
    }

    [Fact]
    public void ClusteredEigenvaluesKeepTheIdentity()
    {
        // 12 orthonormal rows: one eigenvalue, 12 times; then 30 rows in 12 dimensions with the mean of squares 1 in each.
        double[] q = Operators.Matrices.Orthonormal<double>(1, 12, 40);
        CurvatureSet wide = CurvatureSet.FromJacobian<double>(q, 12, 40), tall = CurvatureSet.FromJacobian<double>(Oracle.Transpose(q, 12, 40), 40, 12);
        foreach (CurvatureSet set in (CurvatureSet[])[wide, tall])
        {
            FunctionSpace space = set.Reduce();
            Assert.Equal(12, space.Rank);
            AssertFunctionSpace(set, space, "clustered");
        }
    }

    [Theory]
    [InlineData(7, 3, 9)]
    [InlineData(9, 4, 3)]
    public void LogitHessiansWeighTheOutputs(int n, int c, int d)
    {
        Random random = new(11);
        double[] j = Operators.Matrices.Random<double>(n * c * d, 1), s = new double[n * c * c];
        Matrix<double>[] expected = new Matrix<double>[n];
        for (int i = 0; i < n; i++)
        {
            double[] p = [.. Enumerable.Range(0, c).Select(_ => random.NextDouble() + 0.01)];
            double sum = p.Sum();
            for (int a = 0; a < c; a++)
                for (int b = 0; b < c; b++) s[(i * c + a) * c + b] = (a == b ? p[a] / sum : 0) - p[a] * p[b] / sum / sum;
            Matrix<double> ji = Matrix<double>.Build.DenseOfRowMajor(c, d, j[(i * c * d)..((i + 1) * c * d)]);
            expected[i] = ji.TransposeThisAndMultiply(Matrix<double>.Build.DenseOfRowMajor(c, c, s[(i * c * c)..((i + 1) * c * c)])) * ji;
        }

        CurvatureSet set = CurvatureSet.FromLogitHessians<double>(j, s, n, c, d);
        Assert.Equal(c - 1, set.Rows);
        FunctionSpace space = set.Reduce();
        AssertFunctionSpace(set, space, "logits");
        double[] spectrum = DenseSet.Spectrum(DenseSet.Mean(expected));
        Tolerance.Equal<double>(spectrum[..space.Rank], space.Eigenvalues, 1e-13 * spectrum[0], "eigenvalues");
        Matrix<double>[] found = DenseSet.Curvatures(space);
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++)
                Tolerance.Equal((expected[i] * expected[k]).Trace(), (found[i] * found[k]).Trace(), 1e-12, $"tr(H_{i} H_{k})");
    }

    [Fact]
    public void AnIndefiniteExampleIsNamedAndItsSignsAreCarried()
    {
        double[] h = Operators.Matrices.Symmetric<double>(4, 5, 8);
        // The first two examples are semidefinite.
        for (int i = 0; i < 2; i++)
        {
            Matrix<double> a = Matrix<double>.Build.DenseOfRowMajor(5, 5, h[(i * 25)..((i + 1) * 25)]);
            Symmetric(a.TransposeThisAndMultiply(a)).CopyTo(h, i * 25);
        }

        CurvatureSet set = CurvatureSet.FromHessians<double>(h, 4, 5);
        Matrix<double>[] expected = [.. Enumerable.Range(0, 4).Select(i => Matrix<double>.Build.DenseOfRowMajor(5, 5, h[(i * 25)..((i + 1) * 25)]))];
        Assert.False(set.IsPositiveSemidefinite);
        Assert.Equal(2, set.Indefinite!.Value.Index);
        Tolerance.Equal(DenseSet.Spectrum(expected[2])[^1], set.Indefinite.Value.LowestEigenvalue, 1e-14, "lowest eigenvalue");
        FunctionSpace space = set.Reduce();
        AssertFunctionSpace(set, space, "indefinite");
        Assert.Equal(5, space.Rank);
        Tolerance.Equal<double>(DenseSet.Spectrum(DenseSet.Mean(expected)), space.Eigenvalues, 1e-13, "eigenvalues");
        Matrix<double>[] found = DenseSet.Curvatures(space);
        for (int i = 0; i < 4; i++)
        {
            Tolerance.Equal<double>(DenseSet.Spectrum(expected[i]), DenseSet.Spectrum(found[i]), 1e-13, $"spectrum of H_{i}");
            for (int k = 0; k < 4; k++) Tolerance.Equal((expected[i] * expected[k]).Trace(), (found[i] * found[k]).Trace(), 1e-12, $"tr(H_{i} H_{k})");
        }
    }

    [Fact]
    public void CurvaturesThatCancelInTheMeanStayInTheSpace()
    {
        // H_0 = -H_1 = e_0 e_0^T in three dimensions: H = 0, and one direction in which the examples are not.
        double[] h = new double[18];
        (h[0], h[9]) = (2, -2);
        FunctionSpace space = CurvatureSet.FromHessians<double>(h, 2, 3).Reduce();
        Assert.Equal(1, space.Rank);
        Assert.Equal(0, space.Eigenvalues[0], 1e-15);
        Assert.Equal([1, -1], space.Signs.ToArray());
        Tolerance.Equal<double>([2, 2], [.. space.Factors.ToArray().Select(x => x * x)], 1e-14, "squares of Phi");
    }

    [Fact]
    public void ASetOfZerosHasRankZero()
    {
        foreach (CurvatureSet set in (CurvatureSet[])[
            CurvatureSet.FromJacobian<double>(new double[12], 3, 4), CurvatureSet.FromJacobian<float>(new float[12], 4, 3), CurvatureSet.FromHessians<double>(new double[12], 3, 2),
            CurvatureSet.FromGram<double>(new double[16], 2, 2), CurvatureSet.FromLogitHessians<double>(new double[12], new double[12], 3, 2, 2)])
        {
            FunctionSpace space = set.Reduce();
            Assert.Equal((0, 0, 0.0), (space.Rank, space.Factors.Length, set.Trace));
            Assert.True(set.Rows >= 1 && set.IsPositiveSemidefinite);
        }
    }

    [Fact]
    public void TheRankToleranceIsAShareOfTheLargestEigenvalue()
    {
        double[] j = [1, 0, 0, 0, 1e-3, 0, 0, 0, 1e-5];
        CurvatureSet set = CurvatureSet.FromJacobian<double>(j, 3, 3);
        Assert.Equal(3, set.Reduce().Rank);
        Assert.Equal(2, set.Reduce(1.01e-10).Rank);
        Assert.Equal(1, set.Reduce(1.01e-6).Rank);
        Assert.Contains("rankTolerance", Assert.Throws<ArgumentOutOfRangeException>(() => set.Reduce(1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Reduce(double.NaN));
    }

    [Fact]
    public void PiecesAddUpToTheSet()
    {
        const int n = 5, r = 2, d = 23;
        double[] f = Operators.Matrices.Random<double>(n * r * d, 4);
        FunctionSpace expected = CurvatureSet.FromFactors<double>(f, n, r, d).Reduce();
        GramAccumulator gram = new(n, r);
        for (int at = 0, step = 1; at < d; at += step++)
        {
            step = Math.Min(step, d - at);
            double[] block = [.. Enumerable.Range(0, n * r).SelectMany(i => f[(i * d + at)..(i * d + at + step)])];
            if (step % 2 == 0) gram.Add<double>(block, step);
            else gram.AddTransposed<double>(Oracle.Transpose(block, n * r, step), step);
        }

        Assert.Equal(d, gram.Columns);
        CurvatureSet set = gram.ToCurvatureSet();
        Assert.Equal(d, set.Parameters);
        FunctionSpace found = set.Reduce();
        Tolerance.Equal(expected.Eigenvalues, found.Eigenvalues, 1e-13 * expected.Eigenvalues[0], "eigenvalues");
        AssertFunctionSpace(set, found, "pieces");
        Assert.Throws<InvalidOperationException>(() => gram.Add<double>(new double[n * r], 1));
        Assert.Throws<InvalidOperationException>(() => gram.ToCurvatureSet());
        Assert.Throws<InvalidOperationException>(() => new GramAccumulator(2).ToCurvatureSet());
        Assert.Contains("Row 1 has NaN at column 0", Assert.Throws<ArgumentException>(() => new GramAccumulator(2).Add<float>([1, float.NaN], 1)).Message);
        Assert.Contains("Column 0 has NaN at row 1", Assert.Throws<ArgumentException>(() => new GramAccumulator(2).AddTransposed<float>([1, float.NaN], 1)).Message);
    }

    [Fact]
    public void BytesAreKnownBeforeTheyAreTaken()
    {
        Assert.Equal(8 * (2 * 100 * 100 + 100) + SymmetricEigendecomposition.ScratchBytes(100), CurvatureSet.RequiredBytes(50, 2, 2_000_000_000_000));
        Assert.Equal(8 * (3 * 3 + 100 * 3 + 3) + SymmetricEigendecomposition.ScratchBytes(3), CurvatureSet.RequiredBytes(50, 2, 3));
        Assert.Contains("parameters", Assert.Throws<ArgumentOutOfRangeException>(() => CurvatureSet.RequiredBytes(1, 1, 0)).Message);
    }
}
