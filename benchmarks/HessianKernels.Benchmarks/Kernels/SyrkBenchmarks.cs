using System.Numerics;
using BenchmarkDotNet.Attributes;
using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks.Kernels;

/// <summary>
/// What an application of the second-moment operator is made of, for 2 N examples of N features: the quadratics of the rows of a
/// matrix, and the matrix by its transpose, plain and
/// weighted. Flops: each one's, N^2 an example.
/// </summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class SyrkBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Pinned<T> _phi = null!, _scale = null!, _c = null!, _s = null!, _q = null!;

    [Params(33, 131, 500, 960)]
    public int N { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    public Work Work => new(2.5 * N * N * sizeof(T), 2.0 * N * N * N);

    [GlobalSetup]
    public void Setup()
    {
        int n = 2 * N;
        (_phi, _scale, _c, _s, _q) = (Pinned<T>.Normal(n * N, 1), Pinned<T>.Normal(n, 2), new(N * N), Pinned<T>.Normal(N * N, 3), new(n));
        Multiply();
        foreach ((int i, int j) in SomeElements.Of(N, N))
            if (j <= i) SomeElements.Check(_c.Pointer[(i * N) + j], _phi.Pointer + i, N, _phi.Pointer + j, N, n, $"c[{i}, {j}]");
        MultiplyScaled();
        Pinned<T> weighted = new(n * N);
        for (int l = 0; l < n; l++)
            for (int j = 0; j < N; j++) weighted.Array[(l * N) + j] = _phi.Array[(l * N) + j] * _scale.Array[l];
        foreach ((int i, int j) in SomeElements.Of(N, N))
            if (j <= i) SomeElements.Check(_c.Pointer[(i * N) + j], _phi.Pointer + i, N, weighted.Pointer + j, N, n, $"weighted c[{i}, {j}]");
        RowQuadratics();
        foreach ((int i, _) in SomeElements.Of(n, N))
        {
            double expected = 0, magnitude = 0;
            for (int j = 0; j < N; j++)
            {
                for (int l = 0; l <= j; l++)
                {
                    double term = (l < j ? 2 : 1) * Number(_phi.Array[(i * N) + j]) * Number(_s.Array[(j * N) + l]) * Number(_phi.Array[(i * N) + l]);
                    expected += term;
                    magnitude += Math.Abs(term);
                }
            }

            Check.Near(Number(_q.Array[i]), expected, ElementType.Epsilon<T>() * (N + 8) * magnitude, $"q[{i}]");
        }
    }

    [Benchmark]
    public void Multiply() => Syrk.Multiply(true, N, 2 * N, T.One, _phi.Pointer, N, T.Zero, _c.Pointer, N, Threads);

    [Benchmark]
    public void MultiplyScaled() => Syrk.MultiplyScaled(N, 2 * N, T.One, _phi.Pointer, N, _scale.Pointer, T.Zero, _c.Pointer, N, Threads);

    [Benchmark]
    public void RowQuadratics() => Gemm.RowQuadratics(2 * N, N, _phi.Pointer, N, _s.Pointer, N, _q.Pointer, Threads);

    private static double Number(T value) => double.CreateTruncating(value);
}
