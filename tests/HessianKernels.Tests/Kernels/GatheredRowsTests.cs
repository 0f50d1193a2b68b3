using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

/// <summary>With gaps of NaN between the rows; the bits are those of one row after another.</summary>
public sealed unsafe class GatheredRowsTests
{
    private const int Rows = 12, Gap = 3;

    private static readonly int[][] s_rows = [[], [4], [7, 0], [3, 3, 11], [11, 2, 5, 0], [9, 1, 8, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8], [.. Enumerable.Range(0, 12).Reverse()]];

    [Fact]
    public void MultiplyHasTheBitsOfOneProductARow() => Run((matrix, stride, rows, x, length) =>
    {
        Guarded<double> products = new(rows.Length);
        GatheredRows.Multiply(matrix, stride, rows, x.Pointer, length, products.Pointer);
        products.AssertGuards("products");
        for (int j = 0; j < rows.Length; j++)
            Tolerance.SameBits<double>(
                [Dot.Sequential(matrix + rows[j] * stride, x.Pointer, length)], products.Span.Slice(j, 1), $"product {j} of {rows.Length} x {length}");
    });

    [Fact]
    public void SubtractHasTheBitsOfOneRowAfterAnother() => Run((matrix, stride, rows, x, length) =>
    {
        Guarded<double> coefficients = Guarded<double>.Random(rows.Length, new(length)), expected = Copy(x), y = Copy(x);
        for (int j = 0; j < rows.Length; j++)
            SubtractScaled.Apply(coefficients.Span[j], matrix + rows[j] * stride, expected.Pointer, length);
        GatheredRows.Subtract(matrix, stride, rows, coefficients.Pointer, y.Pointer, length);
        y.AssertGuards("y");
        Tolerance.SameBits<double>(expected.Span, y.Span, $"{rows.Length} rows of {length}");
    });

    private delegate void Kernel(double* matrix, nint stride, int[] rows, Guarded<double> x, int length);

    private static void Run(Kernel kernel)
    {
        Random random = new(5);
        for (int length = 0; length < 140; length++)
        {
            Guarded<double> matrix = Guarded<double>.Random(Rows * (length + Gap), random);
            for (int row = 0; row < Rows; row++) matrix.Span.Slice(row * (length + Gap) + length, Gap).Fill(double.NaN);
            matrix.Freeze();
            Guarded<double> x = Guarded<double>.Random(length, random).Freeze();
            foreach (int[] rows in s_rows) kernel(matrix.Pointer, length + Gap, rows, x, length);
            matrix.AssertUnchanged("matrix");
            x.AssertUnchanged("x");
        }
    }

    private static Guarded<double> Copy(Guarded<double> x)
    {
        Guarded<double> copy = new(x.Length, 1);
        x.Span.CopyTo(copy.Span);
        return copy;
    }
}
