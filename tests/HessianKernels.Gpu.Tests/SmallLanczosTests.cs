using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Krylov;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>The largest eigenpair of many small matrices at once.</summary>
public class SmallLanczosTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(128)]
    public void FindsTheCpusValueAndProvesIt(int n)
    {
        if (IsRefused()) return;
        Check<double>(n, 1e-9);
        Check<float>(n, 1e-3);
    }

    /// <summary>Runs that take the whole space: T's eigenvector, whose last components are next to nothing then, is good to rounding all the same.</summary>
    [Fact]
    public void AWholeSpaceGivesATightResidual()
    {
        if (IsRefused()) return;
        const int N = 24, Many = 40;
        LargestEigenpairs<double> found = GpuLanczos.LargestOfMany<double>(Gpu.Context, Matrices.Random(Many, N, 24006), N, new() { Tolerance = 1e-13, Seed = 3 });
        Assert.All(found.Converged, Assert.True);
        Assert.True(found.OperatorApplications.Count(products => products == N + 1) > Many / 4, "Few runs took the whole space.");
        Assert.All(found.ResidualNorms, residual => Assert.InRange(residual, 0, 1e-13 * N));
    }

    /// <summary>Where groups have too little shared memory for it the matrix is read from the device's at each product.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(128)]
    public void AMatrixThatFindsNoRoomIsReadWhereItLies(int n)
    {
        if (IsRefused()) return;
        double[] a = Matrices.Random(2, n, n + 1);
        LanczosOptions options = new() { Tolerance = 1e-9, Seed = 3 };
        using GpuContext little = Gpu.Another();
        Assert.True(little.SharedBytes >= GpuContext.SharedUnasked, $"{little.SharedBytes} bytes");
        little.SharedBytes = GpuContext.SharedUnasked;
        LargestEigenpairs<double> expected = GpuLanczos.LargestOfMany<double>(Gpu.Context, a, n, options), found = GpuLanczos.LargestOfMany<double>(little, a, n, options);
        for (int b = 0; b < 2; b++)
        {
            Assert.True(found.Converged[b]);
            Tolerance.Equal(expected.Eigenvalues[b], found.Eigenvalues[b], 1e-9 * n, $"item {b}");
        }
    }

    /// <summary>Whether the device is a processor, which is refused: then there is nothing else to see.</summary>
    private static bool IsRefused()
    {
        if (!Gpu.Context.Device.IsProcessor) return false;
        NotSupportedException thrown = Assert.Throws<NotSupportedException>(() => GpuLanczos.LargestOfMany<double>(Gpu.Context, new double[4], 2));
        Assert.Contains(Gpu.Context.Device.Request, thrown.Message, StringComparison.Ordinal);
        return true;
    }

    private static void Check<T>(int n, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int batch = n < 64 ? 3 : 1;
        T[] a = Array.ConvertAll(Matrices.Random(batch, n, n), T.CreateTruncating);
        LanczosOptions options = new() { Tolerance = tolerance, Seed = 3 };
        LargestEigenpairs<T> found = GpuLanczos.LargestOfMany<T>(Gpu.Context, a, n, options);
        LanczosResult<T>[] expected = Lanczos.TopKBatch<T>(a, n, n, options);
        for (int b = 0; b < batch; b++)
        {
            double norm = expected[b].Evidence.OperatorNorm, error = Math.Abs(found.Eigenvalues[b] - expected[b].Eigenvalues[0]);
            Assert.True(found.Converged[b], $"n = {n}, item {b}: residual {found.ResidualNorms[b]}");
            Tolerance.Equal(expected[b].Eigenvalues[0], found.Eigenvalues[b], tolerance * norm, $"n = {n}, item {b}");
            Assert.True(error <= found.EnclosureRadii[b] + expected[b].EnclosureRadii[0], $"n = {n}, item {b}: {error} beyond {found.EnclosureRadii[b]}");
            // The residual told is the vector's.
            double[] matrix = Array.ConvertAll(a[(b * n * n)..((b + 1) * n * n)], double.CreateTruncating);
            double[] y = Array.ConvertAll(found.Eigenvectors[(b * n)..((b + 1) * n)], double.CreateTruncating);
            double[] left = Oracle.Values(Oracle.Multiply(matrix, n, y));
            for (int i = 0; i < n; i++) left[i] -= found.Eigenvalues[b] * y[i];
            double epsilon = typeof(T) == typeof(float) ? Math.Pow(2, -23) : Math.Pow(2, -52);
            Tolerance.Equal(Math.Sqrt(left.Sum(e => e * e)), found.ResidualNorms[b], (8 + n) * epsilon * norm, $"n = {n}, item {b}: residual");
            LargestEigenpairs<T> alone = GpuLanczos.LargestOfMany<T>(Gpu.Context, a.AsSpan(b * n * n, n * n), n, options);
            Tolerance.SameBits<T>(alone.Eigenvectors, found.Eigenvectors.AsSpan(b * n, n), $"n = {n}, item {b} alone");
        }
    }

    [Fact]
    public void HardSpectra()
    {
        if (IsRefused()) return;
        const int N = 20;
        double[] zero = new double[N * N], identity = new double[N * N], rankOne = new double[N * N], negative = new double[N * N], huge = new double[N * N];
        for (int i = 0; i < N; i++)
        {
            identity[i * N + i] = 1;
            negative[i * N + i] = -1 - i;
            for (int j = 0; j < N; j++) rankOne[i * N + j] = 0.5;
            for (int j = 0; j < N; j++) huge[i * N + j] = 1e150 * (i == j ? i + 1 : 0.1);
        }

        LargestEigenpairs<double> found = GpuLanczos.LargestOfMany<double>(
            Gpu.Context, [.. zero, .. identity, .. rankOne, .. negative, .. huge], N, new() { Tolerance = 1e-10 });
        Assert.All(found.Converged, Assert.True);
        double top = Lanczos.TopK<double>(huge, N, 1, new() { Tolerance = 1e-12 }).Eigenvalues[0];
        double[] expected = [0, 1, 0.5 * N, -1, top];
        for (int b = 0; b < expected.Length; b++) Tolerance.Equal(expected[b], found.Eigenvalues[b], 1e-9 * Math.Max(Math.Abs(expected[b]), 1e-300), $"item {b}");
    }

    [Fact]
    public void WhatItCannotDoIsSaid()
    {
        if (IsRefused()) return;
        ArgumentOutOfRangeException tooLarge = Assert.Throws<ArgumentOutOfRangeException>(() => GpuLanczos.LargestOfMany<double>(Gpu.Context, new double[129 * 129], 129));
        Assert.Contains("128", tooLarge.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GpuLanczos.LargestOfMany<double>(Gpu.Context, new double[4], 2, new() { Which = SpectrumEnd.Smallest }));
        Assert.Throws<ArgumentException>(() => GpuLanczos.LargestOfMany<double>(Gpu.Context, [1, 2, 3, 4], 2));
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        LargestEigenpairs<double> none = GpuLanczos.LargestOfMany<double>(Gpu.Context, new double[4], 2, cancellation: cancelled.Token);
        Assert.Equal((double.NaN, false), (none.Eigenvalues[0], none.Converged[0]));
    }
}
