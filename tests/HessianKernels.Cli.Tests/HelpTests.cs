using Xunit;

namespace HessianKernels.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData]
    [InlineData("topk")]
    [InlineData("density")]
    [InlineData("trace")]
    [InlineData("edge")]
    [InlineData("batch")]
    [InlineData("sample", "spiked")]
    [InlineData("sample", "jacobian")]
    [InlineData("reproduce")]
    [InlineData("plot")]
    public async Task HelpTellsTheExitCodes(params string[] command)
    {
        HkRun run = await HkProcess.Run([.. command, "--help"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Exit codes:", run.Output);
        Assert.Contains("130", run.Output);
    }

    [Fact]
    public async Task VersionIsANumber()
    {
        HkRun run = await HkProcess.Run("--version");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\s*$", run.Output);
    }
}
