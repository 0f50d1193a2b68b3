using FsCheck;
using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.Krylov;
using HessianKernels.Tests.LanczosTests;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>P1 to P6, P8, P10, P18 to P20 and P23 of MATHEMATICS 8, on random sets, with every batch gone through as the oracle.</summary>
public class SecondMomentProperties
{
    private static readonly Arbitrary<EdgeCase> s_plain = EdgeCase.Of(SetFamily.Random, SetFamily.Repeated, SetFamily.Indefinite);

    /// <summary>A learning rate from far below to above the mean's threshold.</summary>
    private static double LearningRate(EdgeCase c, SmallSet set)
        => set.Space.Rank == 0 ? 0.3 : (0.02 + 2.2 * c.Share) / set.Space.Eigenvalues[0];

    /// <summary>The operator's matrix on packed vectors, row-major.</summary>
    private static double[] MatrixOf(SecondMomentOperator t)
    {
        int length = t.Length;
        double[] unit = new double[length], column = new double[length], matrix = new double[length * length];
        for (int j = 0; j < length; j++)
        {
            unit[j] = 1;
            t.Apply(unit, column);
            unit[j] = 0;
            for (int i = 0; i < length; i++) matrix[i * length + j] = column[i];
        }

        return matrix;
    }

    private static double[] Descending(double[] symmetric, int n) => [.. SymmetricMatrix.Spectrum(symmetric, n).Reverse()];

    private static Matrix<double> RandomSymmetric(Random random, int m)
    {
        Matrix<double> x = Matrix<double>.Build.DenseOfRowMajor(m, m, EdgeCase.Normals(random, m * m));
        return x + x.Transpose();
    }

    private static double[] Packed(Matrix<double> x)
    {
        double[] packed = new double[SecondMomentOperator.PackedLength(x.RowCount)];
        SecondMomentOperator.Pack(x.ToRowMajorArray(), x.RowCount, packed);
        return packed;
    }

    private static Matrix<double> Unpacked(double[] packed, int m)
    {
        double[] matrix = new double[m * m];
        SecondMomentOperator.Unpack(packed, m, matrix);
        return Matrix<double>.Build.DenseOfRowMajor(m, m, matrix);
    }

    /// <summary>P1.</summary>
    [Fact]
    public void AProductIsTheMeanOverEveryBatch() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        if (set.Space.Rank == 0) return;
        double eta = LearningRate(c, set);
        ParameterSpace space = new(c, set);
        Matrix<double> x = RandomSymmetric(new(c.Seed), set.Space.Rank);
        double[] found = new double[SecondMomentOperator.PackedLength(set.Space.Rank)];
        new SecondMomentOperator(set.Space, eta, c.Sampling).Apply(Packed(x), found);
        Matrix<double> expected = space.Range.Transpose() * space.Step(space.Range * x * space.Range.Transpose(), eta) * space.Range;
        double[] packed = Packed(expected);
        Tolerance.Equal<double>(packed, found, 1e-12 * (1 + packed.Max(Math.Abs)), "T(X)");
    });

    /// <summary>P6, and T the identity outside the range.</summary>
    [Fact]
    public void TheFunctionSpaceHasTheEigenvaluesOfParameterSpace() => PropertyRun.Check(EdgeCase.Semidefinite, c =>
    {
        SmallSet set = c.Set();
        int m = set.Space.Rank, d = set.Parameters;
        if (m == 0) return;
        double eta = LearningRate(c, set);
        ParameterSpace space = new(c, set);
        int length = SecondMomentOperator.PackedLength(d);
        double[] whole = new double[length * length], unit = new double[length];
        for (int j = 0; j < length; j++)
        {
            unit[j] = 1;
            double[] column = Packed(space.Step(Unpacked(unit, d), eta));
            unit[j] = 0;
            for (int i = 0; i < length; i++) whole[i * length + j] = column[i];
        }

        List<double> expected = [.. Descending(MatrixOf(new(set.Space, eta, c.Sampling)), SecondMomentOperator.PackedLength(m))];
        for (int outside = 0; outside < d - m; outside++)
        {
            foreach (double lambda in set.Space.Eigenvalues) expected.Add(1 - eta * lambda);
            for (int k = 0; k <= outside; k++) expected.Add(1);
        }

        double[] found = Descending(MatrixCase.Symmetrised(whole, length), length), sorted = [.. expected.OrderDescending()];
        Tolerance.Equal<double>(sorted, found, 1e-11 * (1 + sorted.Max(Math.Abs)), "eigenvalues");
    });

    /// <summary>P2.</summary>
    [Fact]
    public void IsSelfAdjointAndPositive() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        int m = set.Space.Rank;
        if (m == 0) return;
        SecondMomentOperator t = new(set.Space, LearningRate(c, set), c.Sampling);
        double[] matrix = MatrixOf(t);
        double norm = matrix.Max(Math.Abs);
        for (int i = 0; i < t.Length; i++)
            for (int j = 0; j < i; j++)
                Tolerance.Equal(matrix[i * t.Length + j], matrix[j * t.Length + i], 1e-13 * norm, $"<e{i}, T e{j}>");
        Matrix<double> root = Matrix<double>.Build.DenseOfRowMajor(m, 1, EdgeCase.Normals(new(c.Seed), m));
        double[] image = new double[t.Length];
        t.Apply(Packed(root * root.Transpose()), image);
        double least = Descending(Unpacked(image, m).ToRowMajorArray(), m)[^1];
        Assert.True(least >= -1e-12 * (norm + 1) * root.L2Norm() * root.L2Norm(), $"T(x x^T) has the eigenvalue {least}");
    });

    /// <summary>P3 and P4; the certificate holds what the dense T says.</summary>
    [Fact]
    public void TheCriticalLearningRateIsWhereTLeavesTheUnitInterval() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        CriticalLearningRate critical = CriticalLearningRate.Of(set.Space, c.Sampling);
        if (set.Space.Rank == 0)
        {
            Assert.Equal(double.PositiveInfinity, critical.Value);
            return;
        }

        Assert.Equal(LanczosStatus.Converged, critical.Evidence.Status);
        Assert.InRange(critical.Value, critical.Lower, critical.Upper);
        foreach (double share in (double[])[0.99, 1.01])
        {
            SecondMomentOperator t = new(set.Space, share * critical.Value, c.Sampling);
            double top = Descending(MatrixCase.Symmetrised(MatrixOf(t), t.Length), t.Length)[0];
            Assert.True(top < 1 == share < 1, $"lambda_max(T) = {top:G17} at {share} eta*");
            Tolerance.Equal(top, t.LargestEigenvalue().Value, 1e-9, "lambda_max(T)");
        }

        NoiseKernelNorms norms = NoiseKernel.Norms(set.Space, critical.Value, c.Sampling);
        if (c.Sampling.Kappa > 0) Tolerance.Equal(1, norms.Exact.Value, 1e-8, "K_exact at eta*");
        else Tolerance.Equal(2 / set.Space.Eigenvalues[0], critical.Value, 1e-12 * critical.Value, "eta* without noise");
    });

    /// <summary>K_exact is the top eigenvalue of its dense matrix, K_diag of its diagonal block.</summary>
    [Fact]
    public void TheNormsAreThoseOfTheDenseNoiseKernel() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        int m = set.Space.Rank;
        double eta = LearningRate(c, set), alpha = c.Sampling.Alpha;
        NoiseKernelNorms norms = NoiseKernel.Norms(set.Space, eta, c.Sampling);
        if (m == 0)
        {
            Assert.Equal((0.0, 0.0), (norms.Exact.Value, norms.Diagonal.Value));
            return;
        }

        double[] lambda = set.Space.Eigenvalues.ToArray();
        if (alpha * eta * lambda[0] >= 2)
        {
            foreach (double norm in (double[])[norms.Exact.Value, norms.Diagonal.Value, norms.HighDimensional])
                Assert.Equal(double.PositiveInfinity, norm);
            Assert.False(norms.Stable);
            return;
        }

        SecondMomentOperator t = new(set.Space, eta, c.Sampling);
        double[] kernel = MatrixOf(t), weights = new double[t.Length];
        List<int> diagonal = [];
        for (int a = 0, at = 0; a < m; a++)
        {
            for (int b = 0; b <= a; b++, at++) weights[at] = eta * (lambda[a] + lambda[b]) - alpha * eta * eta * lambda[a] * lambda[b];
            diagonal.Add(at - 1);
        }

        for (int i = 0; i < t.Length; i++)
            for (int j = 0; j < t.Length; j++)
                kernel[i * t.Length + j] = (kernel[i * t.Length + j] - (i == j ? 1 - weights[i] : 0)) / Math.Sqrt(weights[i] * weights[j]);
        double exact = Descending(MatrixCase.Symmetrised(kernel, t.Length), t.Length)[0];
        double[] block = [.. diagonal.SelectMany(i => diagonal.Select(j => kernel[i * t.Length + j]))];
        // What the subtraction of 1 leaves.
        double rounding = 1e-14 / weights.Min() + 1e-9;
        Tolerance.Equal(exact, norms.Exact.Value, rounding * Math.Max(1, exact), "K_exact");
        Tolerance.Equal(Descending(MatrixCase.Symmetrised(block, m), m)[0], norms.Diagonal.Value, rounding * Math.Max(1, exact), "K_diag");
    });

    /// <summary>P5.</summary>
    [Fact]
    public void TheEstimatesAreBelowTheExactNorm() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        NoiseKernelNorms norms = NoiseKernel.Norms(set.Space, LearningRate(c, set), c.Sampling);
        Assert.True(norms.Diagonal.Value <= norms.Exact.Value * (1 + 1e-9), $"{norms}");
        if (set.Space.Rows == 1) Assert.True(norms.HighDimensional <= norms.Diagonal.Value * (1 + 1e-9), $"{norms}");
    });

    /// <summary>P8: one direction seen by sigma of n examples.</summary>
    [Fact]
    public void TheSetOfTheoremTwoIsStableAsStated()
    {
        const int N = 12;
        const double Top = 2;
        for (int sigma = 1; sigma <= N; sigma++)
        {
            double[] factors = new double[N];
            for (int i = 0; i < sigma; i++) factors[i] = Math.Sqrt(Top * N / sigma);
            SmallSet set = SmallSet.FromFactors(factors, N, 1, 1);
            for (int b = 1; b <= N; b++)
            {
                double expected = 2.0 * sigma / Top / (sigma + (double)N / b - 1);
                double found = CriticalLearningRate.Of(set.Space, BatchSampling.Bernoulli(N, b)).Value;
                Tolerance.Equal(expected, found, 1e-12 * expected, $"eta* of sigma {sigma}, b {b}");
            }
        }
    }

    /// <summary>P10.</summary>
    [Fact]
    public void TheContractionIsAboveTheTopOfT() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        int m = set.Space.Rank;
        if (m == 0) return;
        double eta = LearningRate(c, set);
        Contraction contraction = Contraction.Of(set.Space, eta, c.Sampling);
        double top = new SecondMomentOperator(set.Space, eta, c.Sampling).LargestEigenvalue().Value;
        Assert.True(top <= contraction.Norm + 1e-9 * (1 + contraction.Norm),
            $"lambda_max(T) = {top:G17}, contraction {contraction.Norm:G17}");

        // E[J^2] is what a step makes of I.
        ParameterSpace space = new(c, set);
        Matrix<double> image = space.Range.Transpose() * space.Step(space.Range * space.Range.Transpose(), eta) * space.Range;
        double expected = Descending(MatrixCase.Symmetrised(image.ToRowMajorArray(), m), m)[0];
        Tolerance.Equal(expected, contraction.Norm, 1e-12 * (1 + expected), "contraction");
        Tolerance.Equal(expected - 1, contraction.Shifted, 1e-12 * (1 + expected), "shifted contraction");
    });

    /// <summary>P18.</summary>
    [Fact]
    public void TheCriticalLearningRateGrowsWithTheBatch() => PropertyRun.Check(EdgeCase.All, c =>
    {
        FunctionSpace space = c.Set().Space;
        double before = 0;
        for (int b = 1; b <= c.Examples; b++)
        {
            double now = CriticalLearningRate.Of(space, BatchSampling.WithoutReplacement(c.Examples, b)).Value;
            Assert.True(now >= before * (1 - 1e-9), $"eta* is {before:G17} for b = {b - 1} and {now:G17} for b = {b}");
            before = now;
        }
    });

    /// <summary>P19 and P20.</summary>
    [Fact]
    public void ScalePermutationAndBasisChangeNothing() => PropertyRun.Check(s_plain, c =>
    {
        SmallSet set = c.Set();
        int n = set.Examples, d = set.Parameters;
        double eta = LearningRate(c, set), scale = 0.37;
        Matrix<double> turn = Matrix<double>.Build.DenseOfRowMajor(d, d, EdgeCase.Normals(new(c.Seed + 2), d * d)).QR().Q;
        double[] other = new double[n * d * d];
        for (int i = 0; i < n; i++)
        {
            double[] weights = new double[n];
            weights[(i + 1) % n] = scale;
            MatrixCase.Symmetrised((turn * set.Combine(weights) * turn.Transpose()).ToRowMajorArray(), d).CopyTo(other, i * d * d);
        }

        FunctionSpace changed = SmallSet.FromHessians(other, n, d).Space;
        double critical = CriticalLearningRate.Of(set.Space, c.Sampling).Value;
        Tolerance.Equal(critical / scale, CriticalLearningRate.Of(changed, c.Sampling).Value, 1e-8 * critical / scale, "eta*");
        NoiseKernelNorms expected = NoiseKernel.Norms(set.Space, eta, c.Sampling), found = NoiseKernel.Norms(changed, eta / scale,
            c.Sampling);
        Tolerance.Equal(expected.Exact.Value, found.Exact.Value, 1e-8 * expected.Exact.Value, "K_exact");
        Tolerance.Equal(expected.Diagonal.Value, found.Diagonal.Value, 1e-7 * expected.Diagonal.Value, "K_diag");
        // The number of rows is another: what counts outputs as examples is compared without it.
        Tolerance.Equal(
            expected.Trace * set.Space.Rows, found.Trace * changed.Rows, 1e-10 * expected.Trace * set.Space.Rows, "K_tr");
    });

    /// <summary>P23.</summary>
    [Fact]
    public void TracesOfPowersAreNormsOfProducts() => PropertyRun.Check(EdgeCase.All, c =>
    {
        SmallSet set = c.Set();
        ParameterSpace space = new(c, set);
        double eta = LearningRate(c, set);
        int most = space.Batches <= 16 ? 3 : space.Batches <= 64 ? 2 : 1;
        double[] traces = SecondMomentTrace.Of(set.Space, eta, c.Sampling, most);
        Assert.Equal(most + 1, traces.Length);
        for (int k = 0; k <= most; k++)
        {
            double expected = space.ProductNorm(eta, k);
            // Elements of T are differences of numbers of order 1, whatever is left of them.
            Tolerance.Equal(expected, traces[k] + set.Parameters - set.Space.Rank, 1e-12 * (1 + expected), $"tr T^{k}(I)");
        }
    });
}
