using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

public sealed class GemmOfDouble : GemmTests<double>;

public sealed class GemmOfSingle : GemmTests<float>;

/// <summary>Every product that <see cref="Gemm"/> makes, against compensated dot products.</summary>
public abstract unsafe class GemmTests<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly int[] Threads = [1, 2, 3, 5];

    /// <summary>
    /// Small ones in all combinations; then the edges of tiles (8 rows, 24 or 48 columns), panels, blocks of the inner dimension (384 and 768),
    /// of rows (48 to 192), factors in place
    /// and packed (18 million products and more), and the inner dimension split.
    /// </summary>
    public static IEnumerable<(int M, int N, int K)> Shapes
    {
        get
        {
            int[] small = [1, 2, 3, 5, 8, 9, 16, 17, 24, 25];
            foreach (int m in small)
                foreach (int n in small)
                    foreach (int k in (int[])[1, 2, 7, 8, 9, 20])
                        yield return (m, n, k);
            (int, int, int)[] others =
            [
                (4, 31, 5), (12, 32, 33), (20, 33, 64), (7, 47, 40), (8, 48, 48), (9, 49, 17), (63, 64, 65), (64, 65, 63), (65, 72, 66), (66, 73, 67), (71, 95, 7), (73, 97, 8),
                (70, 33, 12), (140, 17, 9), (37, 9, 11), (16, 32, 30), (33, 16, 20), (32, 8, 50),
                (49, 96, 383), (96, 98, 384), (47, 121, 385), (40, 49, 768), (41, 50, 769), (20, 49, 1153), (200, 192, 13), (193, 193, 129), (131, 217, 300), (130, 49, 513), (400, 500, 33), (17, 1100, 9), (1100, 17, 9),
                (1, 1, 5000), (3, 5, 4000), (32, 32, 3001), (64, 64, 1500), (110, 110, 1030), (9, 70, 2000), (2000, 1, 3), (1, 2000, 3), (1, 300, 300), (300, 1, 300), (5, 8000, 2), (390, 260, 520),
                (300, 260, 270), (97, 500, 400), (160, 170, 800), (60, 850, 380), (30, 900, 790), (500, 90, 420),
            ];
            foreach ((int, int, int) shape in others) yield return shape;
        }
    }

    public static TheoryData<bool, bool> Transposes => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Transposes))]
    public void MultiplyIsRowsTimesColumns(bool transposeA, bool transposeB)
    {
        Random random = new(1);
        foreach ((int m, int n, int k) in Shapes)
        {
            (DenseCase<T> a, double[] rows) = Factor(transposeA, m, k, random);
            (DenseCase<T> b, double[] columns) = Factor(!transposeB, n, k, random);
            DenseCase<T> c = new(m, n, random);
            foreach ((double alpha, double beta) in Scales(m, n, k))
            {
                string what = $"{m} x {n} x {k}, alpha {alpha}, beta {beta}";
                Guarded<T> found = SameForAllThreads(
                    c, beta, (_, _) => true,
                    (destination, threads) => Gemm.Multiply(
                        transposeA, transposeB, m, n, k, Number(alpha), a.Pointer, a.Stride, b.Pointer, b.Stride, Number(beta), destination, c.Stride, threads), what);
                c.AssertProduct(found, alpha, rows, columns, k, beta, (_, _) => true, what);
            }

            a.Memory.AssertUnchanged($"a of {m} x {n} x {k}");
            b.Memory.AssertUnchanged($"b of {m} x {n} x {k}");
        }
    }

    [Theory]
    [MemberData(nameof(Transposes))]
    public void MultiplyLowerLeavesTheRestAlone(bool transposeA, bool transposeB)
    {
        Random random = new(2);
        foreach ((int m, int n, int k) in Shapes)
        {
            if (n > 600 || (m % 3 != 2 && m != n && k < 3000)) continue;
            (DenseCase<T> a, double[] rows) = Factor(transposeA, n, k, random);
            (DenseCase<T> b, double[] columns) = Factor(!transposeB, n, k, random);
            DenseCase<T> c = new(n, n, random);
            foreach ((double alpha, double beta) in Scales(n, n, k))
            {
                string what = $"lower {n} x {k}, alpha {alpha}, beta {beta}";
                Guarded<T> found = SameForAllThreads(
                    c, beta, (i, j) => j <= i,
                    (destination, threads) => Gemm.MultiplyLower(
                        transposeA, transposeB, n, k, Number(alpha), a.Pointer, a.Stride, b.Pointer, b.Stride, Number(beta), destination, c.Stride, threads), what);
                c.AssertProduct(found, alpha, rows, columns, k, beta, (i, j) => j <= i, what);
            }

            a.Memory.AssertUnchanged($"a of lower {n} x {k}");
            b.Memory.AssertUnchanged($"b of lower {n} x {k}");
        }
    }

    [Fact]
    public void MultiplyByLowerTakesTheRestForZero()
    {
        Random random = new(3);
        foreach ((int m, int n) in TriangularShapes)
        {
            (DenseCase<T> a, double[] rows) = Factor(false, m, n, random);
            DenseCase<T> b = new(n, n, random), c = new(m, n, random);
            double[] lower = Oracle.Transpose(b.ToDoubles(), n, n);
            for (int j = 0; j < n; j++) lower.AsSpan(j * n, j).Clear();
            PoisonAboveDiagonal(b, n);
            string what = $"{m} x {n} by lower";
            Guarded<T> found = SameForAllThreads(
                c, 0, (_, _) => true,
                (destination, threads) => Gemm.MultiplyByLower(m, n, a.Pointer, a.Stride, b.Pointer, b.Stride, destination, c.Stride, threads), what);
            c.AssertProduct(found, 1, rows, lower, n, 0, (_, _) => true, what);
            a.Memory.AssertUnchanged($"a of {what}");
            b.Memory.AssertUnchanged($"b of {what}");
        }
    }

    [Fact]
    public void RowQuadraticsReadTheLowerTriangleAlone()
    {
        Random random = new(4);
        foreach ((int n, int m) in TriangularShapes)
        {
            (DenseCase<T> phi, double[] rows) = Factor(false, n, m, random);
            DenseCase<T> s = new(m, m, random);
            double[] values = s.ToDoubles();
            for (int i = 0; i < m; i++)
                for (int j = 0; j < i; j++)
                    values[(j * m) + i] = values[(i * m) + j];
            PoisonAboveDiagonal(s, m);
            double[] expected = new double[n], bounds = new double[n];
            for (int i = 0; i < n; i++)
            {
                ReadOnlySpan<double> x = rows.AsSpan(i * m, m);
                Oracle.Sum[] product = Oracle.Multiply(values, m, x);
                expected[i] = Oracle.Dot(x, Oracle.Values(product)).Value;
                // A chain within the other: twice its terms, and the tiles added up.
                for (int j = 0; j < m; j++) bounds[i] += Math.Abs(x[j]) * product[j].Magnitude * ElementType.Epsilon<T>() * (m + 8);
            }

            Guarded<T> first = new(0);
            foreach (int threads in Threads)
            {
                Guarded<T> q = new(n, 1);
                q.Span.Fill(T.NaN);
                Gemm.RowQuadratics(n, m, phi.Pointer, phi.Stride, s.Pointer, s.Stride, q.Pointer, threads);
                q.AssertGuards($"q of {n} x {m}");
                if (threads == 1) first = q;
                Tolerance.SameBits<T>(first.Span, q.Span, $"q of {n} x {m}, {threads} threads");
            }

            Tolerance.Equal<T>(expected, first.Span, bounds, $"q of {n} x {m}");
            phi.Memory.AssertUnchanged("phi");
            s.Memory.AssertUnchanged("s");
        }
    }

    /// <summary>
    /// A chain of fused multiply-adds a block, from 0; the blocks on top of beta c, in order: whatever the tiles are made of.
    /// </summary>
    [Theory]
    [MemberData(nameof(Transposes))]
    public void BitsAreThoseOfTheScalarLoop(bool transposeA, bool transposeB)
    {
        Random random = new(9);
        (int, int, int)[] shapes = [(3, 5, 7), (17, 33, 20), (40, 49, 100), (100, 100, 100), (9, 121, 300), (130, 125, 130), (66, 200, 600), (200, 70, 257), (5, 600, 300), (500, 33, 60), (53, 340, 61)];
        foreach ((int m, int n, int k) in shapes)
        {
            (DenseCase<T> a, double[] rows) = Factor(transposeA, m, k, random);
            (DenseCase<T> b, double[] columns) = Factor(!transposeB, n, k, random);
            DenseCase<T> c = new(m, n, random);
            T alpha = Number(-0.7), beta = Number(1.3);
            int depth = new GemmGrid(m, n, k, 64 / sizeof(T), sizeof(T)).Depth;
            Guarded<T> expected = c.Copy();
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    ref T element = ref expected.Span[(i * (int)c.Stride) + j];
                    for (int first = 0; first < k; first += depth)
                    {
                        T sum = T.Zero;
                        for (int l = first; l < Math.Min(k, first + depth); l++) sum = T.FusedMultiplyAdd(Number(rows[(i * k) + l]), Number(columns[(j * k) + l]), sum);
                        element = T.FusedMultiplyAdd(alpha, sum, first == 0 ? beta * element : element);
                    }
                }
            }

            foreach (int threads in (int[])[1, 2, 5])
            {
                Guarded<T> found = c.Copy();
                Gemm.Multiply(transposeA, transposeB, m, n, k, alpha, a.Pointer, a.Stride, b.Pointer, b.Stride, beta, found.Pointer, c.Stride, threads);
                Tolerance.SameBits<T>(expected.Span, found.Span, $"{m} x {n} x {k}, {threads} threads");
            }
        }
    }

    /// <summary>Sixteen parts of the inner dimension, or parts of 512 steps: their sum, in order, and that on top of beta c.</summary>
    [Theory]
    [InlineData(32, 32, 3001)]
    [InlineData(20, 9, 9000)]
    public void ALongInnerDimensionHasTheBitsOfItsParts(int m, int n, int k)
    {
        Random random = new(13);
        DenseCase<T> a = new(k, m, random), b = new(k, n, random), c = new(m, n, random);
        T alpha = Number(-0.7), beta = Number(1.3);
        int steps = Math.Max(512, (((k + 15) / 16) + 7) & ~7);
        Guarded<T> expected = c.Copy(), part = new(m * n);
        T[] sum = new T[m * n];
        for (int l = 0; l < k; l += steps)
        {
            Gemm.Multiply(
                true, false, m, n, Math.Min(steps, k - l), T.One, a.Pointer + l * a.Stride, a.Stride, b.Pointer + l * b.Stride, b.Stride, T.Zero, part.Pointer, n);
            for (int i = 0; i < sum.Length; i++) sum[i] = l == 0 ? part.Span[i] : sum[i] + part.Span[i];
        }

        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                ref T element = ref expected.Span[(i * (int)c.Stride) + j];
                element = T.FusedMultiplyAdd(alpha, sum[(i * n) + j], beta * element);
            }
        }

        foreach (int threads in Threads)
        {
            Guarded<T> found = c.Copy();
            Gemm.Multiply(true, false, m, n, k, alpha, a.Pointer, a.Stride, b.Pointer, b.Stride, beta, found.Pointer, c.Stride, threads);
            Tolerance.SameBits<T>(expected.Span, found.Span, $"{threads} threads");
        }
    }

    /// <summary>Many columns: shares of panels that a thread packs for itself; of a slice they are packed for all.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void ManyColumnsHaveTheBitsOfEachSlice(bool transposeA, bool transposeB)
    {
        Random random = new(10);
        const int M = 193, N = 1390, K = 790, Slice = 200;
        GemmGrid grid = new(M, N, K, 64 / sizeof(T), sizeof(T)), small = new(M, Slice, K, 64 / sizeof(T), sizeof(T));
        Assert.True(grid.HasSharesFor(2) && grid.Shares(2) > 2 && !small.HasSharesFor(2));
        (DenseCase<T> a, _) = Factor(transposeA, M, K, random);
        (DenseCase<T> b, _) = Factor(!transposeB, N, K, random);
        DenseCase<T> c = new(M, N, random);
        T alpha = Number(-0.7), beta = Number(1.3);
        Guarded<T> expected = c.Copy();
        for (int j = 0; j < N; j += Slice)
            Gemm.Multiply(
                transposeA, transposeB, M, Math.Min(Slice, N - j), K, alpha, a.Pointer, a.Stride, b.Pointer + (transposeB ? j * b.Stride : j), b.Stride, beta,
                expected.Pointer + j, c.Stride, threads: 2);
        foreach (int threads in (int[])[1, 2, 5])
        {
            Guarded<T> found = c.Copy();
            Gemm.Multiply(transposeA, transposeB, M, N, K, alpha, a.Pointer, a.Stride, b.Pointer, b.Stride, beta, found.Pointer, c.Stride, threads);
            found.AssertGuards("c");
            Tolerance.SameBits<T>(expected.Span, found.Span, $"{threads} threads");
        }

        a.Memory.AssertUnchanged("a");
        b.Memory.AssertUnchanged("b");
    }

    /// <summary>So many rows or columns that they are packed stretch by stretch; those of a slice are packed together.</summary>
    [Theory]
    [InlineData(5600, 200, 1)]
    [InlineData(160, 5600, 50)]
    public void StretchesHaveTheBitsOfTheFirstAndTheLastSlice(int m, int n, int threads)
    {
        Random random = new(12);
        const int Slice = 300;
        int k = GemmGrid.MostDepth(sizeof(T));
        GemmGrid grid = new(m, n, k, 64 / sizeof(T), sizeof(T));
        Assert.True(m > n ? m > grid.Band * grid.BandsOfStretch : grid.Panels > grid.PanelsOfStretch && !grid.HasSharesFor(threads));
        DenseCase<T> a = new(k, m, random), b = new(k, n, random), c = new(m, n, random);
        T alpha = Number(-0.7), beta = Number(1.3);
        Guarded<T> found = c.Copy();
        Gemm.Multiply(true, false, m, n, k, alpha, a.Pointer, a.Stride, b.Pointer, b.Stride, beta, found.Pointer, c.Stride, threads);
        found.AssertGuards("c");
        foreach (int first in (int[])[0, Math.Max(m, n) - Slice])
        {
            (int row, int rows, int column, int columns) = m > n ? (first, Slice, 0, n) : (0, m, first, Slice);
            Guarded<T> expected = c.Copy();
            Gemm.Multiply(
                true, false, rows, columns, k, alpha, a.Pointer + row, a.Stride, b.Pointer + column, b.Stride, beta, expected.Pointer + row * c.Stride + column, c.Stride,
                threads: 2);
            for (int i = 0; i < rows; i++)
            {
                int at = (row + i) * (int)c.Stride + column;
                Tolerance.SameBits<T>(expected.Span.Slice(at, columns), found.Span.Slice(at, columns), $"{m} x {n}, row {row + i} from column {column}");
            }
        }
    }

    /// <summary>A matrix and its own transpose are packed once for both factors; a copy of it is packed for itself.</summary>
    [Theory]
    [InlineData(40, 50)]
    [InlineData(520, 390)]
    public void AMatrixTimesItselfHasTheBitsOfItsCopy(int n, int k)
    {
        Random random = new(11);
        DenseCase<T> a = new(k, n, random), c = new(n, n, random);
        Guarded<T> copy = a.Copy();
        foreach (int threads in Threads)
        {
            Guarded<T> expected = c.Copy(), found = c.Copy();
            Gemm.Multiply(true, false, n, n, k, T.One, a.Pointer, a.Stride, copy.Pointer, a.Stride, T.Zero, expected.Pointer, c.Stride, threads);
            Gemm.Multiply(true, false, n, n, k, T.One, a.Pointer, a.Stride, a.Pointer, a.Stride, T.Zero, found.Pointer, c.Stride, threads);
            Tolerance.SameBits<T>(expected.Span, found.Span, $"{n} x {k}, {threads} threads");
        }
    }

    [Fact]
    public void NothingIsWhatNothingGives()
    {
        DenseCase<T> a = new(6, 6, new(5)), c = new(6, 6, new(6));
        T two = Number(2), nan = T.NaN;
        Guarded<T> found = c.Copy();
        Gemm.Multiply(false, false, 0, 6, 6, two, a.Pointer, a.Stride, a.Pointer, a.Stride, T.Zero, found.Pointer, c.Stride);
        Gemm.Multiply(false, false, 6, 0, 6, two, a.Pointer, a.Stride, a.Pointer, a.Stride, T.Zero, found.Pointer, c.Stride);
        Gemm.MultiplyLower(false, false, 0, 6, two, a.Pointer, a.Stride, a.Pointer, a.Stride, T.Zero, found.Pointer, c.Stride);
        Gemm.MultiplyByLower(0, 6, a.Pointer, a.Stride, a.Pointer, a.Stride, found.Pointer, c.Stride);
        Gemm.MultiplyByLower(6, 0, a.Pointer, a.Stride, a.Pointer, a.Stride, found.Pointer, c.Stride);
        Tolerance.SameBits<T>(c.Memory.Span, found.Span, "c of no elements");

        // Nothing to sum, or nothing times it: c = beta c; factors are not read.
        a.Memory.Span.Fill(nan);
        double[] none = new double[36];
        foreach ((double alpha, int k) in ((double, int)[])[(0, 6), (2, 0), (0, 0)])
        {
            foreach (double beta in (double[])[0, 1, -0.5])
            {
                found = c.Copy();
                if (beta == 0) found.Span.Slice(0, 6).Fill(nan);
                Gemm.Multiply(false, true, 6, 6, k, Number(alpha), a.Pointer, a.Stride, a.Pointer, a.Stride, Number(beta), found.Pointer, c.Stride);
                c.AssertProduct(found, 0, none, none, 6, beta, (_, _) => true, $"alpha {alpha}, k {k}, beta {beta}");
                found = c.Copy();
                Gemm.MultiplyLower(false, true, 6, k, Number(alpha), a.Pointer, a.Stride, a.Pointer, a.Stride, Number(beta), found.Pointer, c.Stride);
                c.AssertProduct(found, 0, none, none, 6, beta, (i, j) => j <= i, $"lower, alpha {alpha}, k {k}, beta {beta}");
            }
        }

        Guarded<T> q = new(3);
        q.Span.Fill(nan);
        Gemm.RowQuadratics(3, 0, a.Pointer, a.Stride, a.Pointer, a.Stride, q.Pointer);
        Tolerance.SameBits<T>([T.Zero, T.Zero, T.Zero], q.Span, "q of empty rows");
    }

    [Theory]
    [InlineData(20, 20, 20, 1)]
    [InlineData(110, 90, 80, 2)]
    [InlineData(300, 200, 310, 2)]
    [InlineData(16, 16, 9000, 2)]
    public void AllocatesNothingOnceWarm(int m, int n, int k, int threads)
    {
        Guarded<T> a = Guarded<T>.Random(m * k, new(7)), b = Guarded<T>.Random(k * n, new(8)), c = new(m * n);
        Allocation.AssertNone(() => Gemm.Multiply(false, true, m, n, k, T.One, a.Pointer, k, b.Pointer, k, T.Zero, c.Pointer, n, threads));
    }

    public static IEnumerable<(int M, int N)> TriangularShapes
        => from n in (int[])[1, 2, 7, 8, 9, 16, 23, 24, 25, 32, 48, 49, 50, 73, 130, 257, 300, 384, 520, 700]
           from m in n < 200 ? (int[])[1, 4, 7, 8, 17, 65, 100] : n == 300 ? [3, 100, 230] : n == 700 ? [200] : [60]
           select (m, n);

    private static T Number(double value) => T.CreateTruncating(value);

    private static IEnumerable<(double Alpha, double Beta)> Scales(int m, int n, int k)
        => m * n * k > 100_000 ? [(-0.5, 0.75)] : (m + n) % 2 == 0 ? [(1, 0), (-1.5, 1)] : [(0.75, 0), (1, -0.5)];

    /// <summary>
    /// A factor, and its rows along the inner dimension in double: of a matrix <c>[lines, inner]</c>, or of its transpose where it is
    /// stored so.
    /// </summary>
    internal static (DenseCase<T> Matrix, double[] Lines) Factor(bool transposed, int lines, int inner, Random random)
    {
        DenseCase<T> matrix = transposed ? new(inner, lines, random) : new(lines, inner, random);
        return (matrix, transposed ? Oracle.Transpose(matrix.ToDoubles(), inner, lines) : matrix.ToDoubles());
    }

    internal delegate void Kernel(T* destination, int threads);

    /// <summary>Where beta is 0, what is to be written is NaN before; the rest is the matrix itself.</summary>
    internal static Guarded<T> SameForAllThreads(DenseCase<T> c, double beta, Func<int, int, bool> written, Kernel kernel, string what)
    {
        Guarded<T>? first = null;
        foreach (int threads in Threads)
        {
            Guarded<T> found = c.Copy();
            for (int at = 0; at < found.Length && beta == 0; at++)
            {
                int i = at / (int)c.Stride, j = at % (int)c.Stride;
                if (j < c.Columns && written(i, j)) found.Span[at] = T.NaN;
            }

            kernel(found.Pointer, threads);
            first ??= found;
            Tolerance.SameBits<T>(first.Span, found.Span, $"{what}, {threads} threads");
        }

        return first!;
    }

    private static void PoisonAboveDiagonal(DenseCase<T> matrix, int n)
    {
        for (int i = 0; i < n; i++) matrix.Memory.Span.Slice((i * (int)matrix.Stride) + i + 1, n - i - 1).Fill(T.NaN);
        matrix.Memory.Freeze();
    }
}
