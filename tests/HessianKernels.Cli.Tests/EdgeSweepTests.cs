using System.Globalization;
using System.Text.Json;
using HessianKernels.Cli.Commands;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>hk edge over learning rates and batch sizes.</summary>
public sealed class EdgeSweepTests : IDisposable
{
    private const int N = 6;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Jacobian => Matrices.Write(_folder["j.npy"], Edge.Jacobian(N, 4), N, 4);

    [Fact]
    public async Task DocumentAndFileHaveEveryPoint()
    {
        string csv = _folder["s.csv"];
        HkRun run = await HkProcess.Run("edge", "--jacobian", Jacobian, "--lr", "0.1:1.6:4", "--batch", "1,3,6", "--json", "--csv", csv);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement[] items = [.. run.Json.GetProperty("items").EnumerateArray()];
        string[] lines = File.ReadAllLines(csv), header = lines[0].Split(',');
        Assert.Equal((12, 13), (items.Length, lines.Length));
        for (int i = 0; i < 12; i++)
        {
            int b = ((int[])[1, 3, 6])[i / 4];
            double eta = ((double[])[0.1, 0.6, 1.1, 1.6])[i % 4];
            StochasticEdgeReport expected = StochasticEdge.Analyze(Edge.Set(Edge.Jacobian(N, 4), N), eta, b);
            JsonElement norms = items[i].GetProperty("noiseKernel");
            Assert.Equal(eta, items[i].Number("learningRate"), 1e-15);
            Assert.Equal((b, "without"), (items[i].Number("batchSize"), items[i].Text("sampling")));
            Assert.Equal(expected.CriticalLearningRate!.Value.Value, items[i].Number("criticalLearningRate"), 1e-9);
            Assert.Equal(expected.NoiseKernel.HighDimensional, norms.Number("highDimensional"), 1e-9);
            Assert.Equal(expected.Stable, items[i].GetProperty("stable").GetBoolean());

            string[] cells = lines[i + 1].Split(',');
            Assert.Equal(header.Length, cells.Length);
            Dictionary<string, string> row = header.Zip(cells).ToDictionary();
            foreach (string name in (string[])[
                "learningRate", "batchSize", "criticalLearningRate", "coherence", "contraction", "operatorApplications"]) Same(
                items[i], name);
            foreach (string name in (string[])["trace", "highDimensionalAsymptotic", "highDimensional", "diagonal", "exact"])
                Same(norms, name);
            Assert.Equal(("without", "", expected.Stable == true ? "true" : "false"),
                (row["sampling"], row["theorem1Diverges"], row["stable"]));
            Assert.Equal(expected.Verdict.ToString(), row["verdict"], ignoreCase: true);

            void Same(JsonElement element, string name)
                => Assert.Equal(element.Number(name), double.Parse(row[name], CultureInfo.InvariantCulture));
        }

        Assert.Equal(["j.npy", "s.csv"], _folder.Names.Order());
    }

    /// <summary>Both ends are the user's own numbers, whatever the steps between round to.</summary>
    [Theory]
    [InlineData("0.1:0.7:8", 0.1, 0.7, 8)]
    [InlineData("1e-3:0.3:14", 1e-3, 0.3, 14)]
    [InlineData("0.007:0.32:20", 0.007, 0.32, 20)]
    public void ASweepHasBothItsEnds(string rates, double from, double to, int steps)
    {
        double[] found = PointRange.Of(rates, "3,1").LearningRates;
        Assert.Equal((from, to, steps), (found[0], found[^1], found.Length));
        for (int i = 1; i < steps; i++) Assert.Equal((to - from) / (steps - 1), found[i] - found[i - 1], 1e-12);
    }

    [Fact]
    public async Task AFileIsReplacedWhereThatIsAskedFor()
    {
        string csv = _folder["s.csv"];
        File.WriteAllText(csv, "precious");
        string[] arguments = [
            "edge", "--jacobian", Jacobian, "--lr", "0.1", "--batch", "2", "--lambda-max-t", "--paths", "1", "--csv", csv];
        HkRun refused = await HkProcess.Run(arguments);
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("--csv: found", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(csv));
        Assert.Equal(0, (await HkProcess.Run([.. arguments, "--force"])).ExitCode);
        string[] lines = File.ReadAllLines(csv);
        Assert.Equal(2, lines.Length);
        Assert.EndsWith(",secondMomentLambdaMax,lyapunovExponent,lyapunovStandardError", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(",,,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForPeopleTwentyRows()
    {
        HkRun run = await HkProcess.Run("edge", "--jacobian", Jacobian, "--lr", "0.01:2:12", "--batch", "1,2");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("and 4 more points", run.Output, StringComparison.Ordinal);
        Assert.Contains("24 points", run.Output, StringComparison.Ordinal);
        // No row is broken for want of width.
        Assert.Equal(20, run.Output.Split('\n').Count(line => line.Contains("stable  ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task CancellingKeepsThePointsThatWereDone()
    {
        if (OperatingSystem.IsWindows()) return;
        string csv = _folder["s.csv"], file = Matrices.Write(_folder["big.npy"], Edge.Jacobian(90, 80), 90, 80);
        using HkProcess hk = HkProcess.Start(
            line => line.Contains(" of 100000 points", StringComparison.Ordinal) && !line.Contains(" 0 of", StringComparison.Ordinal),
            "edge", "--jacobian", file, "--lr", "0.0001:0.01:100000", "--batch", "4", "--json", "--csv", csv, "--progress", "always");
        await hk.Told();
        await hk.Signal("INT");
        HkRun run = await hk.Ended();
        Assert.Equal(130, run.ExitCode);
        int points = run.Json.GetProperty("items").GetArrayLength();
        Assert.InRange(points, 1, 99_999);
        Assert.Equal(points + 1, File.ReadAllLines(csv).Length);
    }

    [Theory]
    [InlineData("--lr: found '0'", "a finite number above 0", "--lr", "0", "--batch", "2")]
    [InlineData("--lr: found '-1'", "above 0", "--lr=-1", "--batch", "2")]
    [InlineData("--lr: found 'NaN'", "above 0", "--lr", "NaN", "--batch", "2")]
    [InlineData("--lr: found 'Infinity'", "finite", "--lr", "Infinity", "--batch", "2")]
    [InlineData("--lr: found 'fast'", "FROM:TO:STEPS", "--lr", "fast", "--batch", "2")]
    [InlineData("--lr: found '1:2'", "FROM:TO:STEPS", "--lr", "1:2", "--batch", "2")]
    [InlineData("--lr: found '0' in '0:2:3'", "above 0", "--lr", "0:2:3", "--batch", "2")]
    [InlineData("--lr: found 1 steps", "2 to", "--lr", "1:2:1", "--batch", "2")]
    [InlineData("--lr: found many steps", "a whole number", "--lr", "1:2:many", "--batch", "2")]
    [InlineData("--lr: found '2:1:3'", "FROM below TO", "--lr", "2:1:3", "--batch", "2")]
    [InlineData("--lr", "required", "--batch", "2")]
    [InlineData("--batch: found 0", "1 <= B <= n = 6", "--lr", "1", "--batch", "0")]
    [InlineData("--batch: found -2", "1 <= B <= n = 6", "--lr", "1", "--batch=-2")]
    [InlineData("--batch: found 7", "1 <= B <= n = 6", "--lr", "1", "--batch", "2,7")]
    [InlineData("--batch: found '2,'", "a whole number", "--lr", "1", "--batch", "2,")]
    [InlineData("--batch", "required", "--lr", "1")]
    [InlineData("--sampling: found 'both'", "without, with or bernoulli", "--lr", "1", "--batch", "2", "--sampling", "both")]
    [InlineData("--momentum: found 1;", "0 <= MU < 1", "--lr", "1", "--batch", "2", "--momentum", "1")]
    [InlineData("--momentum: found -0.1", "0 <= MU < 1", "--lr", "1", "--batch", "2", "--momentum", "-0.1")]
    [InlineData("--momentum: found NaN", "0 <= MU < 1", "--lr", "1", "--batch", "2", "--momentum", "NaN")]
    [InlineData("--weight-decay: found -1", "at least 0", "--lr", "1", "--batch", "2", "--weight-decay", "-1")]
    [InlineData("--paths: found 0", "at least 1", "--lr", "1", "--batch", "2", "--paths", "0")]
    [InlineData("--memory-limit: found 0", "at least 1", "--lr", "1", "--batch", "2", "--memory-limit", "0")]
    [InlineData("--memory-limit: found a need of ", "expected at most 1000", "--lr", "1", "--batch", "2", "--memory-limit", "1000")]
    [InlineData("--threads: found -1", "0 or more", "--lr", "1", "--batch", "2", "--threads", "-1")]
    [InlineData("--csv", "found no folder", "--lr", "1", "--batch", "2", "--csv", "/nowhere/at/all.csv")]
    [InlineData("--csv", "ends in .csv", "--lr", "1", "--batch", "2", "--csv", "all.txt")]
    [InlineData("found --jacobian and --factors", "one of them", "--lr", "1", "--batch", "2", "--factors", "f.npy")]
    public Task BadOptions(string found, string expected, params string[] options)
        => Refused(["--jacobian", Jacobian, .. options], found, expected);

    [Fact]
    public async Task BadFiles()
    {
        string[] point = ["--lr", "0.1", "--batch", "1"];
        await Refused(point, "--jacobian, --hessians, --factors: found none", "expected one of them");
        await Refused(["--jacobian", _folder["none.npy"], .. point], _folder["none.npy"], "found no such file");
        double[] eight = [1, 0, 0, 1, 2, 0, 0, 2];
        string cube = Matrices.Write(_folder["cube.npy"], eight, 2, 2, 2), flat = Matrices.Write(_folder["flat.npy"], eight, 2, 4);
        await Refused(["--jacobian", cube, .. point], "--jacobian: " + cube, "3 axes", "(2, 2, 2)", "(n, d)");
        await Refused(["--factors", flat, .. point], "--factors: " + flat, "2 axes", "(n, r, d)");
        await Refused(["--hessians", Matrices.Write(_folder["wide.npy"], eight, 1, 2, 4), .. point], "shape (1, 2, 4)", "square");
        await Refused(["--jacobian", Matrices.Write(_folder["zero.npy"], [], 0, 4), .. point], "no elements", "(0, 4)");
        await Refused(["--hessians", Matrices.Write(_folder["skew.npy"], [1, 0, 0, 1, 2, 3, 0, 2], 2, 2, 2), .. point], "skew.npy",
            "not symmetric", "3");
        // In memory, and passing by.
        foreach ((int n, int d) in ((int, int)[])[(4, 2), (2, 4)])
        {
            double[] nan = [1, 2, 3, double.NaN, 5, 6, 7, 8];
            await Refused(["--jacobian", Matrices.Write(_folder[$"nan{n}.npy"], nan, n, d), .. point], $"nan{n}.npy", "NaN", $"{3 / d}",
                $"{3 % d}");
        }

        await Refused(["--jacobian", Matrices.WriteRaw(_folder["i8.npy"], "<i8", false, "(1, 1)", new byte[8]), .. point], "int64");
        await Refused(["--jacobian", flat, "--member", "a", .. point], "--member", "a .npz file");
    }

    private async Task Refused(string[] arguments, params string[] parts)
    {
        string[] before = [.. _folder.Names];
        HkRun run = await HkProcess.Run(["edge", .. arguments, "--json"]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        foreach (string part in parts) Assert.Contains(part, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, _folder.Names);
    }
}
