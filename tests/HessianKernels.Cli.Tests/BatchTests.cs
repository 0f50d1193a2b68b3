using System.Text.Json;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>hk batch against the reference file and the library.</summary>
public sealed class BatchTests : IDisposable
{
    private static readonly string s_file = Edge.File("batch_quantities.npz");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static (double[] Gradients, double[] Hessians) Arrays()
    {
        using NpzReader archive = NpzReader.Open(s_file);
        return (archive.Read<double>("gradients").Values, archive.Read<double>("hessians").Values);
    }

    [Fact]
    public async Task TheReferenceIsMet()
    {
        foreach (JsonElement row in Edge.Rows("batch_quantities", 4))
        {
            HkRun run = await HkProcess.Run(
                "batch", "--npz", s_file, "--batch", row.GetProperty("batch").GetRawText(), "--sampling", row.Text("sampling"), "--json");
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            JsonElement json = run.Json;
            Assert.Equal(
                ["interactionAwareSharpness", "gradientNoiseInteraction", "concentration", "batchSharpness", "modifiedBatchSharpness",
                    "lambdaMaxBatch", "device"], Edge.Names(json));
            Edge.Near(row.Number("ias"), json, "interactionAwareSharpness");
            Edge.Near(row.Number("gni"), json, "gradientNoiseInteraction");
            Edge.Near(row.Number("rho"), json, "concentration");
            Expectation(row.Number("batch_sharpness"), "batchSharpness");
            Expectation(row.Number("modified"), "modifiedBatchSharpness");
            Expectation(row.Number("lmax_b"), "lambdaMaxBatch");

            void Expectation(double value, string name)
            {
                JsonElement found = json.GetProperty(name);
                Assert.Equal(["value", "standardError", "batches", "exact"], Edge.Names(found));
                Edge.Near(value, found, "value");
                Assert.Equal(0, found.Number("standardError"));
                Assert.True(found.GetProperty("exact").GetBoolean());
            }
        }
    }

    /// <summary>More batches than are enumerated: drawn, to the error asked for or the limit, from a seed.</summary>
    [Fact]
    public async Task RandomBatchesAreThoseOfTheLibrary()
    {
        const int N = 40, D = 3;
        double[] g = Edge.Jacobian(N, D), h = new double[N * D * D];
        for (int i = 0; i < N * D * D; i++) h[i] = g[i / D / D * D + i / D % D] * g[i / D / D * D + i % D];
        string[] input = ["batch", "--gradients", Matrices.Write(_folder["g.npy"], g, N, D), "--hessians",
            Matrices.Write(_folder["h.npy"], h, N, D, D), "--batch", "10", "--sampling", "with"];
        ExampleDerivatives derivatives = ExampleDerivatives.FromHessians<double>(g, h, N);
        BatchSampling sampling = BatchSampling.WithReplacement(N, 10);
        foreach ((int code, double error, int most) in ((int, double, int)[])[(0, 0.05, 100_000), (3, 0, 100)])
        {
            SharpnessReport expected = BatchSharpness.Analyze(
                derivatives, sampling, new() { Seed = 4, RelativeError = error, MaxBatches = most });
            HkRun run = await HkProcess.Run(
                [.. input, "--seed", "4", "--relative-error", FormattableString.Invariant($"{error}"), "--max-batches", $"{most}",
                "--json"]);
            Assert.Equal((code, ""), (run.ExitCode, run.Error));
            JsonElement found = run.Json.GetProperty("batchSharpness");
            Assert.Equal(
                (expected.BatchSharpness.Value, expected.BatchSharpness.StandardError, expected.BatchSharpness.Batches),
                (found.Number("value"), found.Number("standardError"), found.Number("batches")));
            Assert.False(found.GetProperty("exact").GetBoolean());
            Assert.Equal(expected.LambdaMaxBatch!.Value.Value, run.Json.GetProperty("lambdaMaxBatch").Number("value"));
            Assert.Equal(expected.ModifiedBatchSharpness, run.Json.GetProperty("modifiedBatchSharpness").Number("value"));
        }

        HkRun people = await HkProcess.Run([.. input, "--max-batches", "64", "--relative-error", "0"]);
        Assert.Equal(3, people.ExitCode);
        foreach (string part in (string[])["Batch Sharpness", "closed form", "not converged", "b = 10 of 40"])
            Assert.Contains(part, people.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancellingKeepsTheBatchesThatWereDone()
    {
        if (OperatingSystem.IsWindows()) return;
        const int N = 60, D = 20;
        double[] g = Edge.Jacobian(N, D), h = new double[N * D * D];
        for (int i = 0; i < N * D * D; i++) h[i] = g[i / D / D * D + i / D % D] * g[i / D / D * D + i % D];
        using HkProcess hk = HkProcess.Start(
            line => line.EndsWith(" batches", StringComparison.Ordinal), "batch", "--gradients", Matrices.Write(_folder["g.npy"], g, N, D),
            "--hessians",
            Matrices.Write(_folder["h.npy"], h, N, D, D), "--batch", "20", "--relative-error", "0", "--max-batches", "2000000000", "--json",
            "--progress", "always");
        await hk.Told();
        await hk.Signal("TERM");
        HkRun run = await hk.Ended();
        Assert.Equal(130, run.ExitCode);
        Assert.InRange(run.Json.GetProperty("batchSharpness").Number("batches"), 1, 1_999_999_999);
    }

    [Theory]
    [InlineData("--batch: found 0", "1 <= B <= n = 9", "--batch", "0")]
    [InlineData("--batch: found 10", "1 <= B <= n = 9", "--batch", "10")]
    [InlineData("--batch: found 'few'", "a whole number", "--batch", "few")]
    [InlineData("--batch", "required")]
    [InlineData("--relative-error: found 1;", "0 <= E < 1", "--batch", "2", "--relative-error", "1")]
    [InlineData("--max-batches: found 0", "at least 1", "--batch", "2", "--max-batches", "0")]
    [InlineData("--sampling: found 'all'", "bernoulli", "--batch", "2", "--sampling", "all")]
    [InlineData("found --gradients and --npz", "the first two or the last", "--batch", "2", "--gradients", "g.npy")]
    public Task BadOptions(string found, string expected, params string[] options)
        => Refused(["--npz", s_file, .. options], found, expected);

    [Fact]
    public async Task BadFiles()
    {
        (double[] g, double[] h) = Arrays();
        int d = g.Length / 9;
        string gradients = Matrices.Write(_folder["g.npy"], g, 9, d), hessians = Matrices.Write(_folder["h.npy"], h, 9, d, d);
        await Refused(["--batch", "2"], "found none");
        await Refused(["--gradients", gradients, "--batch", "2"], "found --gradients", "the first two");
        await Refused(["--gradients", gradients, "--hessians", _folder["none.npy"], "--batch", "2"], "none.npy", "found no such file");
        await Refused(["--gradients", hessians, "--hessians", hessians, "--batch", "2"], "h.npy", "gradients of shape", "(n, d)");
        await Refused(["--gradients", gradients, "--hessians", gradients, "--batch", "2"], "g.npy", "Hessians of shape", $"(9, {d}, {d})");
        h[1] += 1;
        await Refused(["--gradients", gradients, "--hessians", Matrices.Write(_folder["skew.npy"], h, 9, d, d), "--batch", "2"], "skew.npy",
            "not symmetric");
        g[d + 1] = double.PositiveInfinity;
        await Refused(["--gradients", Matrices.Write(_folder["inf.npy"], g, 9, d), "--hessians", hessians, "--batch", "2"], "inf.npy",
            "example 1", "Infinity");
        using (NpzWriter archive = NpzWriter.Create(_folder["half.npz"]))
        {
            archive.Write<double>("gradients", [1], [1, 1]);
            archive.Complete();
        }

        await Refused(["--npz", _folder["half.npz"], "--batch", "1"], "half.npz", "hessians");
    }

    private async Task Refused(string[] arguments, params string[] parts)
    {
        HkRun run = await HkProcess.Run(["batch", .. arguments, "--json"]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        foreach (string part in parts) Assert.Contains(part, run.Error, StringComparison.Ordinal);
    }
}
