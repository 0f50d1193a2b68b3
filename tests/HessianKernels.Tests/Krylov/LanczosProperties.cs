using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using HessianKernels.Tests.LanczosTests;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>What holds for every symmetric matrix, on random ones that shrink; P21 and P22 of MATHEMATICS 8 among it.</summary>
public class LanczosProperties
{
    private static LanczosOptions Options(MatrixCase c, double tolerance = 1e-10) => new() { Which = c.Which, Tolerance = tolerance, Seed = (ulong)c.Seed };

    private static LanczosResult<T> Solve<T>(double[] a, MatrixCase c, double? tolerance = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Lanczos.TopK<T>(SymmetricMatrix.To<T>(a), c.Order, c.Wanted, Options(c, tolerance ?? ToleranceOf<T>()));

    private static double ToleranceOf<T>() => typeof(T) == typeof(float) ? 1e-5 : 1e-10;

    /// <summary>
    /// Values of equal magnitude may come in either order, so magnitudes are what is compared where they are what is wanted.
    /// </summary>
    private static double[] Comparable(IEnumerable<double> values, SpectrumEnd which)
        => [.. which == SpectrumEnd.LargestMagnitude ? values.Select(Math.Abs) : values];

    private static void AssertEigenvalues(double[] expected, double[] found, MatrixCase c, double bound, string what = "eigenvalues")
        => Tolerance.Equal<double>(Comparable(expected, c.Which), Comparable(found, c.Which), bound, what);

    /// <summary>
    /// In a cluster, as the small end of a graded matrix is to its norm, one start in some thousands is free enough of the outermost vector that a run
    /// converges to its neighbour. No residual tells.
    /// </summary>
    private static double Chance(MatrixCase c) => c.Family is MatrixFamily.Clustered or MatrixFamily.Graded ? 3e-8 : 0;

    [Fact]
    public void AgreesWithADenseSolverInDouble() => PropertyRun.Check(MatrixCase.All, Agrees<double>);

    [Fact]
    public void AgreesWithADenseSolverInFloat() => PropertyRun.Check(MatrixCase.All, Agrees<float>);

    private static void Agrees<T>(MatrixCase c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] a = c.Elements(single: typeof(T) == typeof(float));
        (double[] ascending, double norm) = MatrixCase.Spectrum(a, c.Order);
        LanczosResult<T> result = Solve<T>(a, c);
        Assert.True(result.Status == LanczosStatus.Converged, $"{result.Evidence}");
        AssertEigenvalues(SymmetricMatrix.Wanted(ascending, c.Wanted, c.Which), result.Eigenvalues, c, (2 * ToleranceOf<T>() + Chance(c)) * norm);
        Assert.InRange(result.Evidence.OperatorApplications, 1, 5 * c.Order + 20);
        Assert.InRange(result.Evidence.Orthogonality, 0, ToleranceOf<T>() / 2);
    }

    /// <summary>Multiple eigenvalues among them; not clusters, which a small basis tells apart in no time one would wait.</summary>
    [Fact]
    public void ABasisAsSmallAsMayBeFindsTheSame()
    {
        MatrixFamily[] families = [.. Enum.GetValues<MatrixFamily>().Except([MatrixFamily.Clustered, MatrixFamily.Graded])];
        PropertyRun.Check(MatrixCase.Of(families), c =>
        {
            double[] a = c.Elements();
            LanczosOptions options = Options(c) with { MaximumBasis = Math.Min(c.Order, c.Wanted + 3 + c.Seed % 4), MissProbability = 1e-6 };
            LanczosResult<double> result = Lanczos.TopK<double>(a, c.Order, c.Wanted, options);
            Assert.True(result.Status == LanczosStatus.Converged, $"{result.Evidence}");
            AssertEigenvalues(Solve<double>(a, c).Eigenvalues, result.Eigenvalues, c, 4e-10 * result.Evidence.OperatorNorm, $"{result.Evidence}");
        });
    }

    /// <summary>P21, in runs of every tolerance, and in runs cut short.</summary>
    [Fact]
    public void EnclosuresHoldAnEigenvalue() => PropertyRun.Check(MatrixCase.All, c =>
    {
        NoneIsEmpty<double>(c);
        NoneIsEmpty<float>(c);
    });

    private static void NoneIsEmpty<T>(MatrixCase c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] a = c.Elements(single: typeof(T) == typeof(float));
        (double[] ascending, double norm) = MatrixCase.Spectrum(a, c.Order);
        LanczosOptions options = Options(c, Math.Pow(10, -1 - c.Seed % 10)) with { MaximumApplications = 1 + c.Seed % 13 };
        LanczosResult<T> result = Lanczos.TopK<T>(SymmetricMatrix.To<T>(a), c.Order, c.Wanted, options);
        for (int i = 0; i < result.Evidence.Found; i++)
        {
            double nearest = ascending.Min(value => Math.Abs(value - result.Eigenvalues[i]));
            Assert.True(
                nearest <= result.EnclosureRadii[i] + c.OracleError * norm,
                $"{typeof(T).Name}: {result.Eigenvalues[i]:r} +- {result.EnclosureRadii[i]:g3} is empty, the nearest eigenvalue {nearest:g3} away");
        }
    }

    /// <summary>P22.</summary>
    [Fact]
    public void ABatchIsItsItemsAlone() => PropertyRun.Check(MatrixCase.All, c =>
    {
        BatchedIsAlone<double>(c);
        BatchedIsAlone<float>(c);
    });

    private static void BatchedIsAlone<T>(MatrixCase c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int n = c.Order, size = n * n;
        MatrixFamily[] families = [c.Family, MatrixFamily.RankDeficient, MatrixFamily.Diagonal, MatrixFamily.Clustered];
        T[] stack = [.. families.SelectMany((family, i) => SymmetricMatrix.To<T>((c with { Family = family, Seed = c.Seed + i }).Elements(typeof(T) == typeof(float))))];
        LanczosOptions options = Options(c, ToleranceOf<T>()) with { MaximumBasis = Math.Min(n, c.Wanted + 3 + c.Seed % 8), MaximumApplications = 200 };
        LanczosResult<T>[] each = Lanczos.TopKBatch<T>(stack, n, c.Wanted, options), inStep = Lanczos.TopKBatch(new InStep<T>(stack, n), c.Wanted, options);
        for (int b = 0; b < families.Length; b++)
        {
            LanczosResult<T> alone = Lanczos.TopK<T>(stack.AsSpan(b * size, size), n, c.Wanted, options);
            AssertSame(alone, each[b], $"item {b}");
            AssertSame(alone, inStep[b], $"item {b} in step");
        }
    }

    internal static void AssertSame<T>(LanczosResult<T> expected, LanczosResult<T> found, string what)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.True(expected.Evidence == found.Evidence, $"{what}: {expected.Evidence} and {found.Evidence}");
        Tolerance.SameBits<double>(expected.Eigenvalues, found.Eigenvalues, what);
        Tolerance.SameBits<T>(expected.Eigenvectors, found.Eigenvectors, what);
        Tolerance.SameBits<double>(expected.ResidualNorms, found.ResidualNorms, what);
        Tolerance.SameBits<double>(expected.EnclosureRadii, found.EnclosureRadii, what);
    }

    /// <summary>A run cut short after any number of products and resumed ends as if it never was.</summary>
    [Fact]
    public void AResumedRunIsOneNeverInterrupted() => PropertyRun.Check(MatrixCase.All, c =>
    {
        ResumedIsUninterrupted<double>(c);
        ResumedIsUninterrupted<float>(c);
    });

    private static void ResumedIsUninterrupted<T>(MatrixCase c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] a = SymmetricMatrix.To<T>(c.Elements(typeof(T) == typeof(float)));
        LanczosOptions options = Options(c, ToleranceOf<T>()) with { MaximumBasis = Math.Min(c.Order, c.Wanted + 3 + c.Seed % 8), MaximumApplications = 200, KeepCheckpoint = true };
        LanczosResult<T> expected = Lanczos.TopK<T>(a, c.Order, c.Wanted, options);
        LanczosResult<T> cut = Lanczos.TopK<T>(a, c.Order, c.Wanted, options with { MaximumApplications = 1 + c.Seed % 15 });
        if (cut.Checkpoint is { } checkpoint) AssertSame(expected, Lanczos.Resume<T>(a, checkpoint, options), $"from product {checkpoint.OperatorApplications}");
    }

    /// <summary>A stack that hides that its items can be had one at a time.</summary>
    internal sealed class InStep<T>(T[] matrices, int n) : ILinearOperator<Span<T>>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly DenseSymmetric<T> _matrices = new(matrices, n, threads: 1);

        public int Batch => _matrices.Batch;

        public int Length => n;

        public void Apply(Span<T> input, Span<T> output) => _matrices.Apply(input, output);
    }

    /// <summary>A + s I has the eigenvalues of A plus s, and what is largest stays largest.</summary>
    [Fact]
    public void AShiftShiftsEigenvalues() => PropertyRun.Check(MatrixCase.All, original =>
    {
        MatrixCase c = original.Which == SpectrumEnd.LargestMagnitude ? original with { Which = SpectrumEnd.BothEnds } : original;
        int n = c.Order;
        double[] a = c.Elements(), shifted = [.. a];
        double norm = MatrixCase.Spectrum(a, n).Norm, shift = (c.Seed % 21 - 10) / 4.0 * norm;
        for (int i = 0; i < n; i++) shifted[i * n + i] += shift;
        double[] expected = [.. Solve<double>(a, c).Eigenvalues.Select(value => value + shift)];
        AssertEigenvalues(expected, Solve<double>(shifted, c).Eigenvalues, c, (4e-10 + Chance(c)) * (norm + Math.Abs(shift)));
    });

    [Fact]
    public void AFactorMultipliesEigenvalues() => PropertyRun.Check(MatrixCase.All, c =>
    {
        double factor = 1 + c.Seed % 1000 / 7.0;
        double[] a = c.Elements();
        double norm = MatrixCase.Spectrum(a, c.Order).Norm;
        double[] expected = [.. Solve<double>(a, c).Eigenvalues.Select(value => factor * value)];
        AssertEigenvalues(expected, Solve<double>([.. a.Select(element => factor * element)], c).Eigenvalues, c, (4e-10 + Chance(c)) * factor * norm);
    });

    /// <summary>A power of 2 rounds nothing: the same steps, decisions and vectors, bit for bit.</summary>
    [Fact]
    public void APowerOfTwoChangesNoBitOfAnyVector()
    {
        PropertyRun.Check(MatrixCase.Of(MatrixFamily.Random, MatrixFamily.Semidefinite, MatrixFamily.RankDeficient, MatrixFamily.Clustered, MatrixFamily.Diagonal), c =>
        {
            double factor = Math.ScaleB(1, c.Seed % 81 - 40);
            double[] a = c.Elements();
            LanczosResult<double> expected = Solve<double>(a, c), found = Solve<double>([.. a.Select(element => factor * element)], c);
            Tolerance.SameBits<double>(expected.Eigenvectors, found.Eigenvectors, "vectors");
            Tolerance.SameBits<double>([.. expected.Eigenvalues.Select(value => factor * value)], found.Eigenvalues, "values");
            Tolerance.SameBits<double>([.. expected.EnclosureRadii.Select(value => factor * value)], found.EnclosureRadii, "radii");
            Assert.Equal(expected.Evidence with { OperatorNorm = 0 }, found.Evidence with { OperatorNorm = 0 });
        });
    }

    [Fact]
    public void ANegatedMatrixSwapsItsEnds() => PropertyRun.Check(MatrixCase.All, c =>
    {
        MatrixCase other = c with
        {
            Which = c.Which switch { SpectrumEnd.Largest => SpectrumEnd.Smallest, SpectrumEnd.Smallest => SpectrumEnd.Largest, _ => c.Which },
            // Of an odd number at both ends, the one in the middle is taken from the top.
            Wanted = c.Which == SpectrumEnd.BothEnds ? Math.Max(1, c.Wanted / 2) * 2 : c.Wanted,
        };
        if (other.Wanted > c.Order) other = other with { Wanted = c.Order, Which = SpectrumEnd.LargestMagnitude };
        MatrixCase same = other with { Which = other.Which == SpectrumEnd.Smallest ? SpectrumEnd.Largest : other.Which == SpectrumEnd.Largest ? SpectrumEnd.Smallest : other.Which };
        double[] a = c.Elements();
        double[] found = [.. Solve<double>([.. a.Select(element => -element)], other).Eigenvalues.Select(value => -value)];
        if (other.Which == SpectrumEnd.BothEnds) Array.Reverse(found);
        AssertEigenvalues(Solve<double>(a, same).Eigenvalues, found, other, (4e-10 + Chance(c)) * MatrixCase.Spectrum(a, c.Order).Norm);
    });

    [Fact]
    public void AnOrthogonalChangeOfBasisChangesNoEigenvalue() => PropertyRun.Check(MatrixCase.All, c =>
    {
        int n = c.Order;
        double[] a = c.Elements();
        Matrix<double> q = TestSpectra.Orthogonal(c.Seed + 1, n);
        double[] turned = MatrixCase.Symmetrised((q * Matrix<double>.Build.Dense(n, n, a) * q.Transpose()).ToRowMajorArray(), n);
        AssertEigenvalues(Solve<double>(a, c).Eigenvalues, Solve<double>(turned, c).Eigenvalues, c, (4e-10 + Chance(c)) * MatrixCase.Spectrum(a, n).Norm);
    });

    [Fact]
    public void KPairsAreTheFirstOfKPlusOne() => PropertyRun.Check(MatrixCase.All, original =>
    {
        // At both ends the pairs are not in the order in which they are wanted.
        MatrixCase c = original.Which == SpectrumEnd.BothEnds ? original with { Which = SpectrumEnd.Smallest } : original;
        if (c.Wanted == c.Order) return;
        double[] a = c.Elements();
        double[] more = Solve<double>(a, c with { Wanted = c.Wanted + 1 }).Eigenvalues;
        AssertEigenvalues(Solve<double>(a, c).Eigenvalues, more[..^1], c, (4e-10 + Chance(c)) * MatrixCase.Spectrum(a, c.Order).Norm);
    });

    /// <summary>Cauchy's interlacing: a Ritz value of every T lies between neighbours of the next, and of the matrix at its end.</summary>
    [Fact]
    public void SturmCountsOfGrowingTInterlace() => PropertyRun.Check(MatrixCase.All, c =>
    {
        int n = c.Order;
        double[] a = c.Elements();
        (double[] ascending, double norm) = MatrixCase.Spectrum(a, n);
        KrylovRun run = KrylovRun.OnCpu<double>(a, n, 1, n, [norm]);
        int order = Enumerable.Range(0, n).TakeWhile(j => run.BetaAt(j, 0) != 0).Count();
        order = Math.Min(n, order + 1);
        Random random = new(c.Seed);
        // Of the zero matrix a count at zero may say either.
        double rounding = 40 * n * Tridiagonal.Epsilon * norm + 1e-299;
        foreach (double shift in Enumerable.Range(0, 20).Select(_ => 1.2 * norm * (2 * random.NextDouble() - 1)).Concat(ascending))
        {
            int before = 0;
            for (int t = 1; t <= order; t++)
            {
                int count = Count(run.T(t), shift);
                Assert.True(count - before is 0 or 1, $"{before} of {t - 1}, then {count} of {t} below {shift:r}");
                // n - t of the matrix's eigenvalues at most are not seen by a T of order t.
                Assert.InRange(count, ascending.Count(value => value < shift - rounding) - (n - t), ascending.Count(value => value < shift + rounding));
                before = count;
            }
        }
    });

    private static int Count(Tridiagonal t, double shift) => SymmetricTridiagonal.CountBelow(t.Diagonal, t.OffDiagonal, shift);
}
