using System.Numerics;
using BenchmarkDotNet.Attributes;
using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks.Kernels;

[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class NormBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Pinned<T> _x = null!;

    [Params(257, 16_383, 1_000_003)]
    public int N { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    public Work Work => new((double)N * sizeof(T), 2.0 * N);

    [GlobalSetup]
    public void Setup()
    {
        _x = Pinned<T>.Normal(N, 1);
        double sum = 0;
        foreach (T x in _x.Array) sum += double.CreateTruncating(x) * double.CreateTruncating(x);
        Check.Near(Run(), Math.Sqrt(sum), Check.Rounding<double>(N) * Math.Sqrt(N), "||x||");
    }

    [Benchmark]
    public double Run() => Norm.Of(_x.Pointer, N, Threads);
}
