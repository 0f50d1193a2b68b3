using System.Numerics;
using BenchmarkDotNet.Attributes;
using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks.Kernels;

/// <summary>Square products, in each of the four ways to store the factors. Bytes: the three matrices, each once.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class GemmBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Pinned<T> _a = null!, _b = null!, _c = null!;

    [Params(16, 33, 64, 131, 333, 1_000, 1_920)]
    public int N { get; set; }

    [Params("A B", "A B^T", "A^T B", "A^T B^T")]
    public string Factors { get; set; } = "A B";

    [Params(1, 2)]
    public int Threads { get; set; }

    public Work Work => new(3.0 * N * N * sizeof(T), 2.0 * N * N * N);

    [GlobalSetup]
    public void Setup()
    {
        (_a, _b, _c) = (Pinned<T>.Normal(N * N, 1), Pinned<T>.Normal(N * N, 2), new(N * N));
        Multiply();
        (nint line, nint step) = Factors.StartsWith("A^T") ? (1, N) : (N, 1);
        (nint otherLine, nint otherStep) = Factors.EndsWith("B^T") ? (N, 1) : (1, N);
        foreach ((int i, int j) in SomeElements.Of(N, N))
            SomeElements.Check(_c.Pointer[((nint)i * N) + j], _a.Pointer + i * line, step, _b.Pointer + j * otherLine, otherStep, N, $"c[{i}, {j}]");
    }

    [Benchmark]
    public void Multiply()
        => Gemm.Multiply(
            Factors.StartsWith("A^T"), Factors.EndsWith("B^T"), N, N, N, T.One, _a.Pointer, N, _b.Pointer, N, T.Zero, _c.Pointer, N, Threads);
}

/// <summary>Products that are long and thin, as those of many examples with few features are.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class ThinGemmBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Long = 20_000;
    private Pinned<T> _a = null!, _b = null!, _c = null!, _d = null!;

    [Params(16, 33, 64)]
    public int N { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    public Work Work => new(((2.0 * Long) + N) * N * sizeof(T), 2.0 * Long * N * N);

    [GlobalSetup]
    public void Setup()
    {
        (_a, _b, _c, _d) = (Pinned<T>.Normal(Long * N, 1), Pinned<T>.Normal(Long * N, 2), new(Long * N), new(N * N));
        TallTimesSmall();
        foreach ((int i, int j) in SomeElements.Of(Long, N))
            SomeElements.Check(_c.Pointer[((nint)i * N) + j], _a.Pointer + (nint)i * N, 1, _b.Pointer + j, N, N, $"c[{i}, {j}]");
        TransposeTimesTall();
        foreach ((int i, int j) in SomeElements.Of(N, N))
            SomeElements.Check(_d.Pointer[(i * N) + j], _a.Pointer + i, N, _b.Pointer + j, N, Long, $"d[{i}, {j}]");
    }

    [Benchmark]
    public void TallTimesSmall() => Gemm.Multiply(false, false, Long, N, N, T.One, _a.Pointer, N, _b.Pointer, N, T.Zero, _c.Pointer, N, Threads);

    [Benchmark]
    public void TransposeTimesTall() => Gemm.Multiply(true, false, N, N, Long, T.One, _a.Pointer, N, _b.Pointer, N, T.Zero, _d.Pointer, N, Threads);
}

/// <summary>Elements of a product checked against plain dot products: all would take longer than what is measured.</summary>
internal static unsafe class SomeElements
{
    public static IEnumerable<(int Row, int Column)> Of(int rows, int columns)
    {
        yield return (0, 0);
        yield return (rows - 1, columns - 1);
        Random random = new(1);
        for (int s = 0; s < 100; s++) yield return (random.Next(rows), random.Next(columns));
    }

    public static void Check<T>(T found, T* x, nint xStep, T* y, nint yStep, int terms, string what)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double expected = 0, magnitude = 0;
        for (int l = 0; l < terms; l++)
        {
            double term = double.CreateTruncating(x[l * xStep]) * double.CreateTruncating(y[l * yStep]);
            expected += term;
            magnitude += Math.Abs(term);
        }

        // What a chain of so many sums may be out.
        Benchmarks.Check.Near(double.CreateTruncating(found), expected, ElementType.Epsilon<T>() * (terms + 4) * magnitude, what);
    }
}
