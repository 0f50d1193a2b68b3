using System.Text.Json;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>Signals to a run that would take minutes: what was found so far is printed, and the exit code says so.</summary>
public sealed class CancellationTests : IDisposable
{
    private const int N = 800;
    private static readonly string[] s_slow = ["-k", "100", "--basis", "103", "--tol", "0", "--max-products", "2000000000", "--json", "--progress", "always"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task APartialDocumentIsPrinted(string signal)
    {
        if (OperatingSystem.IsWindows()) return;
        string vectors = _folder["v.npy"];
        HkRun run = await Interrupted(signal, ["topk", Matrices.Write(_folder["w.npy"], Matrices.Spiked(N, spikes: 0), N, N), .. s_slow, "--vectors", vectors]);
        Assert.Equal(130, run.ExitCode);
        Assert.Equal("cancelled", run.Json.Text("status"));
        Assert.Equal(100, run.Json.GetProperty("eigenvalues").GetArrayLength());
        Assert.False(run.Json.GetProperty("residualsMeasured").GetBoolean());
        Assert.True(run.Json.Number("operatorApplications") > 0);
        Assert.True(File.Exists(vectors));
    }

    [Fact]
    public async Task AStackKeepsTheItemsThatWereFinished()
    {
        if (OperatingSystem.IsWindows()) return;
        // The zero matrix is finished at once, long before the others.
        double[] a = [.. new double[N * N], .. Matrices.Spiked(N, batch: 2, spikes: 0)];
        HkRun run = await Interrupted("INT", ["topk", Matrices.Write(_folder["s.npy"], a, 3, N, N), .. s_slow, "--threads", "1"], after: "1 of 3 matrices");
        Assert.Equal(130, run.ExitCode);
        JsonElement items = run.Json.GetProperty("items");
        Assert.Equal(3, items.GetArrayLength());
        Assert.Equal("converged", items[0].Text("status"));
        Assert.Equal("cancelled", items[2].Text("status"));
    }

    [Fact]
    public async Task ADensityKeepsTheProbesThatWereFinished()
    {
        if (OperatingSystem.IsWindows()) return;
        string file = Matrices.Write(_folder["d.npy"], Matrices.Spiked(N), N, N);
        HkRun run = await Interrupted("INT", ["density", file, "--probes", "100000", "--steps", "10", "--json", "--progress", "always"], after: " of 1000000 products");
        Assert.Equal(130, run.ExitCode);
        Assert.Equal("cancelled", run.Json.Text("status"));
        Assert.InRange(run.Json.Number("probes"), 1, 99_999);
    }

    /// <param name="signal">INT or TERM.</param>
    /// <param name="arguments">With --progress always.</param>
    /// <param name="after">Part of the line of progress to wait for; any but that of reading where null.</param>
    private static async Task<HkRun> Interrupted(string signal, string[] arguments, string? after = null)
    {
        using HkProcess hk = HkProcess.Start(
            line => after is null ? !line.StartsWith("hk: reading", StringComparison.Ordinal) : line.Contains(after, StringComparison.Ordinal), arguments);
        await hk.Told();
        await Task.Delay(500);
        await hk.Signal(signal);
        HkRun run = await hk.Ended();
        // Progress went to the standard error alone; that the output is one document is seen where it is read.
        Assert.All(run.Error.TrimEnd().Split('\n'), line => Assert.StartsWith("hk: ", line));
        return run;
    }
}
