using BenchmarkDotNet.Attributes;
using HessianKernels.Krylov;

namespace HessianKernels.Benchmarks.Krylov;

/// <summary>Dense 4000 x 4000, bulk and ten spikes, k = 10.</summary>
public class LanczosDenseBenchmark
{
    private const int N = 4000, K = 10;
    private readonly Answers _answers = new(1, K, N);
    private double[] _a = [];
    private LanczosOptions _options = null!;
    private LanczosWorkspace<double> _workspace = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params(true, false)]
    public bool Multiplicity { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _a = Inputs.Spiked(N);
        _options = new() { Tolerance = 1e-8, Threads = Threads, FindMultiplicity = Multiplicity };
        _workspace = LanczosWorkspace<double>.ForMatrix(N, K, _options);
        _answers.Evidence[0] = Run();
        _answers.ThrowUnlessConverged();
        for (int i = 0; i < K; i++)
        {
            Check.Near(_answers.Values[i], 13 - i + 1.0 / (13 - i), 0.15, $"spike {i}");
            Check.Near(Residual(_a, _answers.Vector(i), _answers.Values[i]), _answers.Residuals[i], 1e-11, $"residual {i}");
        }
    }

    [Benchmark]
    public LanczosEvidence Run() => Lanczos.TopK<double>(_a, N, K, _answers.Spans, _workspace, _options);

    /// <summary>||A y - theta y|| by plain loops.</summary>
    internal static double Residual(ReadOnlySpan<double> a, ReadOnlySpan<double> y, double theta)
    {
        double square = 0;
        for (int i = 0; i < y.Length; i++)
        {
            double sum = -theta * y[i];
            ReadOnlySpan<double> row = a.Slice(i * y.Length, y.Length);
            for (int j = 0; j < row.Length; j++) sum += row[j] * y[j];
            square += sum * sum;
        }

        return Math.Sqrt(square);
    }
}

/// <summary>Many small problems, the largest eigenvalue of each with its certificate.</summary>
public class LanczosBatchBenchmark
{
    private double[] _stack = [];
    private Answers _answers = null!;
    private LanczosOptions _options = null!;
    private LanczosWorkspace<double> _workspace = null!;

    [Params(32, 64)]
    public int N { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    private int Count => N == 32 ? 4096 : 1000;

    [GlobalSetup]
    public void Setup()
    {
        _stack = Inputs.Stack(Count, N);
        _options = new() { Threads = Threads };
        _answers = new(Count, 1, N);
        _workspace = LanczosWorkspace<double>.ForMatrix(N, 1, _options, lanes: Threads);
        Run();
        _answers.ThrowUnlessConverged();
        for (int b = 0; b < Count; b++)
        {
            ReadOnlySpan<double> a = _stack.AsSpan(b * N * N, N * N);
            Check.Near(LanczosDenseBenchmark.Residual(a, _answers.Vector(b), _answers.Values[b]), _answers.Residuals[b], 1e-13, $"residual {b}");
        }
    }

    [Benchmark]
    public void Run() => Lanczos.TopKBatch<double>(_stack, N, 1, _answers.Spans, _answers.Evidence, _workspace, _options);
}

/// <summary>n = 10^6, an operator of a few passes, k = 20.</summary>
public class LanczosOperatorBenchmark
{
    private const int N = 1_000_000, K = 20;
    private readonly Answers _answers = new(1, K, N);
    private CheapOperator _operator = null!;
    private LanczosOptions _options = null!;
    private LanczosWorkspace<double> _workspace = null!;

    [Params("tridiagonal", "rank-one")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _operator = CheapOperator.Create(Kind, N);
        _options = new() { Tolerance = 1e-8, Threads = 2 };
        _workspace = LanczosWorkspace<double>.ForOperator(N, K, _options);
        _answers.Evidence[0] = Run();
        _answers.ThrowUnlessConverged();
        for (int i = 0; i < K; i++)
            Check.Near(_operator.Residual(_answers.Vector(i), _answers.Values[i]), _answers.Residuals[i], 1e-11, $"residual {i}");
    }

    [Benchmark]
    public LanczosEvidence Run() => Lanczos.TopK(_operator, K, _answers.Spans, _workspace, _options);
}
