using BenchmarkDotNet.Attributes;
using HessianKernels.Storage;

namespace HessianKernels.Benchmarks.Storage;

/// <summary>A .npy file in the folder for temporary files: whatever disk and cache that is.</summary>
public abstract class NpyBenchmark : IMeasured
{
    private protected string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"hessian-kernels-{Guid.NewGuid():N}.npy");
    private protected double[] Values { get; private set; } = [];

    [Params(1_001, 2_896)]
    public int N { get; set; }

    public Work Work => new(8.0 * N * N, 0);

    [GlobalSetup]
    public void Setup()
    {
        Values = Pinned<double>.Normal(N * N, 1).Array;
        Save();
        Check.That(Npy.Read<double>(Path).Values.AsSpan().SequenceEqual(Values), "what was written is not what was read");
    }

    [GlobalCleanup]
    public void Cleanup() => File.Delete(Path);

    private protected void Save() => Npy.Write<double>(Path, Values, [N, N], overwrite: true);
}

/// <summary>Written beside its place, flushed to the disk and moved: the time is mostly the flush.</summary>
public class NpyWriteBenchmark : NpyBenchmark
{
    [Benchmark]
    public void Run() => Save();
}

/// <summary>A file just written: from the system's cache.</summary>
public class NpyReadBenchmark : NpyBenchmark
{
    [Benchmark]
    public double[] Run() => Npy.Read<double>(Path).Values;
}

/// <summary>The same row by row into memory taken once.</summary>
public class NpyReadRowsBenchmark : NpyBenchmark
{
    private double[] _rows = [];

    [Benchmark]
    public long Run()
    {
        using NpyReader reader = NpyReader.Open(Path);
        if (_rows.Length == 0) _rows = new double[64 * reader.RowLength];
        long rows = 0;
        for (int count; (count = reader.ReadRows<double>(_rows)) > 0;) rows += count;
        return rows;
    }
}
