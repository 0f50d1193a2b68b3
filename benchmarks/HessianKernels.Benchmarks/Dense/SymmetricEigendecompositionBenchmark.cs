using BenchmarkDotNet.Attributes;
using HessianKernels.Dense;

namespace HessianKernels.Benchmarks.Dense;

/// <summary>All eigenpairs, and all eigenvalues, of a dense symmetric matrix with a bulk and ten spikes; each works on a fresh copy.</summary>
public class SymmetricEigendecompositionBenchmark
{
    private double[] _a = [], _work = [], _values = [];

    /// <summary>Noise kernels have orders of 1000 and 2500; 131 is odd and small.</summary>
    [Params(131, 500, 1_000, 2_500)]
    public int N { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (_a, _work, _values) = (Inputs.Spiked(N), new double[N * N], new double[N]);
        double[] alone = [.. Values()], values = [.. Pairs()];
        double rounding = 1e-14 * values[0], trace = 0;
        for (int i = 0; i < N; i++) trace += _a[i * N + i];
        Check.Near(values.Sum(), trace, N * rounding, "the trace");
        Check.Near<double>(values, alone, N * rounding, "eigenvalues");
        foreach (int k in (int[])[0, N / 2, N - 1])
        {
            Span<double> v = _work.AsSpan(k * N, N);
            for (int i = 0; i < N; i++)
            {
                double product = 0;
                for (int j = 0; j < N; j++) product += _a[i * N + j] * v[j];
                Check.Near(product, values[k] * v[i], 100 * rounding, $"(A v_{k})[{i}]");
            }
        }
    }

    [Benchmark]
    public double[] Pairs()
    {
        _a.CopyTo(_work, 0);
        SymmetricEigendecomposition.Decompose(_work, N, _values, Threads);
        return _values;
    }

    [Benchmark]
    public double[] Values()
    {
        _a.CopyTo(_work, 0);
        SymmetricEigendecomposition.Eigenvalues(_work, N, _values, Threads);
        return _values;
    }
}
