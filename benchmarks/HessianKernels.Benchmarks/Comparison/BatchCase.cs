using System.Text.Json.Nodes;
using HessianKernels.Krylov;
using HessianKernels.Storage;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>Many small problems, the largest eigenvalue of each with its certificate, against eigvalsh, which finds all of them and proves none.</summary>
internal static class BatchCase
{
    public static void Run(ComparisonRun run)
    {
        run.Report.Heading("Many small problems, the largest eigenvalue of each");
        run.Report.RatioHead();
        foreach ((int count, int n) in new[] { (4096, 32), (1000, 64) })
        {
            double[] stack = Inputs.Stack(count, n);
            string path = Path.Combine(run.Folder, "stack.npy");
            Npy.Write<double>(path, stack, [count, n, n], overwrite: true);
            foreach (Peer peer in run.Peers) peer.Call(new() { ["do"] = "load", ["name"] = "stack", ["path"] = path });
            foreach (double? tolerance in new double?[] { null, 1e-8 }) Compare(run, stack, count, n, tolerance);
        }
    }

    private static void Compare(ComparisonRun run, double[] stack, int count, int n, double? tolerance)
    {
        LanczosOptions options = new() { Tolerance = tolerance, Threads = 2 };
        LanczosWorkspace<double> workspace = LanczosWorkspace<double>.ForMatrix(n, 1, options, lanes: 2);
        Answers answers = new(count, 1, n);
        void Solve() => Lanczos.TopKBatch<double>(stack, n, 1, answers.Spans, answers.Evidence, workspace, options);

        Paired paired = new();
        Paired.WarmUp(Solve);
        int ours = paired.Add($"TopKBatch, {count} of {n} x {n}, {(tolerance is { } t ? $"tolerance {t:0e+0}" : "default tolerance")}", _ => Paired.Time(5, Solve));
        JsonObject request = new() { ["do"] = "eigvalsh", ["name"] = "stack", ["calls"] = 3 };
        int[] theirs = [.. run.Peers.Select(peer => paired.Add($"eigvalsh, {peer.Name}", _ => peer.Call(request)["seconds"]!.GetValue<double>()))];
        paired.Run(run.Rounds, run.Peers);

        answers.ThrowUnlessConverged();
        double[] values = run.One.Call(request)["values"]!.AsArray().GetValues<double>().ToArray();
        for (int b = 0; b < count; b++) Check.Near(answers.Values[b], values[b], answers.Radii[b] + 1e-13, $"the largest eigenvalue of {b}");
        foreach (int peer in theirs) run.Report.RatioRow(paired, ours, peer, peer == paired.Best(theirs) ? "0.20" : "");
    }
}
