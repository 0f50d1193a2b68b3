using System.Numerics;
using BenchmarkDotNet.Attributes;
using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks.Kernels;

/// <summary>A symmetric matrix, a vector and room for their product.</summary>
public abstract unsafe class MatrixBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private protected Pinned<T> A { get; set; } = null!;
    private protected Pinned<T> X { get; set; } = null!;
    private protected Pinned<T> Y { get; set; } = null!;

    [Params(32, 131, 1_001, 4_000)]
    public int N { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    public abstract Work Work { get; }

    [GlobalSetup]
    public void Setup()
    {
        (A, X, Y) = (Pinned<T>.Normal(N * N, 1), Pinned<T>.Normal(N, 2), new(N));
        for (int i = 0; i < N; i++)
            for (int j = 0; j < i; j++) A.Array[j * N + i] = A.Array[i * N + j];
        Multiply();
        double[] expected = new double[N];
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) expected[i] += double.CreateTruncating(A.Array[i * N + j]) * double.CreateTruncating(X.Array[j]);
        Check.Near<T>(Y.Array, expected, Check.Rounding<T>(N) * Math.Sqrt(N), "A x");
    }

    private protected abstract void Multiply();
}

[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class GemvBenchmark<T> : MatrixBenchmark<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override Work Work => new((double)N * N * sizeof(T), 2.0 * N * N);

    [Benchmark]
    public void Run() => Multiply();

    private protected override void Multiply() => Gemv.Multiply(A.Pointer, N, N, X.Pointer, Y.Pointer, Threads);
}

/// <summary>Bytes: half the matrix, which is all that must be read. Up to order 128 the kernel reads all of it, from the cache.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class SymvBenchmark<T> : MatrixBenchmark<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override Work Work => new(0.5 * N * (N + 1) * sizeof(T), 2.0 * N * N);

    [Benchmark]
    public void Run() => Multiply();

    private protected override void Multiply() => Symv.Multiply(A.Pointer, N, X.Pointer, Y.Pointer, Threads);
}
