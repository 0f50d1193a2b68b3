using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Parameters;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace HessianKernels.Benchmarks;

/// <summary>What one invocation must do at the least: bytes read and written once each, and flops.</summary>
public readonly record struct Work(double Bytes, double Flops);

/// <summary>A benchmark that knows its work from its parameters alone.</summary>
public interface IMeasured
{
    /// <summary>The work of one invocation.</summary>
    Work Work { get; }
}

/// <summary>Work over mean time, in 10^9 a second.</summary>
internal sealed class RateColumn(string name, string legend, Func<Work, double> quantity) : IColumn
{
    public string Id => name;
    public string ColumnName => name;
    public string Legend => legend;
    public bool AlwaysShow => true;
    public ColumnCategory Category => ColumnCategory.Custom;
    public int PriorityInCategory => 0;
    public bool IsNumeric => true;
    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics) return "-";
        Type type = benchmarkCase.Descriptor.Type;
        if (Activator.CreateInstance(type) is not IMeasured benchmark) return "-";
        foreach (ParameterInstance parameter in benchmarkCase.Parameters.Items) type.GetProperty(parameter.Name)?.SetValue(benchmark, parameter.Value);
        double rate = quantity(benchmark.Work) / statistics.Mean;
        return rate > 0 ? rate.ToString("0.0#") : "-";
    }
}
