using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace HessianKernels.Benchmarks;

/// <summary>
/// How every benchmark is run: in this process, so that nothing is generated, restored or built; with the memory allocated, bytes and flops a second beside the time.
/// </summary>
internal sealed class BenchmarkConfig : ManualConfig
{
    public BenchmarkConfig(bool quick)
    {
        Job job = quick ? Job.Dry : Job.Default.WithWarmupCount(3).WithMinIterationCount(8).WithMaxIterationCount(20);
        AddJob(job.WithToolchain(InProcessEmitToolchain.Instance));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(new RateColumn("GB/s", "Bytes that must move, over the mean time", work => work.Bytes));
        AddColumn(new RateColumn("GFlop/s", "Floating-point operations, over the mean time", work => work.Flops));
        AddExporter(MarkdownExporter.GitHub);
        AddLogger(ConsoleLogger.Default);
    }
}
