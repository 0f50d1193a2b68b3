using System.Text.Json;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>hk edge against the reference files and the library.</summary>
public sealed class EdgeTests : IDisposable
{
    private static readonly string[] s_fields =
    [
        "examples", "rank", "lambdaMax", "trace", "meanStable", "stable", "criticalLearningRate", "noiseKernel", "coherence",
        "theorem1Diverges", "contraction",
        "operatorApplications",
    ];

    private static readonly string[] s_norms = ["trace", "highDimensionalAsymptotic", "highDimensional", "diagonal", "exact"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jacobian_flat")]
    [InlineData("jacobian_spread")]
    [InlineData("jacobian_rank_deficient")]
    [InlineData("hessians_full_rank")]
    [InlineData("hessians_low_rank_spread")]
    [InlineData("hessians_rank_one")]
    public async Task TheReferenceIsMet(string name)
    {
        bool jacobian = name.StartsWith("jacobian", StringComparison.Ordinal);
        string file = Edge.File(name + ".npy");
        foreach (JsonElement row in Edge.Rows(name, 5))
        {
            HkRun run = await HkProcess.Run(
                "edge", jacobian ? "--jacobian" : "--hessians", file, "--lr", row.GetProperty("lr").GetRawText(), "--batch",
                row.GetProperty("batch").GetRawText(),
                "--sampling", row.Text("sampling"), "--json", "--lambda-max-t");
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            JsonElement json = run.Json, norms = json.GetProperty("noiseKernel");
            Assert.Equal([.. s_fields, "secondMomentLambdaMax", "device"], Edge.Names(json));
            Assert.Equal(s_norms, Edge.Names(norms));
            foreach (JsonProperty property in row.EnumerateObject())
            {
                switch (property.Name)
                {
                    case "batch" or "sampling" or "lr": break;
                    case "lambda_max": Edge.Near(property.Value.Number(), json, "lambdaMax"); break;
                    case "trace": Edge.Near(property.Value.Number(), json, "trace"); break;
                    case "critical_lr": Edge.Near(property.Value.Number(), json, "criticalLearningRate"); break;
                    case "k_trace": Edge.Near(property.Value.Number(), norms, "trace"); break;
                    case "k_hd_asymptotic": Edge.Near(property.Value.Number(), norms, "highDimensionalAsymptotic"); break;
                    case "k_hd": Edge.Near(property.Value.Number(), norms, "highDimensional"); break;
                    case "k_diagonal": Edge.Near(property.Value.Number(), norms, "diagonal"); break;
                    case "k_exact": Edge.Near(property.Value.Number(), norms, "exact"); break;
                    case "lambda_max_T": Edge.Near(property.Value.Number(), json, "secondMomentLambdaMax"); break;
                    case "contraction": Edge.Near(property.Value.Number(), json, "contraction"); break;
                    case "coherence": Edge.Near(property.Value.Number(), json, "coherence"); break;
                    case "theorem1_diverges": Assert.Equal(property.Value.ValueKind, json.GetProperty("theorem1Diverges").ValueKind); break;
                    default: Assert.Fail($"The reference has a field {property.Name}."); break;
                }
            }

            Assert.Equal(row.GetProperty("lr").GetDouble() < row.GetProperty("critical_lr").GetDouble(),
                json.GetProperty("stable").GetBoolean());
        }
    }

    /// <summary>One set in every form of input: read whole and passing by, in both types, orders and containers.</summary>
    [Theory]
    [InlineData(9, 4)]
    [InlineData(5, 40)]
    public async Task EveryFormOfASetGivesTheSame(int n, int d)
    {
        double[] j = Edge.Jacobian(n, d), rows = new double[n * d], hessians = new double[n * d * d];
        for (int i = 0; i < n; i++)
        {
            for (int a = 0; a < d; a++)
            {
                rows[a * n + i] = j[i * d + a];
                for (int b = 0; b < d; b++) hessians[(i * d + a) * d + b] = j[i * d + a] * j[i * d + b];
            }
        }

        StochasticEdgeReport expected = StochasticEdge.Analyze(Edge.Set(j, n), 0.05, BatchSampling.Bernoulli(n, 2));
        using (NpzWriter archive = NpzWriter.Create(_folder["j.npz"]))
        {
            archive.Write<double>("other", [1], [1]);
            archive.Write<double>("j", j, [n, d]);
            archive.Complete();
        }

        foreach ((string[] input, double tolerance) in ((string[], double)[])
        [
            (["--jacobian", Matrices.Write(_folder["j.npy"], j, n, d)], 1e-10),
            (["--jacobian", Matrices.WriteRaw(_folder["f.npy"], "<f8", true, $"({n}, {d})", Matrices.LittleEndian(rows))], 1e-10),
            (["--jacobian", Matrices.WriteRaw(_folder["b.npy"], ">f8", false, $"({n}, {d})", Matrices.BigEndian(j))], 1e-10),
            (["--jacobian", _folder["j.npz"], "--member", "j"], 1e-10),
            (["--factors", Matrices.Write(_folder["r.npy"], j, n, 1, d)], 1e-10),
            (["--hessians", Matrices.Write(_folder["h.npy"], hessians, n, d, d)], 1e-8),
            (["--jacobian", Matrices.WriteSingle(_folder["s.npy"], j, n, d)], 1e-5),
        ])
        {
            HkRun run = await HkProcess.Run(["edge", .. input, "--lr", "0.05", "--batch", "2", "--sampling", "bernoulli", "--json"]);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Equal(Math.Min(n, d), run.Json.Number("rank"));
            Assert.Equal(expected.CriticalLearningRate!.Value.Value, run.Json.Number("criticalLearningRate"),
                tolerance * expected.CriticalLearningRate.Value.Value);
            Assert.Equal(expected.NoiseKernel.Exact.Value, run.Json.GetProperty("noiseKernel").Number("exact"),
                tolerance * expected.NoiseKernel.Exact.Value);
            Assert.Equal(expected.Coherence!.Value, run.Json.Number("coherence"), tolerance * expected.Coherence.Value);
        }
    }

    [Fact]
    public async Task PathsAreThoseOfTheLibrary()
    {
        double[] j = Edge.Jacobian(6, 3);
        HkRun run = await HkProcess.Run(
            "edge", "--jacobian", Matrices.Write(_folder["j.npy"], j, 6, 3), "--lr", "0.3", "--batch", "2", "--paths", "3", "--seed", "5",
            "--threads", "1", "--json");
        Assert.Equal([.. s_fields, "lyapunovExponent", "device"], Edge.Names(run.Json));
        LyapunovEstimate expected = LyapunovExponent.Estimate(
            Edge.Set(j, 6).Reduce(), BatchSampling.WithoutReplacement(6, 2), 0.3, new() { Runs = 3, Seed = 5 });
        JsonElement found = run.Json.GetProperty("lyapunovExponent");
        Assert.Equal((expected.Value, expected.StandardError), (found.Number("value"), found.Number("standardError")));
    }

    [Fact]
    public async Task MomentumAndWeightDecayHaveTheirOwnKernel()
    {
        double[] j = Edge.Jacobian(6, 3);
        string file = Matrices.Write(_folder["j.npy"], j, 6, 3);
        StochasticEdgeReport expected = StochasticEdge.Analyze(Edge.Set(j, 6), 0.3, 2, new() { Momentum = 0.9, WeightDecay = 0.125 });
        HkRun run = await HkProcess.Run(
            "edge", "--jacobian", file, "--lr", "0.3", "--batch", "2", "--momentum", "0.9", "--weight-decay", "0.125", "--lambda-max-t",
            "--paths", "2", "--json");
        Assert.Equal(0, run.ExitCode);
        JsonElement norms = run.Json.GetProperty("noiseKernel");
        Assert.Equal(expected.NoiseKernel.Exact.Value, norms.Number("exact"));
        Assert.Equal(expected.NoiseKernel.HighDimensional, norms.Number("highDimensional"));
        foreach (string name in (string[])["trace", "highDimensionalAsymptotic", "diagonal"])
            Assert.Equal(JsonValueKind.Null, norms.GetProperty(name).ValueKind);
        foreach (string name in (string[])[
            "criticalLearningRate", "theorem1Diverges", "contraction", "secondMomentLambdaMax", "lyapunovExponent"])
            Assert.Equal(JsonValueKind.Null, run.Json.GetProperty(name).ValueKind);
        HkRun momentum = await HkProcess.Run("edge", "--jacobian", file, "--lr", "0.3", "--batch", "2", "--momentum", "0.9", "--json");
        Assert.Equal(10 * 0.3 / 4 * expected.Trace, momentum.Json.GetProperty("noiseKernel").Number("trace"), 1e-10 * expected.Trace);
    }

    [Fact]
    public async Task WhatIsInfiniteIsToldSo()
    {
        HkRun zero = await HkProcess.Run(
            "edge", "--jacobian", Matrices.Write(_folder["z.npy"], new double[6], 3, 2), "--lr", "5", "--batch", "1", "--json");
        Assert.Equal((0, "Infinity"), (zero.ExitCode, zero.Json.Text("criticalLearningRate")));
        Assert.True(zero.Json.GetProperty("stable").GetBoolean());
        Assert.Equal([0, 0, 0, 0, 0], s_norms.Select(name => zero.Json.GetProperty("noiseKernel").Number(name)));
        string file = Matrices.Write(_folder["j.npy"], Edge.Jacobian(4, 3), 4, 3);
        HkRun wild = await HkProcess.Run("edge", "--jacobian", file, "--lr", "1000", "--batch", "2", "--json");
        Assert.Equal(0, wild.ExitCode);
        Assert.False(wild.Json.GetProperty("meanStable").GetBoolean());
        Assert.Equal("Infinity", wild.Json.GetProperty("noiseKernel").Text("exact"));
    }

    [Fact]
    public async Task CancellingKeepsWhatWasFound()
    {
        if (OperatingSystem.IsWindows()) return;
        double[] j = Edge.Jacobian(20, 30);
        using HkProcess hk = HkProcess.Start(
            line => line.Contains("Lyapunov exponent", StringComparison.Ordinal), "edge", "--jacobian",
            Matrices.Write(_folder["j.npy"], j, 20, 30), "--lr", "0.01", "--batch", "5", "--paths", "100000", "--json", "--progress", "always");
        await hk.Told();
        await hk.Signal("INT");
        HkRun run = await hk.Ended();
        Assert.Equal(130, run.ExitCode);
        StochasticEdgeReport expected = StochasticEdge.Analyze(Edge.Set(j, 20), 0.01, 5);
        Edge.Near(expected.CriticalLearningRate!.Value.Value, run.Json, "criticalLearningRate");
        Edge.Near(expected.NoiseKernel.Exact.Value, run.Json.GetProperty("noiseKernel"), "exact");
        Assert.Equal([.. s_fields, "lyapunovExponent", "device"], Edge.Names(run.Json));
    }

    [Fact]
    public async Task ForPeople()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "samples", "jacobian-64.npy");
        HkRun run = await HkProcess.Run(
            "edge", "--jacobian", file, "--lr", "0.05", "--batch", "8", "--sampling", "bernoulli", "--lambda-max-t", "--paths", "2");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        foreach (string part in (string[])
            ["K exact", "K tr", "K hd asy", "K diag", "shifted contraction", "Theorem 1", "Theorem 2",
                "noise unstable at eta = 0.05, b = 8", "critical learning rate", "lambda_max(T)", "Lyapunov", "coherence"])
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
        HkRun indefinite = await HkProcess.Run(
            "edge", "--hessians", Matrices.Write(_folder["h.npy"], [2, 0, 0, 1, 1, 0, 0, -0.25], 2, 2, 2), "--lr", "0.3", "--batch", "1");
        Assert.Contains("example 1 is indefinite, its lowest eigenvalue -0.25", indefinite.Output, StringComparison.Ordinal);
    }
}
