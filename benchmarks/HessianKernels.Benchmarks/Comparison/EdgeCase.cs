using System.Text.Json.Nodes;
using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using HessianKernels.Spaces;
using HessianKernels.Storage;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>The exact edge of stability: K_exact and eta*, against the same products in NumPy under ARPACK; one product; a sweep; a Jacobian larger than memory allows.</summary>
internal static class EdgeCase
{
    private const int Batch = 5;
    private static readonly SecondMomentOptions Options = new() { Tolerance = 1e-8, Threads = 2 };

    public static void Run(ComparisonRun run)
    {
        run.Report.Heading($"K_exact and eta* of a Gaussian Jacobian, b = {Batch}");
        Norms(run, run.Quick ? 300 : 1000, run.Quick ? 360 : 1200, Math.Max(1, run.Rounds / 2), run.Peers);
        if (!run.Quick) Norms(run, 2500, 3000, 1, run.Two);
        Sweep(run, run.Quick ? 100 : 500);
        Streamed(run, 256, run.Quick ? 20_000 : 2_000_000);
    }

    private static void Norms(ComparisonRun run, int n, int d, int rounds, params Peer[] peers)
    {
        double[] jacobian = Pinned<double>.Normal(n * d, 5).Array;
        string path = Path.Combine(run.Folder, "jacobian.npy");
        Npy.Write<double>(path, jacobian, [n, d], overwrite: true);
        foreach (Peer peer in peers) peer.Call(new() { ["do"] = "load", ["name"] = "jacobian", ["path"] = path });
        BatchSampling sampling = BatchSampling.WithoutReplacement(n, Batch);
        FunctionSpace space = Reduce();
        // K_tr, which is near K_exact here, is 0.8.
        double eta = 0.8 * 2 * Batch / d;
        TopEigenvalue exact = default;
        CriticalLearningRate critical = default;

        Paired paired = new();
        if (n <= 1000) Paired.WarmUp(Solve);
        int solve = paired.Add($"K_exact and eta*, n = {n}, d = {d}", _ => Paired.Time(Solve));
        int reduce = paired.Add($"function space, n = {n}, d = {d}", _ => Paired.Time(() => Reduce()));
        JsonObject request = new()
        {
            ["do"] = "edge", ["eta"] = eta, ["alpha"] = sampling.Alpha, ["kappa"] = sampling.Kappa, ["tol"] = 1e-8, ["seed"] = 1,
        };
        JsonNode answer = new JsonObject();
        int[] reduces = [.. peers.Select(peer => paired.Add(
            $"J J^T, eigh, {peer.Name}", _ => peer.Call(new() { ["do"] = "edge-reduce", ["name"] = "jacobian" })["seconds"]!.GetValue<double>()))];
        int[] theirs = [.. peers.Select(peer => paired.Add(
            $"NumPy and ARPACK, {peer.Name}", _ => (answer = peer.Call(request))["seconds"]!.GetValue<double>()))];
        paired.Run(rounds, peers);
        Check.Near(exact.Value, answer["exact"]!.GetValue<double>(), 1e-7 * exact.Value, "K_exact");
        Check.Near(critical.Value, answer["critical"]!.GetValue<double>(), 1e-7 * critical.Value, "eta*");
        run.Report.RatioHead();
        foreach (int peer in theirs) run.Report.RatioRow(paired, solve, peer, peer == paired.Best(theirs) ? "0.50" : "");
        foreach (int peer in reduces) run.Report.RatioRow(paired, reduce, peer, "");
        run.Report.Line();
        run.Report.Line(
            $"Products: ours {exact.OperatorApplications} + {critical.Evidence.OperatorApplications}, theirs {string.Join(" + ", answer["products"]!.AsArray())}. "
            + $"K_exact {exact.Value:0.000000} (within {exact.Radius:0e+0}), eta* {critical.Value:0.000000e+0}.");
        run.Report.Line();
        Product(run, space, sampling, eta, peers);
        foreach (Peer peer in peers) peer.Call(new() { ["do"] = "drop", ["name"] = "jacobian" });

        FunctionSpace Reduce() => CurvatureSet.FromJacobian<double>(jacobian, n, d, threads: 2).Reduce(threads: 2);

        void Solve()
        {
            LearningRateSweep sweep = new(space, Options);
            exact = sweep.Exact(eta, sampling);
            critical = sweep.CriticalLearningRate(sampling);
        }
    }

    /// <summary>One product with T: its flops against the rate of a square matrix product.</summary>
    private static void Product(ComparisonRun run, FunctionSpace space, BatchSampling sampling, double eta, Peer[] peers)
    {
        const int Square = 1920;
        SecondMomentOperator t = new(space, eta, sampling, Options);
        double[] x = Pinned<double>.Normal(t.Length, 6).Array, y = new double[t.Length];
        double flops = 2.0 * space.Examples * space.Rank * space.Rank, square = 2.0 * Square * Square * Square;
        void Multiply() => t.Apply(x, y);

        Paired paired = new();
        Paired.WarmUp(Multiply);
        int ours = paired.Add("T product", _ => Paired.Time(5, Multiply));
        int gemm = paired.Add("dgemm", _ => Dgemm(Square)), same = paired.Add("dgemm of the same order", _ => Dgemm(space.Rank));
        int[] theirs = [.. peers.Select(peer => paired.Add(
            $"NumPy, {peer.Name}", _ => peer.Call(new() { ["do"] = "edge-product", ["calls"] = 3 })["seconds"]!.GetValue<double>()))];
        paired.Run(run.Rounds, run.Peers);
        double rate = flops / paired.Seconds(ours) / 1e9, best = square / paired.Seconds(gemm) / 1e9, sameOrder = 2.0 * space.Rank * space.Rank * space.Rank / paired.Seconds(same) / 1e9;
        run.Report.Line(
            $"One product with T, n = {space.Examples}, m = {space.Rank}, 2 threads: {Report.Milliseconds(paired.Seconds(ours))} for 2 n m^2 = {flops / 1e9:0.00} GFLOP, {rate:0.0} GFLOP/s: "
            + $"**{rate / best:0.00}** of OpenBLAS's dgemm at {Square}^3, {best:0.0} GFLOP/s (aim 0.85), {rate / sameOrder:0.00} of it at {space.Rank}^3, {sameOrder:0.0} GFLOP/s. NumPy's takes "
            + $"{string.Join(", ", theirs.Select(peer => $"{Report.Milliseconds(paired.Seconds(peer))} ({paired.Name(peer)[7..]})"))}.");
        run.Report.Line();

        double Dgemm(int n) => run.Two.Call(new() { ["do"] = "square", ["n"] = n, ["calls"] = 5 })["seconds"]!.GetValue<double>();
    }

    private static void Sweep(ComparisonRun run, int n)
    {
        const int Points = 40;
        int d = 6 * n / 5;
        double[] jacobian = Pinned<double>.Normal(n * d, 8).Array;
        BatchSampling sampling = BatchSampling.WithoutReplacement(n, Batch);
        double edge = 2.0 * Batch / d;

        Paired paired = new();
        Paired.WarmUp(() => Solve(1));
        int one = paired.Add("one learning rate", _ => Paired.Time(() => Solve(1)));
        int many = paired.Add($"{Points} learning rates", _ => Paired.Time(() => Solve(Points)));
        paired.Run(run.Rounds, run.Peers);
        run.Report.Heading($"A sweep of learning rates, n = {n}, d = {d}: function space, eta*, all five norms");
        run.Report.RatioHead();
        run.Report.RatioRow(paired, many, one, "5");

        void Solve(int points)
        {
            LearningRateSweep sweep = new(CurvatureSet.FromJacobian<double>(jacobian, n, d, threads: 2).Reduce(threads: 2), Options);
            sweep.CriticalLearningRate(sampling);
            for (int i = 0; i < points; i++) sweep.Norms(edge * (points == 1 ? 0.5 : 0.1 + 1.2 * i / points), sampling);
        }
    }

    /// <summary>The Gram matrix of a Jacobian in a file, against reading the file alone and multiplying alone.</summary>
    private static void Streamed(ComparisonRun run, int n, int d)
    {
        string path = Path.Combine(run.Folder, "streamed.npy");
        float[] row = new float[d];
        using (NpyWriter<float> writer = NpyWriter<float>.Create(path, [n, d]))
        {
            for (int i = 0; i < n; i++)
            {
                double[] numbers = Pinned<double>.Normal(d, 20 + (ulong)i).Array;
                for (int j = 0; j < d; j++) row[j] = (float)numbers[j];
                writer.Write(row);
            }

            writer.Complete();
        }

        const int Columns = 32768;
        int blocks = d / Math.Min(d, Columns);
        Pinned<double> block = Pinned<double>.Normal(n * Math.Min(d, Columns), 30), product = new(n * n);
        byte[] buffer = new byte[1 << 22];
        Paired paired = new();
        int ours = paired.Add($"Gram matrix of a file, n = {n}, d = {d}, float", _ => Paired.Time(() => JacobianFile.Read(path, threads: 2)));
        int read = paired.Add("reading the file", _ => Paired.Time(() =>
        {
            using FileStream file = File.OpenRead(path);
            while (file.Read(buffer) > 0) { }
        }));
        int columns = block.Array.Length / n;
        int multiply = paired.Add("its SYRK alone, in double", _ => Paired.Time(() =>
        {
            unsafe
            {
                for (int i = 0; i < blocks; i++) Syrk.Multiply(false, n, columns, 1.0, block.Pointer, columns, 1.0, product.Pointer, n, 2);
            }
        }));
        paired.Run(Math.Max(1, run.Rounds / 3), run.Peers);
        run.Report.Heading("A Jacobian read from its file");
        run.Report.RatioHead();
        run.Report.RatioRow(paired, ours, paired.Seconds(read) > paired.Seconds(multiply) ? read : multiply, "1.18");
        run.Report.Line();
        run.Report.Line($"Reading alone {Report.Milliseconds(paired.Seconds(read))}, its SYRK alone {Report.Milliseconds(paired.Seconds(multiply))}.");
        File.Delete(path);
    }
}
