using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using HessianKernels.Krylov;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>What a run makes a process's peak memory grow by, against the estimate; each in a process of its own.</summary>
internal static class MemoryCase
{
    private const int K = 20;
    private static readonly LanczosOptions Options = new() { Tolerance = 1e-8, Threads = 2 };

    public static void Run(ComparisonRun run)
    {
        int n = run.Quick ? 200_000 : 1_000_000;
        run.Report.Heading($"Peak memory, n = {n}, k = {K}");
        run.Report.Head("run", "estimate", "peak less what stood before", "ratio", "aim");
        foreach (string kind in new[] { "tridiagonal", "rank-one" })
        {
            ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
            // Under 'dotnet x.dll' the process is dotnet itself.
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Add(typeof(MemoryCase).Assembly.Location);
            foreach (string argument in new[] { "memory", kind, n.ToString(CultureInfo.InvariantCulture) }) start.ArgumentList.Add(argument);
            using Process child = Process.Start(start)!;
            JsonNode answer = JsonNode.Parse(child.StandardOutput.ReadToEnd())!;
            double estimate = answer["estimate"]!.GetValue<double>(), grown = answer["peak"]!.GetValue<double>() - answer["before"]!.GetValue<double>();
            run.Report.Row($"TopK, {kind}", $"{estimate / 1e6:0.0} MB", $"{grown / 1e6:0.0} MB", $"{grown / estimate:0.000}", "0.90 – 1.10");
        }
    }

    /// <summary>One run; prints the estimate, what the process held before, and its peak.</summary>
    public static int Child(string kind, int n)
    {
        CheapOperator matrix = CheapOperator.Create(kind, n);
        // A small run first: compiled code and threads are not the run's memory.
        for (int i = 0; i < 3; i++) Lanczos.TopK(CheapOperator.Create(kind, 20_000), K, Options);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        // 5: the peak counts from here.
        File.WriteAllText("/proc/self/clear_refs", "5");
        double before = Status("VmRSS");
        LanczosResult<double> result = Lanczos.TopK(matrix, K, Options);
        double peak = Status("VmHWM");
        Check.That(result.Status == LanczosStatus.Converged, $"the status is {result.Status}");
        double estimate = Lanczos.EstimateMemory<double>(n, K, 1, Options, matrix: false).Total;
        Console.WriteLine(new JsonObject { ["estimate"] = estimate, ["before"] = before, ["peak"] = peak }.ToJsonString());
        return 0;
    }

    private static double Status(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name + ':', StringComparison.Ordinal));
        return 1024 * double.Parse(line.Split(':')[1].Replace("kB", ""), CultureInfo.InvariantCulture);
    }
}
