using System.Numerics;
using BenchmarkDotNet.Attributes;
using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks.Kernels;

/// <summary>A panel of vectors, coefficients and a vector beside it.</summary>
public abstract unsafe class PanelBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private protected Pinned<T> Panel { get; set; } = null!;
    private protected Pinned<T> Coefficients { get; set; } = null!;
    private protected Pinned<T> Y { get; set; } = null!;

    [Params(4_099, 131_072, 262_147)]
    public int N { get; set; }

    [Params(40)]
    public int Count { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    public abstract Work Work { get; }

    private protected void Fill(int coefficients, int results)
    {
        Panel = Pinned<T>.Normal(checked(N * Count), 1);
        Coefficients = Pinned<T>.Normal(coefficients, 2);
        Y = Pinned<T>.Normal(checked(N * results), 3);
    }

    private protected double Element(int vector, int i) => double.CreateTruncating(Panel.Array[vector * N + i]);

    /// <summary><c>sum_j c[j, r] v_j</c> by the plain loop.</summary>
    private protected double[] Combination(int r, int results)
    {
        double[] sum = new double[N];
        for (int j = 0; j < Count; j++)
        {
            double c = double.CreateTruncating(Coefficients.Array[j * results + r]);
            for (int i = 0; i < N; i++) sum[i] += c * Element(j, i);
        }

        return sum;
    }
}

[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class PanelProjectBenchmark<T> : PanelBenchmark<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override Work Work => new((Count + 1.0) * N * sizeof(T), 2.0 * Count * N);

    [GlobalSetup]
    public void Setup()
    {
        Fill(Count, 1);
        Run();
        double[] expected = new double[Count];
        for (int j = 0; j < Count; j++)
            for (int i = 0; i < N; i++) expected[j] += Element(j, i) * double.CreateTruncating(Y.Array[i]);
        Check.Near<T>(Coefficients.Array, expected, Check.Rounding<T>(N) * Math.Sqrt(N), "V^T y");
    }

    [Benchmark]
    public void Run() => HessianKernels.Kernels.Panel.Project(Panel.Pointer, N, Count, Y.Pointer, N, Coefficients.Pointer, 1, Threads);
}

[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class PanelSubtractBenchmark<T> : PanelBenchmark<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override Work Work => new((Count + 2.0) * N * sizeof(T), 2.0 * (Count + 1) * N);

    [GlobalSetup]
    public void Setup()
    {
        Fill(Count, 1);
        double[] expected = Combination(0, 1);
        for (int i = 0; i < N; i++) expected[i] = double.CreateTruncating(Y.Array[i]) - expected[i];
        double square = Run();
        Check.Near<T>(Y.Array, expected, Check.Rounding<T>(Count) * 40, "y - V c");
        Check.Near(square / N, expected.Sum(y => y * y) / N, Check.Rounding<T>(N) * Count, "||y||^2 / n");
        // Small, so that y stays what it is over many calls.
        for (int j = 0; j < Count; j++) Coefficients.Array[j] *= T.CreateTruncating(1e-12);
    }

    [Benchmark]
    public double Run() => HessianKernels.Kernels.Panel.Subtract(Panel.Pointer, N, Count, Coefficients.Pointer, 1, Y.Pointer, N, Threads);
}

/// <summary>A restart: half as many vectors as the panel has.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class PanelCombineBenchmark<T> : PanelBenchmark<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override Work Work => new((Count + Results) * (double)N * sizeof(T), 2.0 * Count * Results * N);

    private int Results => Count / 2;

    [GlobalSetup]
    public void Setup()
    {
        Fill(Count * Results, Results);
        Run();
        for (int r = 0; r < Results; r++)
            Check.Near<T>(Y.Array.AsSpan(r * N, N), Combination(r, Results), Check.Rounding<T>(Count) * 40, $"(V C)_{r}");
    }

    [Benchmark]
    public void Run()
        => HessianKernels.Kernels.Panel.Combine(Panel.Pointer, N, Count, Coefficients.Pointer, 1, Results, Y.Pointer, N, N, Threads);
}

/// <summary>One pass, which is nearly always enough: y is orthogonal to the panel already.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public unsafe class OrthogonalizeBenchmark<T> : PanelBenchmark<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override Work Work => new((2.0 * Count + 4) * N * sizeof(T), (4.0 * Count + 4) * N);

    [GlobalSetup]
    public void Setup()
    {
        Fill(Count, 1);
        for (int j = 0; j < Count; j++)
        {
            T* v = Panel.Pointer + (nint)j * N;
            Norm.Divide(v, Against(j, v, out _), N);
        }

        Run();
        Against(Count, Y.Pointer, out bool secondPass);
        Check.That(!secondPass, "a vector orthogonal to the panel was projected twice");
        double norm = Norm.Of(Y.Pointer, N);
        for (int j = 0; j < Count; j++)
        {
            double inner = 0;
            for (int i = 0; i < N; i++) inner += Element(j, i) * double.CreateTruncating(Y.Array[i]);
            Check.Near(inner / norm, 0, Check.Rounding<T>(Count), $"<v_{j}, y> / ||y||");
        }
    }

    [Benchmark]
    public double Run() => Against(Count, Y.Pointer, out _);

    private double Against(int count, T* y, out bool secondPass)
        => Orthogonalize.Apply(Panel.Pointer, N, count, 0, y, N, Coefficients.Pointer, 1, ElementType.Epsilon<T>(), out secondPass, Threads);
}
