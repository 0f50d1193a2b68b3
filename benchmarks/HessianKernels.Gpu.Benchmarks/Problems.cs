using HessianKernels.Krylov;
using HessianKernels.Spaces;
using ILGPU;

namespace HessianKernels.Gpu.Benchmarks;

/// <summary>Whole problems: many small ones at once, and a few pairs of a large one.</summary>
internal static class Problems
{
    public static IEnumerable<Row> Measure(GpuContext gpu, bool small)
    {
        int batch = small ? 3 : 10_000, n = small ? 16 : 64;
        Random random = new(1);
        double[] matrices = new double[(long)batch * n * n];
        for (int b = 0; b < batch; b++)
            for (int i = 0; i < n; i++)
                for (int j = 0; j <= i; j++)
                    matrices[(b * n + i) * n + j] = matrices[(b * n + j) * n + i] = random.NextDouble() - 0.5;
        LanczosOptions options = new() { Tolerance = 1e-8, Validate = false };
        LargestEigenpairs<double>? found = null;
        double seconds = Stopwatches.Median(gpu, () => found = GpuLanczos.LargestOfMany<double>(gpu, matrices, n, options), 3);
        if (!found!.Converged.All(converged => converged)) throw new InvalidOperationException("Not every small problem converged.");
        yield return new($"{batch} problems of {n} x {n}, top pair, transfers included", seconds * 1e3, "ms", null, "floor 10 x torch.linalg.eigvalsh");

        int length = small ? 200 : 10_000_000, k = small ? 2 : 20;
        using Diagonal matrix = new(gpu, length);
        LanczosOptions top = new() { Tolerance = 1e-6, FindMultiplicity = false };
        LanczosResult<double>? result = null;
        double run = Stopwatches.Median(gpu, () => result = GpuLanczos.TopK(gpu, matrix, k, top), 1);
        if (result!.Status != LanczosStatus.Converged) throw new InvalidOperationException($"The large problem ended {result.Status}.");
        yield return new($"top {k} of a diagonal operator of {length}", run, "s", null, "floor 1.5 x CuPy eigsh");
        yield return new($"its largest residual norm, after {result.Evidence.OperatorApplications} products", result.ResidualNorms.Max(), "");
    }

    /// <summary>An operator that costs little, with a spectrum whose top is spread: y = D x by the space's own kernels.</summary>
    private sealed class Diagonal : ILinearOperator<ArrayView<double>>, IDisposable
    {
        private readonly GpuContext _gpu;
        private readonly ILGPU.Runtime.MemoryBuffer1D<double, ILGPU.Stride1D.Dense> _values;
        private readonly Action<ILGPU.Runtime.AcceleratorStream, Index1D, ArrayView<double>, ArrayView<double>, ArrayView<double>> _multiply;

        public Diagonal(GpuContext gpu, int length)
        {
            (_gpu, Length) = (gpu, length);
            double[] values = new double[length];
            for (int i = 0; i < length; i++) values[i] = i < 64 ? 2 + i / 64.0 : (double)i / length;
            _values = gpu.Allocate<double>(length, "A diagonal");
            gpu.Upload<double>(values, _values.View);
            _multiply = ILGPU.Runtime.KernelLoaders.LoadAutoGroupedKernel<Index1D, ArrayView<double>, ArrayView<double>, ArrayView<double>>(gpu.Accelerator, Multiply);
        }

        public int Batch => 1;

        public int Length { get; }

        public void Apply(ArrayView<double> input, ArrayView<double> output) => _multiply(_gpu.Stream, Length, _values.View, input, output);

        public void Dispose() => _gpu.Release(_values);

        private static void Multiply(Index1D i, ArrayView<double> values, ArrayView<double> x, ArrayView<double> y) => y[i] = values[i] * x[i];
    }
}
