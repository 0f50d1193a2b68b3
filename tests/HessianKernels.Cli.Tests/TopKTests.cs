using System.Text.Json;
using HessianKernels.Krylov;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Cli.Tests;

public sealed class TopKTests : IDisposable
{
    private const int N = 60;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task JsonIsWhatTheLibraryReturns()
    {
        double[] a = Matrices.Spiked(N);
        string file = Matrices.Write(_folder["a.npy"], a, N, N);
        LanczosResult<double> expected = Lanczos.TopK<double>(a, N, 4, new() { Seed = 11, Which = SpectrumEnd.BothEnds, Tolerance = 1e-10 });

        HkRun run = await HkProcess.Run("topk", file, "-k", "4", "--seed", "11", "--which", "both", "--tol", "1e-10", "--threads", "2", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Error);
        string[] promised =
        [
            "eigenvalues", "residualNorms", "enclosureRadii", "status", "converged", "operatorApplications", "restarts", "reorthogonalizations", "orthogonality",
        ];
        Assert.Equal(promised, run.Json.EnumerateObject().Select(property => property.Name).Take(promised.Length));
        Assert.Equal("both", run.Json.Text("which"));
        AssertSame(expected, run.Json);
        Assert.Single(run.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task SingleStaysSingleAndCanBeWidened()
    {
        double[] a = Matrices.Spiked(N);
        float[] single = Array.ConvertAll(a, value => (float)value);
        double[] widened = Array.ConvertAll(single, value => (double)value);
        string file = Matrices.WriteSingle(_folder["f4.npy"], a, N, N);
        HkRun plain = await HkProcess.Run("topk", file, "-k", "2", "--json"), wide = await HkProcess.Run("topk", file, "-k", "2", "--double", "--json");
        AssertSame(Lanczos.TopK<float>(single, N, 2), plain.Json);
        AssertSame(Lanczos.TopK<double>(widened, N, 2), wide.Json);
        HkRun narrow = await HkProcess.Run("topk", Matrices.Write(_folder["f8.npy"], a, N, N), "-k", "2", "--float", "--json");
        AssertSame(Lanczos.TopK<float>(single, N, 2), narrow.Json);
    }

    [Fact]
    public async Task AStackGivesItems()
    {
        double[] a = Matrices.Spiked(20, batch: 5);
        string file = Matrices.Write(_folder["stack.npy"], a, 5, 20, 20);
        HkRun run = await HkProcess.Run("topk", file, "-k", "3", "--which", "smallest", "--json");
        Assert.Equal(0, run.ExitCode);
        LanczosResult<double>[] expected = Lanczos.TopKBatch<double>(a, 20, 3, new() { Which = SpectrumEnd.Smallest });
        JsonElement[] items = [.. run.Json.GetProperty("items").EnumerateArray()];
        Assert.Equal(5, items.Length);
        for (int b = 0; b < 5; b++) AssertSame(expected[b], items[b]);
    }

    [Fact]
    public async Task AStackOfOneIsAStack()
    {
        HkRun run = await HkProcess.Run("topk", Matrices.Write(_folder["one.npy"], Matrices.Spiked(5), 1, 5, 5), "-k", "1", "--json");
        Assert.Equal(1, run.Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task NotConvergingIsToldAndWhatWasFoundIsPrinted()
    {
        string file = Matrices.Write(_folder["hard.npy"], Matrices.Spiked(200, spikes: 0), 200, 200);
        HkRun run = await HkProcess.Run("topk", file, "-k", "6", "--tol", "1e-14", "--max-products", "20", "--json");
        Assert.Equal(3, run.ExitCode);
        Assert.Equal("partial", run.Json.Text("status"));
        Assert.Contains(run.Json.GetProperty("converged").EnumerateArray(), pair => !pair.GetBoolean());
        Assert.All(run.Json.GetProperty("eigenvalues").Numbers(), value => Assert.InRange(value, 0.5, 2.5));
        HkRun table = await HkProcess.Run("topk", file, "-k", "6", "--tol", "1e-14", "--max-products", "20");
        Assert.Equal(3, table.ExitCode);
        Assert.Contains("not converged", table.Output);
    }

    [Fact]
    public async Task AStackConvergesOnlyWhereEveryItemDoes()
    {
        double[] a = [.. Enumerable.Repeat(0.0, 200 * 200), .. Matrices.Spiked(200, spikes: 0)];
        HkRun run = await HkProcess.Run(
            "topk", Matrices.Write(_folder["half.npy"], a, 2, 200, 200), "-k", "4", "--tol", "1e-14", "--max-products", "12", "--no-multiplicity", "--json");
        Assert.Equal(3, run.ExitCode);
        JsonElement items = run.Json.GetProperty("items");
        Assert.Equal("converged", items[0].Text("status"));
        Assert.Equal("partial", items[1].Text("status"));
    }

    [Fact]
    public async Task PlacesWithoutAPairAreNotNumbers()
    {
        HkRun run = await HkProcess.Run("topk", Matrices.Write(_folder["few.npy"], Matrices.Spiked(50), 50, 50), "-k", "4", "--max-products", "2", "--json");
        Assert.Equal(3, run.ExitCode);
        int found = (int)run.Json.Number("found");
        Assert.InRange(found, 1, 3);
        Assert.Equal("NaN", run.Json.GetProperty("eigenvalues")[3].GetString());
        Assert.Equal("Infinity", run.Json.GetProperty("enclosureRadii")[3].GetString());
    }

    [Fact]
    public async Task VectorsReadBackAndComeWithTheValues()
    {
        double[] a = Matrices.Spiked(N);
        string file = Matrices.Write(_folder["a.npy"], a, N, N), output = _folder["v.npy"];
        HkRun run = await HkProcess.Run("topk", file, "-k", "3", "--vectors", output, "--json");
        Assert.Equal(0, run.ExitCode);
        NpyArray<double> vectors = Npy.Read<double>(output);
        Assert.Equal([3, N], vectors.Shape.ToArray());
        Assert.Equal(Lanczos.TopK<double>(a, N, 3).Eigenvectors, vectors.Values);

        byte[] before = File.ReadAllBytes(output);
        HkRun refused = await HkProcess.Run("topk", file, "-k", "2", "--vectors", output, "--json");
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("--force", refused.Error);
        Assert.Equal(before, File.ReadAllBytes(output));

        HkRun forced = await HkProcess.Run("topk", file, "-k", "2", "--vectors", output, "--force");
        Assert.Equal(0, forced.ExitCode);
        Assert.Equal([2, N], Npy.ReadHeader(output).Shape.ToArray());
        Assert.Equal(["a.npy", "v.npy"], _folder.Names.Order());
    }

    [Fact]
    public async Task VectorsOfAStackHaveThreeAxesAndTheElementTypeComputedIn()
    {
        string file = Matrices.WriteSingle(_folder["s.npy"], Matrices.Spiked(12, batch: 4), 4, 12, 12), output = _folder["v.npy"];
        Assert.Equal(0, (await HkProcess.Run("topk", file, "-k", "2", "--vectors", output)).ExitCode);
        NpyHeader header = Npy.ReadHeader(output);
        Assert.Equal([4, 2, 12], header.Shape.ToArray());
        Assert.Equal(NpyElementType.Float32, header.ElementType);
    }

    [Fact]
    public async Task PeopleGetATable()
    {
        string one = Matrices.Write(_folder["a.npy"], Matrices.Spiked(N), N, N), stack = Matrices.Write(_folder["s.npy"], Matrices.Spiked(8, batch: 30), 30, 8, 8);
        HkRun table = await HkProcess.Run("topk", one, "-k", "3");
        Assert.Equal((0, ""), (table.ExitCode, table.Error));
        foreach (string part in (ReadOnlySpan<string>)["eigenvalue", "residual norm", "enclosure", "product", "restart", "||I - V^T V||", "missed", "converged: 3 of 3"])
            Assert.Contains(part, table.Output);
        HkRun many = await HkProcess.Run("topk", stack, "-k", "1");
        Assert.Contains("and 10 more pairs", many.Output);
        Assert.Contains("converged: 30 of 30 matrices", many.Output);
    }

    private static void AssertSame<T>(LanczosResult<T> expected, JsonElement found)
    {
        JsonAssert.Same(expected.Eigenvalues, found.GetProperty("eigenvalues"));
        JsonAssert.Same(expected.ResidualNorms, found.GetProperty("residualNorms"));
        JsonAssert.Same(expected.EnclosureRadii, found.GetProperty("enclosureRadii"));
        Assert.Equal(expected.Converged, found.GetProperty("converged").EnumerateArray().Select(pair => pair.GetBoolean()));
        Assert.Equal(expected.Status.ToString(), found.Text("status"), ignoreCase: true);
        Assert.Equal(expected.Evidence.OperatorApplications, found.Number("operatorApplications"));
        Assert.Equal(expected.Evidence.Restarts, found.Number("restarts"));
        Assert.Equal(expected.Evidence.Reorthogonalizations, found.Number("reorthogonalizations"));
        Assert.Equal(expected.Evidence.Orthogonality, found.Number("orthogonality"));
        Assert.Equal(expected.Evidence.OperatorNorm, found.Number("operatorNorm"));
        Assert.Equal(expected.Evidence.MissProbability, found.Number("missProbability"));
        Assert.Equal(expected.Evidence.Found, found.Number("found"));
    }
}
