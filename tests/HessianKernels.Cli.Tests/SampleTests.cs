using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Cli.Tests;

public sealed class SampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TheCommittedSampleIsMadeAgainBitForBit()
    {
        string again = _folder["again.npy"];
        HkRun run = await HkProcess.Run("sample", "spiked", "--n", "400", "--spikes", "5", "--seed", "1", again);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "samples", "spiked-400.npy")), File.ReadAllBytes(again));
    }

    [Fact]
    public async Task TheCommittedJacobianIsMadeAgainBitForBit()
    {
        string again = _folder["again.npy"];
        HkRun run = await HkProcess.Run("sample", "jacobian", "--n", "64", "--d", "256", "--spikes", "3", "--seed", "1", again);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "samples", "jacobian-64.npy")), File.ReadAllBytes(again));
    }

    /// <summary>What it is for: spikes over a bulk, and noise that estimates from the spectrum see too little of.</summary>
    [Fact]
    public void AJacobianIsSpikedAndItsNoiseHeavy()
    {
        const int N = 80, D = 300;
        SpikedJacobian jacobian = new(N, D, spikes: 2, seed: 3);
        double[] j = new double[N * D];
        for (int i = 0; i < N; i++) jacobian.Row(i, j.AsSpan(i * D, D));
        StochasticEdgeReport report = StochasticEdge.Analyze(SecondMoment.CurvatureSet.FromJacobian<double>(j, N, D), 0.02, 4);
        // The mean of the squared weights is (7 + 16) / 8, over spikes of 1 and 4.
        Assert.InRange(report.LambdaMax, 4 * 2.875 * 0.7, 4 * 2.875 * 1.4);
        Assert.InRange(report.Trace, 5 * 2.875 * 0.9, 5 * 2.875 * 1.1 + 1);
        Assert.True(report.NoiseKernel.Exact.Value > 2 * report.NoiseKernel.HighDimensional);
    }

    [Fact]
    public void SpikesStandAboveTheBulkWhereTheyShould()
    {
        double[] values = Lanczos.TopK<double>(new SpikedMatrix(300, 4, seed: 2).Generate(0), 300, 5).Eigenvalues;
        for (int s = 0; s < 4; s++) Assert.InRange(values[s] - (10 - 2 * s) - 1.0 / (10 - 2 * s), -0.5, 0.5);
        Assert.InRange(values[4], 1.8, 2.3);
    }

    [Theory]
    [InlineData("hutchinson")]
    [InlineData("xtrace")]
    public async Task AProbeWithTheSampleSeedIsNoSpike(string method)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "samples", "spiked-400.npy");
        HkRun run = await HkProcess.Run("trace", file, "--method", method, "--products", "256", "--seed", "1", "--json");
        double[] a = Npy.Read<double>(file).Values;
        double trace = Enumerable.Range(0, 400).Sum(i => a[401 * i]);
        Assert.InRange(run.Json.Number("value"), trace - 4 * run.Json.Number("standardError"),
            trace + 4 * run.Json.Number("standardError"));
        Assert.InRange(run.Json.Number("standardError"), 0, 4);
    }

    [Fact]
    public async Task AStackHasDifferentItemsAndItsFirstIsTheSingleOne()
    {
        string file = _folder["s.npy"];
        Assert.Equal(0, (await HkProcess.Run("sample", "spiked", "--n", "10", "--spikes", "2", "--batch", "3", file)).ExitCode);
        NpyArray<double> stack = Npy.Read<double>(file);
        Assert.Equal([3, 10, 10], stack.Shape.ToArray());
        Assert.Equal(new SpikedMatrix(10, 2, seed: 1).Generate(0), stack.Values[..100]);
        Assert.NotEqual(stack.Values[..100], stack.Values[100..200]);
        HkRun again = await HkProcess.Run("sample", "spiked", file);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("--force", again.Error);
    }
}
