using System.Runtime.Intrinsics;
using System.Text.Json.Nodes;
using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Storage;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>Dense, double, bulk and ten spikes, k = 10, against eigsh; then one product against the time to read half the matrix.</summary>
internal static class DenseCase
{
    private const int K = 10;

    // eigsh's relative tolerance is to |theta_i|, ours to ||A||: ours comes down until the median of our largest residuals is not above that of eigsh's.
    private static readonly double[] Tolerances =
    [
        .. from exponent in Enumerable.Range(8, 7)
           from digit in new[] { 1, 0.7, 0.5, 0.3, 0.2, 0.15 }
           select digit * Math.Pow(10, -exponent),
    ];

    private sealed record Variant(bool Multiplicity, bool Validate)
    {
        public double Tolerance { get; set; } = double.NaN;

        public string Name => $"TopK, {(Multiplicity ? "search for copies" : "no search")}, {(Validate ? "validated" : "not validated")}";

        public LanczosOptions Options(int seed) => new()
        {
            Tolerance = Tolerance, FindMultiplicity = Multiplicity, Validate = Validate, Seed = (ulong)seed, Threads = 2,
        };
    }

    public static void Run(ComparisonRun run)
    {
        int n = run.Quick ? 2000 : 4000, seeds = run.Quick ? 3 : 15;
        double[] a = Inputs.Spiked(n);
        string path = Path.Combine(run.Folder, "dense.npy");
        Npy.Write<double>(path, a, [n, n]);
        foreach (Peer peer in run.Peers) peer.Call(new() { ["do"] = "load", ["name"] = "dense", ["path"] = path });

        run.Report.Heading($"Dense {n} x {n}, k = {K}");
        Variant[] variants = [new(true, true), new(true, false), new(false, true), new(false, false)];
        Evidence(run, a, n, seeds, variants);
        Times(run, a, n, variants);
        Product(run, a, n);
        foreach (Peer peer in run.Peers) peer.Call(new() { ["do"] = "drop", ["name"] = "dense" });
    }

    private static JsonObject Eigsh(string what, int seed) => new() { ["do"] = what, ["name"] = "dense", ["k"] = K, ["tol"] = 1e-8, ["seed"] = seed };

    /// <summary>Products and residuals, over several start vectors of each side; settles our tolerances.</summary>
    private static void Evidence(ComparisonRun run, double[] a, int n, int seeds, Variant[] variants)
    {
        JsonNode[] theirs = [.. Enumerable.Range(0, seeds).Select(seed => run.Two.Call(Eigsh("eigsh-counted", seed)))];
        double[] residuals = [.. theirs.Select(answer => answer["residual"]!.GetValue<double>())];
        double target = Statistics.Median(residuals);
        run.Report.Head($"{seeds} start vectors each", "tolerance", "products: min / median / max", "largest residual: median", "of all");
        run.Report.Row(
            "eigsh", "1e-8 of each \\|theta\\|", Statistics.MinMedianMax([.. theirs.Select(answer => answer["products"]!.GetValue<double>())]), $"{target:0.0e+0}", $"{residuals.Max():0.0e+0}");
        double[] values = theirs[0]["values"]!.AsArray().GetValues<double>().OrderDescending().ToArray();
        foreach (bool multiplicity in new[] { true, false })
        {
            double settled = double.NaN;
            foreach (double tolerance in Tolerances)
            {
                Variant variant = new(multiplicity, Validate: false) { Tolerance = settled = tolerance };
                LanczosResult<double>[] ours = [.. Enumerable.Range(0, seeds).Select(seed => Lanczos.TopK<double>(a, n, K, variant.Options(seed)))];
                double[] largest = [.. ours.Select(result => result.ResidualNorms.Max())];
                bool enough = Statistics.Median(largest) <= target;
                if (!enough && tolerance < Tolerances[0]) continue;
                CheckAnswers(a, ours, values);
                run.Report.Row(
                    $"TopK, {(multiplicity ? "search for copies" : "no search")}", $"{tolerance:0.0e+0} of \\|\\|A\\|\\|",
                    Statistics.MinMedianMax([.. ours.Select(result => (double)result.Evidence.OperatorApplications)]),
                    $"{Statistics.Median(largest):0.0e+0}", $"{largest.Max():0.0e+0}");
                if (enough) break;
            }

            foreach (Variant variant in variants)
                if (variant.Multiplicity == multiplicity) variant.Tolerance = settled;
        }

        run.Report.Line();
    }

    private static void CheckAnswers(double[] a, LanczosResult<double>[] ours, double[] values)
    {
        foreach (LanczosResult<double> result in ours)
        {
            Check.That(result.Status == LanczosStatus.Converged, $"the status is {result.Status}");
            for (int i = 0; i < K; i++) Check.Near(result.Eigenvalues[i], values[i], 1e-7, $"eigenvalue {i}");
        }

        for (int i = 0; i < K; i++)
        {
            double residual = Benchmarks.Krylov.LanczosDenseBenchmark.Residual(a, ours[0].Eigenvector(i), ours[0].Eigenvalues[i]);
            Check.Near(ours[0].ResidualNorms[i], residual, 1e-11, $"residual {i}");
        }
    }

    private static void Times(ComparisonRun run, double[] a, int n, Variant[] variants)
    {
        run.Report.RatioHead();
        foreach (Variant variant in variants)
        {
            Paired paired = new();
            Paired.WarmUp(() => Lanczos.TopK<double>(a, n, K, variant.Options(0)));
            int ours = paired.Add(variant.Name, round => Paired.Time(() => Lanczos.TopK<double>(a, n, K, variant.Options(round))));
            int[] theirs = [.. run.Peers.Select(peer => paired.Add(
                $"eigsh, {peer.Name}", round => peer.Call(Eigsh("eigsh", round))["seconds"]!.GetValue<double>()))];
            paired.Run(run.Rounds, run.Peers);
            foreach (int peer in theirs) run.Report.RatioRow(paired, ours, peer, peer == paired.Best(theirs) && variant == variants[0] ? "0.60" : "");
        }

        run.Report.Line();
    }

    private static unsafe void Product(ComparisonRun run, double[] a, int n)
    {
        const int Calls = 21;
        Pinned<double> x = Pinned<double>.Normal(n, 5), y = new(n);
        double sum = 0;
        void Multiply()
        {
            fixed (double* matrix = a) Symv.Multiply(matrix, n, x.Pointer, y.Pointer, 2);
        }

        void Stream() => sum += HalfSum.Of(a, 2);

        Paired paired = new();
        Paired.WarmUp(Multiply);
        Paired.WarmUp(Stream);
        double expected = 0;
        for (int i = 0; i < a.Length / 2; i++) expected += a[i];
        Check.Near(HalfSum.Of(a, 2), expected, 1e-8, "the sum of half the matrix");

        int ours = paired.Add("Symv, 2 threads", _ => Paired.Time(Calls, Multiply));
        List<int> others = [paired.Add($"reading {4.0 * n * n / 1e6:0} MB, 2 threads", _ => Paired.Time(Calls, Stream))];
        foreach ((string what, string name) in new[] { ("gemv", "OpenBLAS dgemv") , ("symv", "OpenBLAS dsymv") })
            foreach (Peer peer in run.Peers)
                others.Add(paired.Add($"{name}, {peer.Name}", _ => peer.Call(new() { ["do"] = what, ["name"] = "dense", ["calls"] = Calls })["seconds"]!.GetValue<double>()));
        paired.Run(run.Rounds, run.Peers);
        run.Report.RatioHead();
        foreach (int other in others) run.Report.RatioRow(paired, ours, other, "");
    }

    /// <summary>The sum of the first half of an array, on several threads: no more than reading it.</summary>
    private static unsafe class HalfSum
    {
        private const int Chunk = 1 << 16;

        public static double Of(double[] a, int threads)
        {
            int count = a.Length / 2, chunks = (count + Chunk - 1) / Chunk;
            double[] partial = new double[chunks];
            fixed (double* p = a, s = partial)
            {
                Job job = new() { A = p, Sums = s, Count = count };
                ParallelLoop.Run(ref job, chunks, threads);
            }

            return partial.Sum();
        }

        private struct Job : IChunkJob
        {
            public double* A, Sums;
            public int Count;

            public readonly void Run(int chunk, int lane)
            {
                double* p = A + chunk * Chunk, end = A + Math.Min(Count, (chunk + 1) * Chunk);
                Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default;
                for (; p + 32 <= end; p += 32)
                {
                    s0 += Vector512.Load(p);
                    s1 += Vector512.Load(p + 8);
                    s2 += Vector512.Load(p + 16);
                    s3 += Vector512.Load(p + 24);
                }

                double sum = Vector512.Sum((s0 + s1) + (s2 + s3));
                for (; p < end; p++) sum += *p;
                Sums[chunk] = sum;
            }
        }
    }
}
