using System.Numerics;
using BenchmarkDotNet.Attributes;
using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks.Kernels;

[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class DotBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Pinned<T> _x = null!, _y = null!;

    [Params(257, 16_383, 1_000_003)]
    public int N { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    public Work Work => new(2.0 * N * sizeof(T), 2.0 * N);

    [GlobalSetup]
    public void Setup()
    {
        (_x, _y) = (Pinned<T>.Normal(N, 1), Pinned<T>.Normal(N, 2));
        double sum = 0;
        for (int i = 0; i < N; i++) sum += double.CreateTruncating(_x.Array[i]) * double.CreateTruncating(_y.Array[i]);
        Check.Near(Run(), sum, Check.Rounding<double>(N) * Math.Sqrt(N), "<x, y>");
    }

    [Benchmark]
    public double Run() => Dot.Of(_x.Pointer, _y.Pointer, N, Threads);
}
