using System.Text.Json;
using HessianKernels.Cli.Devices;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>Where hk computes, and what it says of it; in a build without GPUs all of it is said, too.</summary>
public sealed class DeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Matrix() => Matrices.Write(_folder["a.npy"], Matrices.Spiked(20), 20, 20);

    [Fact]
    public async Task TheResultSaysWhereItRan()
    {
        HkRun run = await HkProcess.Run("topk", Matrix(), "-k", "1", "--json", "--device", "cpu");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("cpu", run.Json.Text("device"));
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:x")]
    [InlineData("opencl:1:2")]
    public async Task AnythingElseIsBadInput(string device)
    {
        HkRun run = await HkProcess.Run("topk", Matrix(), "-k", "1", "--device", device);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"hk: --device: found '{device}'; expected cpu, auto, cuda, cuda:INDEX, opencl or opencl:INDEX\n", run.Error.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task ADeviceThatIsNotThereSaysWhatToDo()
    {
        HkRun run = await HkProcess.Run("topk", Matrix(), "-k", "1", "--device", "cuda:99");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("'cuda:99'", run.Error, StringComparison.Ordinal);
        Assert.Matches("-p:Gpu=true|install|expected an index", run.Error);
    }

    [Theory]
    [InlineData("trace")]
    [InlineData("density")]
    public async Task ACommandOfTheCpuSaysThatItIs(string command)
    {
        string file = Matrix();
        HkRun refused = await HkProcess.Run(command, file, "--device", "cuda");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"hk {command} computes on the CPU only", refused.Error, StringComparison.Ordinal);
        HkRun fallen = await HkProcess.Run(command, file, "--device", "auto");
        Assert.Equal(0, fallen.ExitCode);
        Assert.Contains("computes on the CPU", fallen.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DevicesAreListed()
    {
        HkRun table = await HkProcess.Run("devices"), json = await HkProcess.Run("devices", "--json");
        Assert.Equal((0, 0), (table.ExitCode, json.ExitCode));
        Assert.NotEqual("", table.Output);
        Assert.Equal(JsonValueKind.Array, json.Json.GetProperty("devices").ValueKind);
        if (!json.Json.GetProperty("gpu").GetBoolean()) Assert.Contains("-p:Gpu=true", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AutoFallsBackAndSaysSo()
    {
        if (GpuBuild.Open("auto", out string? why) is { } device)
        {
            // There is a GPU: nothing falls back.
            device.Dispose();
            return;
        }

        Assert.False(string.IsNullOrEmpty(why));
    }
}
