using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Krylov;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>Symmetric products on the device, and the eigenpairs that come of them.</summary>
public class LanczosTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 31)]
    [InlineData(3, 32)]
    [InlineData(3, 33)]
    [InlineData(2, 64)]
    [InlineData(2, 65)]
    [InlineData(1, 127)]
    [InlineData(2, 200)]
    [InlineData(1, 1000)]
    public void SymmetricProducts(int batch, int n)
    {
        Check<double>(batch, n, Math.Pow(2, -52));
        Check<float>(batch, n, Math.Pow(2, -23));
        // By cuBLAS, where it is present.
        Check<double>(batch, n, Math.Pow(2, -52), leastForBlas: 1);
    }

    private static void Check<T>(int batch, int n, double epsilon, int leastForBlas = int.MaxValue)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] a = Array.ConvertAll(Matrices.Random(batch, n, 3), T.CreateTruncating), x = Array.ConvertAll(Matrices.Numbers(batch * n, 4), T.CreateTruncating);
        T[] half = (T[])a.Clone();
        // Nothing above the diagonal is read.
        for (int b = 0; b < batch; b++)
            for (int i = 0; i < n; i++)
                for (int j = i + 1; j < n; j++) half[(b * n + i) * n + j] = T.NaN;
        using DeviceSymmetric<T> matrix = new(Gpu.Context, half, n, validate: false) { LeastOrderForBlas = leastForBlas };
        T[] y = Product(matrix, x), again = Product(matrix, x);
        Tolerance.SameBits<T>(y, again, "the same product again");
        for (int b = 0; b < batch; b++)
        {
            Oracle.Sum[] expected = Oracle.Multiply(
                Array.ConvertAll(a[(b * n * n)..((b + 1) * n * n)], double.CreateTruncating), n, Array.ConvertAll(x[(b * n)..((b + 1) * n)], double.CreateTruncating));
            Tolerance.Equal<T>(Oracle.Values(expected), y.AsSpan(b * n, n), Oracle.Bounds(expected, epsilon, 16), $"item {b}");
            using DeviceSymmetric<T> one = new(Gpu.Context, half.AsSpan(b * n * n, n * n), n, validate: false) { LeastOrderForBlas = leastForBlas };
            Tolerance.SameBits<T>(y.AsSpan(b * n, n), Product(one, x[(b * n)..((b + 1) * n)]), $"item {b} alone");
        }
    }

    private static T[] Product<T>(DeviceSymmetric<T> matrix, T[] x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Between the vectors nothing is read or written.
        int n = matrix.Length, length = (matrix.Batch - 1) * matrix.Stride + n;
        T[] apart = new T[length], product = new T[x.Length];
        Array.Fill(apart, T.NaN);
        for (int i = 0; i < x.Length; i++) apart[i / n * matrix.Stride + i % n] = x[i];
        using MemoryBuffer1D<T, Stride1D.Dense> input = Gpu.Upload(apart), output = Gpu.Upload(apart);
        matrix.Apply(input.View, output.View);
        apart = Gpu.Download(output);
        for (int i = 0; i < length; i++)
        {
            (int item, int at) = Math.DivRem(i, matrix.Stride);
            if (at < n) product[item * n + at] = apart[i];
            else Assert.True(T.IsNaN(apart[i]), $"{apart[i]} was written after vector {item}");
        }

        return product;
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 2)]
    [InlineData(40, 3)]
    public void TopKIsTheCpusToRounding(int n, int k)
    {
        const int Batch = 3;
        double[] a = Matrices.Random(Batch, n, 5);
        LanczosOptions options = new() { Tolerance = 1e-12, Seed = 7 };
        using DeviceSymmetric<double> matrix = new(Gpu.Context, a, n);
        LanczosResult<double>[] found = GpuLanczos.TopKBatch(Gpu.Context, matrix, k, options), again = GpuLanczos.TopKBatch(Gpu.Context, matrix, k, options);
        LanczosResult<double>[] expected = Lanczos.TopKBatch<double>(a, n, k, options);
        for (int b = 0; b < Batch; b++)
        {
            Assert.Equal(LanczosStatus.Converged, found[b].Status);
            double norm = expected[b].Evidence.OperatorNorm;
            Tolerance.Equal<double>(expected[b].Eigenvalues, found[b].Eigenvalues, 1e-12 * n * norm, $"item {b}");
            Tolerance.SameBits<double>(found[b].Eigenvectors, again[b].Eigenvectors, $"item {b} again");
            using DeviceSymmetric<double> one = new(Gpu.Context, a.AsSpan(b * n * n, n * n), n);
            LanczosResult<double> alone = GpuLanczos.TopK(Gpu.Context, one, k, options);
            Tolerance.SameBits<double>(found[b].Eigenvectors, alone.Eigenvectors, $"item {b} alone");
            Assert.Equal(found[b].Evidence, alone.Evidence);
        }
    }

    [Fact]
    public void RestartsAndSinglePrecision()
    {
        const int N = 90, K = 3;
        float[] a = Array.ConvertAll(Matrices.Random(1, N, 6), x => (float)x);
        using DeviceSymmetric<float> matrix = new(Gpu.Context, a, N);
        LanczosOptions options = new() { MaximumBasis = 14 };
        LanczosResult<float> found = GpuLanczos.TopK(Gpu.Context, matrix, K, options), expected = Lanczos.TopK<float>(a, N, K, options);
        Assert.Equal(LanczosStatus.Converged, found.Status);
        Assert.True(found.Evidence.Restarts > 0);
        Tolerance.Equal<double>(expected.Eigenvalues, found.Eigenvalues, 1e-3 * expected.Evidence.OperatorNorm);
    }

    [Fact]
    public void TooLittleMemoryIsSaidBeforeAnyIsTakenAndTheContextStaysUsable()
    {
        const int N = 50;
        using GpuContext small = GpuContext.Open("emulator");
        double[] a = Matrices.Random(1, N, 8);
        small.MemoryLimit = 1000;
        GpuMemoryException thrown = Assert.Throws<GpuMemoryException>(() => new DeviceSymmetric<double>(small, a, N));
        Assert.Equal((DeviceSymmetric<double>.RequiredBytes(1, N), 1000L), (thrown.Required, thrown.Available));
        Assert.Contains("20000", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("1000 bytes", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, small.Allocated);
        small.MemoryLimit = 20000;
        using DeviceSymmetric<double> matrix = new(small, a, N);
        Assert.Throws<GpuMemoryException>(() => GpuLanczos.TopK(small, matrix, 2));
        Assert.Equal(20000, small.Allocated);
        small.MemoryLimit = null;
        Assert.Equal(LanczosStatus.Converged, GpuLanczos.TopK(small, matrix, 2).Status);
        Assert.Equal(20000, small.Allocated);
    }
}
