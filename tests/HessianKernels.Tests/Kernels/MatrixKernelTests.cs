using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

public sealed class MatrixKernelsOfDouble : MatrixKernelTests<double>;

public sealed class MatrixKernelsOfSingle : MatrixKernelTests<float>;

/// <summary>Gemv both ways, Gram, and Symv.</summary>
public abstract unsafe class MatrixKernelTests<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly double Eps = KernelCase.Eps<T>();

    /// <summary>Every small tail, the border of the small path (128 x 128), bands, strips of 4096 columns, and few long rows.</summary>
    public static IEnumerable<(int Rows, int Columns)> Shapes
    {
        get
        {
            for (int rows = 1; rows <= 18; rows++)
                for (int columns = 1; columns <= 75; columns += rows % 3 + 1)
                    yield return (rows, columns);
            foreach (int order in (int[])[63, 64, 65, 127, 128, 129, 130, 131, 200, 257]) yield return (order, order);
            (int, int)[] others =
            [
                (1, 17000), (5, 20000), (13, 16384), (257, 65), (300, 129), (1003, 33), (2000, 9), (40, 4096), (70, 4097), (64, 4999), (9, 8200),
            ];
            foreach ((int, int) shape in others) yield return shape;
        }
    }

    [Fact]
    public void MultiplyIsRowsTimesX()
        => Each((a, rows, columns, values) =>
        {
            Guarded<T> x = Guarded<T>.Random(columns, new(1), 1).Freeze();
            Oracle.Sum[] expected = Oracle.Multiply(values, rows, x.ToDoubles());
            Guarded<T> y = KernelCase.SameForAllThreads(
                () => new Guarded<T>(rows, 1), (z, threads) => Gemv.Multiply(a.Pointer, rows, columns, x.Pointer, z.Pointer, threads), "Multiply");
            double[] bounds = Oracle.Bounds(expected, 2.3e-16, KernelCase.Units(columns));
            for (int i = 0; i < rows; i++) bounds[i] += Eps * Math.Abs(expected[i].Value);
            Tolerance.Equal<T>(Oracle.Values(expected), y.Span, bounds, $"A x of {rows} x {columns}");
            x.AssertUnchanged("x");
        });

    [Fact]
    public void MultiplyTransposedIsColumnsTimesX()
        => Each((a, rows, columns, values) =>
        {
            Guarded<T> x = Guarded<T>.Random(rows, new(2), 1).Freeze();
            Oracle.Sum[] expected = Oracle.Multiply(Oracle.Transpose(values, rows, columns), columns, x.ToDoubles());
            Guarded<T> y = KernelCase.SameForAllThreads(
                () => NaNs(columns), (z, threads) => Gemv.MultiplyTransposed(a.Pointer, rows, columns, x.Pointer, z.Pointer, threads), "A^T x");
            Tolerance.Equal<T>(
                Oracle.Values(expected), y.Span, Oracle.Bounds(expected, Eps, KernelCase.Units(rows)), $"A^T x of {rows} x {columns}");
            x.AssertUnchanged("x");
        });

    [Fact]
    public void GramIsColumnsTimesRowsTimesX()
        => Each((a, rows, columns, values) =>
        {
            Guarded<T> x = Guarded<T>.Random(columns, new(3), 1).Freeze();
            T scale = T.CreateTruncating(0.3);
            Oracle.Sum[] t = Oracle.Multiply(values, rows, x.ToDoubles());
            double[] magnitudes = Array.ConvertAll(t, sum => Math.Abs(sum.Value) + sum.Magnitude / Math.Sqrt(columns));
            double[] transposed = Oracle.Transpose(values, rows, columns);
            Oracle.Sum[] expected = Oracle.Multiply(transposed, columns, Oracle.Values(t));
            double[] bounds = Oracle.Values(Oracle.Multiply(Array.ConvertAll(transposed, Math.Abs), columns, magnitudes));
            Guarded<T> y = KernelCase.SameForAllThreads(
                () => NaNs(columns), (z, threads) => Gram.MultiplyColumns(a.Pointer, rows, columns, scale, x.Pointer, z.Pointer, threads), "A^T A x");
            double s = double.CreateTruncating(scale);
            Tolerance.Equal<T>(
                Array.ConvertAll(expected, sum => s * sum.Value), y.Span,
                Array.ConvertAll(bounds, bound => s * bound * Eps * KernelCase.Units(rows)), $"A^T A x of {rows} x {columns}");
            x.AssertUnchanged("x");
        });

    [Fact]
    public void SymvReadsTheLowerTriangleAlone()
    {
        Random random = new(4);
        foreach (int n in Enumerable.Range(1, 300).Concat([513, 1100]))
        {
            Guarded<T> a = Guarded<T>.Random(n * n, random), x = Guarded<T>.Random(n, random, n % 3).Freeze();
            for (int i = 0; i < n; i++)
                for (int j = 0; j < i; j++)
                    a.Span[j * n + i] = a.Span[i * n + j];
            Oracle.Sum[] expected = Oracle.Multiply(a.ToDoubles(), n, x.ToDoubles());
            if (n > 128)
            {
                for (int i = 0; i < n; i++) a.Span.Slice((i * n) + i + 1, n - i - 1).Fill(T.NaN);
            }

            a.Freeze();
            Guarded<T> y = n % 16 == 1 || n > 300
                ? KernelCase.SameForAllThreads(() => NaNs(n), (z, threads) => Symv.Multiply(a.Pointer, n, x.Pointer, z.Pointer, threads), $"Symv {n}")
                : NaNs(n);
            Symv.Multiply(a.Pointer, n, x.Pointer, y.Pointer, 2);
            y.AssertGuards("y");
            Tolerance.Equal<T>(Oracle.Values(expected), y.Span, Oracle.Bounds(expected, Eps, KernelCase.Units(n)), $"Symv of {n}");

            // Two at once have the bits that each has alone.
            Guarded<T> u = Guarded<T>.Random(n, random, n % 2).Freeze(), both = NaNs(n), other = NaNs(n), alone = NaNs(n);
            Symv.MultiplyPair(a.Pointer, n, x.Pointer, both.Pointer, u.Pointer, other.Pointer, 2);
            Symv.Multiply(a.Pointer, n, u.Pointer, alone.Pointer, 1);
            both.AssertGuards("y of a pair");
            other.AssertGuards("second y of a pair");
            Tolerance.SameBits<T>(y.Span, both.Span, $"first of a pair, {n}");
            Tolerance.SameBits<T>(alone.Span, other.Span, $"second of a pair, {n}");
            u.AssertUnchanged("second x");
            x.AssertUnchanged("x");
            a.AssertUnchanged("a");
        }
    }

    private static void Each(Action<Guarded<T>, int, int, double[]> test)
    {
        Random random = new(5);
        foreach ((int rows, int columns) in Shapes)
        {
            Guarded<T> a = Guarded<T>.Random(rows * columns, random, rows % 3).Freeze();
            test(a, rows, columns, a.ToDoubles());
            a.AssertUnchanged("a");
        }
    }

    /// <summary>What is not overwritten stays NaN.</summary>
    private static Guarded<T> NaNs(int length)
    {
        Guarded<T> y = new(length, 1);
        y.Span.Fill(T.NaN);
        return y;
    }
}
