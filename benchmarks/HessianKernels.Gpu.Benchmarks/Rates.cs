using HessianKernels.Gpu.Kernels;
using HessianKernels.SecondMoment;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Benchmarks;

/// <summary>What multiplies: a large product, and beside it the second moment's, which is made of two.</summary>
internal static class Rates
{
    public static IEnumerable<Row> Measure(GpuContext gpu, bool small)
    {
        int n = small ? 48 : 4096;
        double gemm = Multiply<double>(gpu, n);
        yield return new($"double product {n} x {n} x {n}", gemm / 1e9, "GFLOP/s");
        yield return new($"single product {n} x {n} x {n}", Multiply<float>(gpu, n) / 1e9, "GFLOP/s");

        Random random = new(1);
        double[] factors = new double[(long)n * n], eigenvalues = new double[n];
        for (int i = 0; i < factors.Length; i++) factors[i] = random.NextDouble() - 0.5;
        for (int a = 0; a < n; a++) eigenvalues[a] = 1 - 0.5 * a / n;
        // Not orthogonal as a set's factors are: a product costs the same.
        FunctionSpace space = new(n, 1, eigenvalues, factors);
        BatchSampling sampling = BatchSampling.Of(BatchScheme.WithReplacement, n, 8);
        using DeviceSecondMoment t = new(gpu, space, 0.1, sampling);
        MemoryBuffer1D<double, Stride1D.Dense> x = gpu.Allocate<double>(2L * t.Length, "Packed matrices");
        x.View.BaseView.MemSet(gpu.Stream, 0);
        ArrayView<double> packed = x.View;
        const string Floor = "floor 80 % of the double product";
        double flops = 3.0 * n * n * n, rate = flops / Stopwatches.Median(gpu, () => t.Apply(packed.SubView(0, t.Length), packed.SubView(t.Length, t.Length)), 5);
        yield return new($"a product with T, n = m = {n}, at 3 n m^2 flops", rate / 1e9, "GFLOP/s", rate / gemm, Floor);
        gpu.Release(x);

        // Whole searches: what they upload and decide on the host is in their seconds, not in their flops.
        TopEigenvalue found = default;
        double search = Stopwatches.Median(gpu, () => found = DeviceSecondMoment.ExactNoise(gpu, space, 0.1, sampling), 1);
        rate = flops * found.OperatorApplications / search;
        yield return new($"K_exact, n = m = {n}, {found.OperatorApplications} products", rate / 1e9, "GFLOP/s", rate / gemm, Floor);
        search = Stopwatches.Median(gpu, () => found = DeviceSecondMoment.CriticalLearningRate(gpu, space, sampling).Evidence, 1);
        rate = flops * found.OperatorApplications / search;
        yield return new($"eta*, n = m = {n}, {found.OperatorApplications} products", rate / 1e9, "GFLOP/s", rate / gemm, Floor);
    }

    private static double Multiply<T>(GpuContext gpu, int n)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        MemoryBuffer1D<T, Stride1D.Dense> memory = gpu.Allocate<T>(3L * n * n, "Matrices");
        memory.View.BaseView.MemSet(gpu.Stream, 0);
        ArrayView<T> all = memory.View;
        long size = (long)n * n;
        double seconds = Stopwatches.Median(
            gpu, () => Gemm<T>.Of(gpu).Multiply(new(false, false, n, n, n, 1, n, n, 0, n), all.SubView(0, size), all.SubView(size, size), all.SubView(2 * size, size)), 5);
        gpu.Release(memory);
        return 2.0 * n * n * n / seconds;
    }
}
