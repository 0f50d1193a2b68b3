using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using HessianKernels.Krylov;
using HessianKernels.SecondMoment;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>What a run makes a process's peak memory grow by, against the estimate; each in a process of its own.</summary>
internal static class MemoryCase
{
    private const int K = 20, Batch = 5;
    private static readonly LanczosOptions Options = new() { Tolerance = 1e-8, Threads = 2 };
    private static readonly SecondMomentOptions EdgeOptions = new() { Tolerance = 1e-8, Threads = 2 };

    public static void Run(ComparisonRun run)
    {
        run.Report.Heading("Peak memory");
        run.Report.Head("run", "estimate", "allocated", "ratio", "peak resident, less what stood before", "ratio", "aim");
        int n = run.Quick ? 200_000 : 1_000_000, examples = run.Quick ? 300 : 1000;
        Row(run, $"TopK, tridiagonal, n = {n}, k = {K}", "tridiagonal", n);
        Row(run, $"TopK, rank-one, n = {n}, k = {K}", "rank-one", n);
        Row(run, $"all five noise kernel norms, n = {examples}, d = {Parameters(examples)}", "norms", examples);
        Row(run, $"eta*, n = {examples}, d = {Parameters(examples)}", "critical", examples);
    }

    private static void Row(ComparisonRun run, string name, string kind, int n)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Under 'dotnet x.dll' the process is dotnet itself.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Add(typeof(MemoryCase).Assembly.Location);
        foreach (string argument in new[] { "memory", kind, n.ToString(CultureInfo.InvariantCulture) }) start.ArgumentList.Add(argument);
        using Process child = Process.Start(start)!;
        JsonNode answer = JsonNode.Parse(child.StandardOutput.ReadToEnd())!;
        double estimate = answer["estimate"]!.GetValue<double>(), allocated = answer["allocated"]!.GetValue<double>();
        double grown = answer["peak"]!.GetValue<double>() - answer["before"]!.GetValue<double>();
        run.Report.Row(
            name, $"{estimate / 1e6:0.0} MB", $"{allocated / 1e6:0.0} MB", $"{allocated / estimate:0.000}", $"{grown / 1e6:0.0} MB", $"{grown / estimate:0.000}", "0.90 – 1.10");
    }

    /// <summary>One run; prints the estimate, what the process held before, and its peak.</summary>
    public static int Child(string kind, int n)
    {
        switch (kind)
        {
            case "norms":
                return Measure(
                    FunctionSpaceOf, n, 120, space => NoiseKernel.RequiredBytes(space, EdgeOptions),
                    space => NoiseKernel.Norms(space, LearningRate(space), Sampling(space), EdgeOptions).Exact.Status);
            case "critical":
                return Measure(
                    FunctionSpaceOf, n, 120, space => CriticalLearningRate.RequiredBytes(space, EdgeOptions),
                    space => CriticalLearningRate.Of(space, Sampling(space), EdgeOptions).Evidence.Status);
            default:
                return Measure(
                    order => CheapOperator.Create(kind, order), n, 20_000, matrix => Lanczos.EstimateMemory<double>(matrix.Length, K, 1, Options, matrix: false).Total,
                    matrix => Lanczos.TopK(matrix, K, Options).Status);
        }
    }

    private static int Measure<TInput>(Func<int, TInput> make, int n, int small, Func<TInput, double> estimate, Func<TInput, LanczosStatus> solve)
    {
        TInput input = make(n);
        // A small run first: compiled code and threads are not the run's memory.
        for (int i = 0; i < 3; i++) solve(make(small));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        // 5: the peak counts from here.
        File.WriteAllText("/proc/self/clear_refs", "5");
        double before = Status("VmRSS");
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        LanczosStatus status = solve(input);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        double peak = Status("VmHWM");
        Check.That(status == LanczosStatus.Converged, $"the status is {status}");
        Console.WriteLine(new JsonObject { ["estimate"] = estimate(input), ["allocated"] = allocated, ["before"] = before, ["peak"] = peak }.ToJsonString());
        return 0;
    }

    private static int Parameters(int examples) => 6 * examples / 5;

    private static FunctionSpace FunctionSpaceOf(int n)
        => CurvatureSet.FromJacobian<double>(Pinned<double>.Normal(n * Parameters(n), 5).Array, n, Parameters(n)).Reduce();

    private static BatchSampling Sampling(FunctionSpace space) => BatchSampling.WithoutReplacement(space.Examples, Batch);

    /// <summary>Where K_tr is 0.8.</summary>
    private static double LearningRate(FunctionSpace space) => 0.8 * 2 * Batch / Parameters(space.Examples);

    private static double Status(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name + ':', StringComparison.Ordinal));
        return 1024 * double.Parse(line.Split(':')[1].Replace("kB", ""), CultureInfo.InvariantCulture);
    }
}
