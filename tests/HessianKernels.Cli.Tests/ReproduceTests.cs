using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>hk reproduce and hk plot from outside: what they leave, what they keep, what they refuse.</summary>
public sealed class ReproduceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AFigureIsReportedKeptAndDrawnAgain()
    {
        string figures = _folder["figures"];
        HkRun first = await HkProcess.Run("reproduce", "001/F22", "--out", figures);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("1 of 1 figures, 0 kept from before; complete", first.Output);
        Assert.Contains("6 of 6", first.Output);
        Assert.True(File.Exists(Path.Combine(figures, "report.html")));

        HkRun second = await HkProcess.Run("reproduce", "001/f22", "--out", figures, "--json");
        Assert.Equal(0, second.ExitCode);
        Assert.Equal("complete", second.Json.Text("status"));
        Assert.Equal(1, second.Json.Number("kept"));
        Assert.All(second.Json.GetProperty("figures")[0].GetProperty("claims").EnumerateArray(), claim => Assert.Equal("reproduced", claim.Text("verdict")));

        string table = Path.Combine(figures, "001-F22", "steps.csv"), picture = _folder["curves.svg"];
        HkRun plot = await HkProcess.Run("plot", table, "--x", "step", "--y", "cosine,theta1", "--out", picture, "--log-y");
        Assert.Equal((0, "", ""), (plot.ExitCode, plot.Error, plot.Output));
        string svg = File.ReadAllText(picture);
        Assert.Contains(">cosine<", svg);
        Assert.DoesNotContain(">theta2<", svg);
    }

    [Theory]
    [InlineData("FIGURE: Found '001/F99'; expected 000/F1", "reproduce", "001/F99", "--out", "OUT")]
    [InlineData("--quick, --full: found both", "reproduce", "all", "--out", "OUT", "--quick", "--full")]
    [InlineData("--data: Found no folder", "reproduce", "001/F22", "--out", "OUT", "--data", "NONE")]
    [InlineData("--out: Found other.txt", "reproduce", "001/F22", "--out", "FULL")]
    [InlineData("FILE: found no file", "plot", "NONE.csv", "--out", "OUT.svg")]
    [InlineData("--x: found 'c'; expected one of a, b", "plot", "TABLE", "--x", "c", "--out", "OUT.svg")]
    [InlineData("--y: found 'c'; expected one of a, b", "plot", "TABLE", "--y", "b,c", "--out", "OUT.svg")]
    [InlineData("--y: found no number to draw; expected one above 0", "plot", "TABLE", "--y", "b", "--log-y", "--out", "OUT.svg")]
    [InlineData("Line 3 has 1 cells; expected 2", "plot", "RAGGED", "--out", "OUT.svg")]
    [InlineData("expected a name that ends in .svg", "plot", "TABLE", "--out", "OUT.png")]
    public async Task BadInputIsOneLineThatNamesIt(string expected, params string[] arguments)
    {
        File.WriteAllText(_folder["TABLE.csv"], "a,b\n1,-1\n2,-2\n");
        File.WriteAllText(_folder["RAGGED.csv"], "a,b\n1,-1\n2\n");
        Directory.CreateDirectory(_folder["FULL"]);
        File.WriteAllText(Path.Combine(_folder["FULL"], "other.txt"), "");
        string Place(string argument) => argument switch
        {
            "TABLE" or "RAGGED" => _folder[argument + ".csv"],
            _ when argument == argument.ToUpperInvariant() && !argument.Contains('/') && !argument.StartsWith('-') => _folder[argument],
            "OUT.svg" or "OUT.png" or "NONE.csv" => _folder[argument],
            _ => argument,
        };
        HkRun run = await HkProcess.Run([.. arguments.Select(Place)]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task AnInterruptedRunKeepsWhatIsFinished()
    {
        if (OperatingSystem.IsWindows()) return;
        string figures = _folder["figures"];
        // The first figures of 001 take no time; 000/F9 at the paper's size takes minutes.
        Assert.Equal(0, (await HkProcess.Run("reproduce", "001/F22", "--out", figures, "--full")).ExitCode);
        using HkProcess hk = HkProcess.Start(
            line => line.Contains("000/F9", StringComparison.Ordinal), "reproduce", "000/F9", "--out", figures, "--full", "--json", "--progress", "always");
        await hk.Told();
        await hk.Signal("INT");
        HkRun run = await hk.Ended();
        Assert.Equal(130, run.ExitCode);
        Assert.Equal("cancelled", run.Json.Text("status"));
        string report = File.ReadAllText(Path.Combine(figures, "report.html"));
        Assert.Contains("001/F22", report);
        Assert.DoesNotContain("id=\"000-F9\"", report);
        Assert.False(Directory.Exists(Path.Combine(figures, "000-F9")));
    }
}
