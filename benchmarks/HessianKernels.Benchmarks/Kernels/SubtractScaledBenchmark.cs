using System.Numerics;
using BenchmarkDotNet.Attributes;
using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks.Kernels;

[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class SubtractScaledBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Pinned<T> _x = null!, _y = null!;
    private T _scale;

    [Params(257, 16_383, 1_000_003)]
    public int N { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    public Work Work => new(3.0 * N * sizeof(T), 2.0 * N);

    [GlobalSetup]
    public void Setup()
    {
        (_x, _y, _scale) = (Pinned<T>.Normal(N, 1), Pinned<T>.Normal(N, 2), T.CreateTruncating(0.375));
        double[] expected = new double[N];
        for (int i = 0; i < N; i++) expected[i] = double.CreateTruncating(_y.Array[i]) - 0.375 * double.CreateTruncating(_x.Array[i]);
        Run();
        Check.Near<T>(_y.Array, expected, Check.Rounding<T>(1), "y - s x");
        // Small, so that y stays what it is over millions of calls.
        _scale = T.CreateTruncating(1e-12);
    }

    [Benchmark]
    public void Run() => SubtractScaled.Apply(_scale, _x.Pointer, _y.Pointer, N, Threads);
}
