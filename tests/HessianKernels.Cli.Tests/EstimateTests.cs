using System.Text.Json;
using HessianKernels.Krylov;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>hk density and hk trace against the library.</summary>
public sealed class EstimateTests : IDisposable
{
    private const int N = 40;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DensityIsWhatTheLibraryReturns()
    {
        double[] a = Matrices.Spiked(N, batch: 2);
        string file = Matrices.Write(_folder["s.npy"], a, 2, N, N), output = _folder["d.npz"];
        HkRun run = await HkProcess.Run(
            "density", file, "--probes", "5", "--steps", "12", "--points", "50", "--width", "0.25", "--seed", "3", "--json", "--out", output);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        SpectralQuadrature[] expected = SpectralDensity.Estimate<double>(a, N, new() { Probes = 5, Steps = 12, Seed = 3 });
        JsonElement items = run.Json.GetProperty("items");
        for (int b = 0; b < 2; b++)
        {
            SpectralDensityCurve curve = expected[b].Density(50, 0.25);
            JsonAssert.Same(curve.Grid.ToArray(), items[b].GetProperty("grid"));
            JsonAssert.Same(curve.Values.ToArray(), items[b].GetProperty("density"));
            JsonAssert.Same(curve.StandardErrors.ToArray(), items[b].GetProperty("standardErrors"));
            Assert.Equal((5, 12, 0.25), (items[b].Number("probes"), items[b].Number("steps"), items[b].Number("width")));
            Assert.Equal(expected[b].OperatorApplications, items[b].Number("operatorApplications"));
            Assert.Equal("complete", items[b].Text("status"));
        }

        using NpzReader archive = NpzReader.Open(output);
        Assert.Equal(["grid", "density", "standardErrors"], archive.Names.ToArray());
        NpyArray<double> density = archive.Read<double>("density");
        Assert.Equal([2, 50], density.Shape.ToArray());
        Assert.Equal(items[1].GetProperty("density").Numbers(), density.Values[50..]);
    }

    [Fact]
    public async Task DensityForPeople()
    {
        HkRun run = await HkProcess.Run("density", Matrices.Write(_folder["a.npy"], Matrices.Spiked(N), N, N));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("share", run.Output);
        Assert.Contains("complete: 1 of 1 matrix", run.Output);
    }

    [Theory]
    [InlineData("hutchinson", TraceMethod.Hutchinson)]
    [InlineData("hutch++", TraceMethod.HutchPlusPlus)]
    [InlineData("xtrace", TraceMethod.XTrace)]
    public async Task TraceIsWhatTheLibraryReturns(string name, TraceMethod method)
    {
        double[] a = Matrices.Spiked(N);
        TraceEstimate expected = Trace.Estimate<double>(a, N, new() { Method = method, Applications = 18, Seed = 5 }, new Nobody())[0];
        HkRun run = await HkProcess.Run("trace", Matrices.Write(_folder["a.npy"], a, N, N), "--method", name, "--probes", "18", "--seed", "5", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(expected.Value, run.Json.Number("value"));
        Assert.Equal(expected.StandardError, run.Json.Number("standardError"));
        Assert.Equal(expected.Samples, run.Json.Number("probes"));
        Assert.Equal(expected.OperatorApplications, run.Json.Number("operatorApplications"));
        Assert.Equal(name, run.Json.Text("method"));
    }

    [Fact]
    public async Task AnErrorNotReachedIsToldAndForPeopleToo()
    {
        string file = Matrices.Write(_folder["a.npy"], Matrices.Spiked(300, spikes: 0), 300, 300);
        HkRun run = await HkProcess.Run("trace", file, "--tolerance", "1e-9", "--max-products", "64", "--json");
        Assert.Equal(3, run.ExitCode);
        Assert.Equal("applicationLimit", run.Json.Text("status"));
        HkRun table = await HkProcess.Run("trace", file);
        Assert.Equal(0, table.ExitCode);
        Assert.Contains("standard error", table.Output);
    }

    private sealed class Nobody : IProgress<int>
    {
        public void Report(int value)
        {
        }
    }
}
