using BenchmarkDotNet.Attributes;
using HessianKernels.Krylov;

namespace HessianKernels.Benchmarks.Krylov;

/// <summary>What a look at the small eigenproblem costs, in its three forms; each works on a fresh copy of T.</summary>
public class SymmetricTridiagonalBenchmark
{
    private double[] _diagonal = [], _offDiagonal = [], _a = [], _b = [], _vectors = [], _scratch = [];

    /// <summary>Order of T: small batches, k = 10, k = 20, and an odd large one.</summary>
    [Params(16, 40, 60, 257)]
    public int Order { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _diagonal = Pinned<double>.Normal(Order, 1).Array;
        _offDiagonal = Pinned<double>.Normal(Order, 2).Array;
        (_a, _b, _vectors, _scratch) = (new double[Order], new double[Order], new double[Order * Order], new double[Order]);

        double tolerance = 1e-13 * Order;
        double[] values = [.. EigenvaluesAndLastRow().Order()];
        double trace = _diagonal.Sum(), square = _diagonal.Sum(a => a * a) + 2 * _offDiagonal[..^1].Sum(b => b * b);
        Check.Near(values.Sum(), trace, tolerance, "the trace");
        Check.Near(values.Sum(v => v * v), square, 10 * tolerance, "the trace of T^2");
        Check.Near(Enumerable.Range(0, Order).Sum(i => _vectors[i] * _vectors[i]), 1, tolerance, "the norm of Q's last row");
        for (int i = 0; i < Order; i++)
        {
            int below = SymmetricTridiagonal.CountBelow(_diagonal, _offDiagonal, values[i] + tolerance);
            Check.That(below >= i + 1, $"{below} eigenvalues lie below the {i}-th, {values[i]:R}");
        }

        Check.Near(LargestPair(), values[^1], tolerance, "the largest eigenvalue");
        double[] all = [.. AllVectors().Order()];
        for (int i = 0; i < Order; i++) Check.Near(all[i], values[i], tolerance, $"eigenvalue {i}");
    }

    [Benchmark]
    public double[] EigenvaluesAndLastRow()
    {
        Fresh();
        Span<double> last = _vectors.AsSpan(0, Order);
        last.Clear();
        last[^1] = 1;
        SymmetricTridiagonal.Decompose(_a, _b, last, 1);
        return _a;
    }

    [Benchmark]
    public double[] AllVectors()
    {
        Fresh();
        Array.Clear(_vectors);
        for (int i = 0; i < Order; i++) _vectors[i * Order + i] = 1;
        SymmetricTridiagonal.Decompose(_a, _b, _vectors, Order);
        return _a;
    }

    [Benchmark]
    public double LargestPair()
    {
        Fresh();
        double value = SymmetricTridiagonal.Largest(_a, _b);
        SymmetricTridiagonal.Eigenvector(_a, _b, value, _vectors.AsSpan(0, Order), _scratch);
        return value;
    }

    private void Fresh()
    {
        _diagonal.CopyTo(_a, 0);
        _offDiagonal.CopyTo(_b, 0);
    }
}
