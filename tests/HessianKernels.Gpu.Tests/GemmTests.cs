using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>Products of matrices, every way they may lie.</summary>
public class GemmTests
{
    public static TheoryData<int, int, int, int> Shapes => new()
    {
        { 1, 1, 1, 1 }, { 2, 5, 3, 0 }, { 1, 9, 8, 17 }, { 3, 16, 15, 16 }, { 1, 31, 33, 32 }, { 2, 7, 40, 33 }, { 1, 1, 127, 20 }, { 1, 65, 1, 31 },
        { 2, 0, 3, 5 }, { 1, 3, 0, 5 }, { 1, 127, 33, 3 }, { 1, 1000, 3, 5 }, { 2, 3, 1000, 5 }, { 1, 5, 3, 1000 },
        // Few tiles, and an inner dimension that is cut into parts where there is room for them.
        { 1, 5, 3, 300 }, { 2, 7, 8, 129 }, { 1, 9, 2, 256 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ProductsOfMatrices(int batch, int rows, int columns, int inner)
    {
        foreach (bool transposeA in (bool[])[false, true])
            foreach (bool transposeB in (bool[])[false, true])
            {
                Check<double>(batch, rows, columns, inner, transposeA, transposeB, Math.Pow(2, -52));
                Check<float>(batch, rows, columns, inner, transposeA, transposeB, Math.Pow(2, -23));
            }
    }

    [Fact]
    public void CuBlasIsThereOrItIsSaidWhyNot()
    {
        bool cuda = Gpu.Context.Device.Backend == GpuBackend.Cuda;
        Assert.Equal(cuda, Gpu.Context.BlasLibrary is not null | Gpu.Context.WhyNoBlas is not null);
        if (Gpu.Context.WhyNoBlas is not { } why) return;
        Assert.Null(Gpu.Context.BlasLibrary);
        Assert.Contains("install NVIDIA's cuBLAS", why, StringComparison.Ordinal);
        Assert.Matches("libcublas.so.13|version|status|has no", why);
    }

    [Fact]
    public void OfASymmetricResultTheLowerTriangle()
    {
        // The same bits by our kernels; where three of the four tiles leave room for parts, and by cuBLAS, to rounding.
        foreach ((int n, int inner, double bound) in ((int, int, double)[])[(37, 12, Gpu.Context.BlasLibrary is null ? 0 : 1e-12), (11, 150, 1e-12)])
            LowerTriangle(n, inner, bound);
    }

    private static void LowerTriangle(int n, int inner, double bound)
    {
        double[] a = Matrices.Numbers(inner * n, 1), c = [.. Enumerable.Repeat(7.0, n * n)];
        double[] found = Product(new GemmShape(true, false, n, n, inner, 2, n, n, 0, n) { Lower = 1 }, a, a, c, 1);
        double[] whole = Product(new GemmShape(true, false, n, n, inner, 2, n, n, 0, n), a, a, c, 1);
        for (int i = 0; i < n; i++) Tolerance.Equal<double>(whole.AsSpan(i * n, i + 1), found.AsSpan(i * n, i + 1), bound, $"row {i}");
        if (Gpu.Context.Device.Backend == GpuBackend.Emulator) Assert.Equal(7, found[n - 1]);
    }

    private static void Check<T>(int batch, int rows, int columns, int inner, bool transposeA, bool transposeB, double epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Leading dimensions beyond the rows' ends: what lies between is no number.
        (int rowsA, int rowsB) = (transposeA ? inner : rows, transposeB ? columns : inner);
        int lda = (transposeA ? rows : inner) + 3, ldb = (transposeB ? inner : columns) + 1, ldc = columns + 2;
        T[] a = Padded<T>(batch * rowsA, lda - 3, lda, 1), b = Padded<T>(batch * rowsB, ldb - 1, ldb, 2), c = Padded<T>(batch * rows, columns, ldc, 3);
        GemmShape shape = new(transposeA, transposeB, rows, columns, inner, 1.5, lda, ldb, -0.5, ldc)
        {
            StrideA = (long)rowsA * lda, StrideB = (long)rowsB * ldb, StrideC = (long)rows * ldc,
        };
        T[] found = Product(shape, a, b, c, batch), again = Product(shape, a, b, c, batch);
        Tolerance.SameBits<T>(found, again, "the same product again");
        if (inner < 100) Tolerance.SameBits<T>(found, Product(shape, a, b, c, batch, room: false), "without room for parts");
        for (int item = 0; item < batch; item++)
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    double[] x = new double[inner], y = new double[inner];
                    for (int k = 0; k < inner; k++)
                    {
                        x[k] = double.CreateTruncating(a[item * rowsA * lda + (transposeA ? k * lda + i : i * lda + k)]);
                        y[k] = double.CreateTruncating(b[item * rowsB * ldb + (transposeB ? j * ldb + k : k * ldb + j)]);
                    }

                    Oracle.Sum sum = Oracle.Dot(x, y);
                    double before = double.CreateTruncating(c[(item * rows + i) * ldc + j]);
                    Tolerance.Equal(
                        1.5 * sum.Value - 0.5 * before, double.CreateTruncating(found[(item * rows + i) * ldc + j]),
                        (2 + inner) * epsilon * (1.5 * sum.Magnitude + 0.5 * Math.Abs(before)), $"[{item}, {i}, {j}]");
                }

                Assert.True(T.IsNaN(found[(item * rows + i) * ldc + columns]), "written beyond a row's end");
            }
    }

    private static T[] Padded<T>(int rows, int columns, int leading, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] numbers = Matrices.Numbers(rows * leading, seed);
        T[] padded = new T[rows * leading];
        for (int i = 0; i < padded.Length; i++) padded[i] = i % leading < columns ? T.CreateTruncating(numbers[i]) : T.NaN;
        return padded;
    }

    private static T[] Product<T>(GemmShape shape, T[] a, T[] b, T[] c, int batch, bool room = true)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Accelerator accelerator = Gpu.Context.Accelerator;
        using MemoryBuffer1D<T, Stride1D.Dense> left = accelerator.Allocate1D<T>(a.Length + 1), right = accelerator.Allocate1D<T>(b.Length + 1);
        using MemoryBuffer1D<T, Stride1D.Dense> result = Gpu.Upload(c);
        long length = room ? Gemm<T>.RoomLength(Gpu.Context) : 0;
        using MemoryBuffer1D<T, Stride1D.Dense> parts = accelerator.Allocate1D<T>(length + 1);
        Gpu.Context.Upload<T>(a, left.View);
        Gpu.Context.Upload<T>(b, right.View);
        Gemm<T>.Of(Gpu.Context).Multiply(shape, left.View, right.View, result.View, batch, ((ArrayView<T>)parts.View).SubView(0, length));
        // Of nothing there is a place all the same.
        return Gpu.Download(result)[..c.Length];
    }
}
