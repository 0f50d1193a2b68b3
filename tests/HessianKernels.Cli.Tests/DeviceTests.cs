using System.Text.Json;
using HessianKernels.Cli.Devices;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>Where hk computes, and what it says of it; in a build without GPUs all of it is said, too.</summary>
public sealed class DeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _matrix, _jacobian;
    private readonly Lazy<NetworkCase> _network;

    public DeviceTests()
    {
        _matrix = new(() => Matrices.Write(_folder["a.npy"], Matrices.Spiked(20), 20, 20));
        _jacobian = new(() => Matrices.Write(_folder["j.npy"], Edge.Jacobian(6, 4), 6, 4));
        _network = new(() => new(_folder));
    }

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Commands => ["topk", "trace", "density", "edge", "edge with momentum", "batch", "curvature", "train", "export-jacobian", "reproduce"];

    /// <summary>A command with what it needs.</summary>
    private string[] Command(string name) => name switch
    {
        "topk" => ["topk", _matrix.Value, "-k", "1"],
        "batch" => ["batch", "--npz", Edge.File("batch_quantities.npz"), "--batch", "3"],
        "edge" => ["edge", "--jacobian", _jacobian.Value, "--lr", "0.1", "--batch", "2"],
        "curvature" => _network.Value.Arguments(
            "curvature", "cross-entropy", "-k", "2", "--tol", "1e-8", "--trace-products", "8", "--batch", "18", "--edge", "--lr", "0.1"),
        "train" => _network.Value.Arguments(
            "train", "mse", "--lr", "0.1", "--batch", "5", "--steps", "2", "--track-every", "1", "--eigenpairs", "2",
            "--track", "step-sharpness,loss,accuracy,lambda-max,trace,k-exact", "--force", "--out", _folder["run"]),
        "export-jacobian" => _network.Value.Arguments("export-jacobian", "cross-entropy", "--force", _folder["rows.npy"]),
        "reproduce" => ["reproduce", "001/F22", "--out", _folder["figures"]],
        "edge with momentum" => [.. Command("edge"), "--momentum", "0.5", "--weight-decay", "0.01"],
        _ => [name, _matrix.Value],
    };

    /// <summary>The numbers that a command found.</summary>
    private double[] Numbers(string command, JsonElement json) => command switch
    {
        "topk" => json.GetProperty("eigenvalues").Numbers(),
        "trace" => [json.Number("value"), json.Number("standardError")],
        "density" => [json.Number("smallest"), json.Number("largest"), json.Number("integral"), .. json.GetProperty("density").Numbers()],
        "batch" => [json.GetProperty("batchSharpness").Number("value"), json.GetProperty("lambdaMaxBatch").Number("value")],
        "edge" => [json.Number("criticalLearningRate"), json.Number("lambdaMax"), json.Number("trace")],
        "edge with momentum" => [json.GetProperty("noiseKernel").Number("exact"), json.Number("lambdaMax")],
        "curvature" =>
        [
            json.Number("loss"), json.Number("gradientNorm"), .. json.GetProperty("eigenvalues").Numbers(),
            json.GetProperty("trace").Number("value"), json.GetProperty("batchSharpness").Number("value"),
            json.GetProperty("gradientNoiseInteraction").Number("value"), json.GetProperty("edge").Number("criticalLearningRate"),
        ],
        "train" => [.. json.GetProperty("last").EnumerateObject().Select(column => column.Value.Number())],
        // A figure of no network: all of it is the CPU's, and its entry says so.
        "reproduce" => [.. json.GetProperty("figures").EnumerateArray().Select(figure => figure.Text("device") == "cpu" ? figure.GetProperty("claims").GetArrayLength() : -1.0)],
        _ => Npy.Read<double>(_folder["rows.npy"]).Values,
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task TheResultSaysWhereItRan(string command)
    {
        HkRun run = await HkProcess.Run([.. Command(command), "--json", "--device", "cpu"]);
        Assert.InRange(run.ExitCode, 0, 1);
        Assert.Equal("", run.Error);
        Assert.Equal("cpu", run.Json.Text("device"));
        Assert.False(run.Json.TryGetProperty("onCpu", out _));
        // auto takes a GPU where there is one; else it falls back, and says so in three places.
        HkRun auto = await HkProcess.Run([.. Command(command), "--json", "--device", "auto"]), table = await HkProcess.Run([.. Command(command), "--device", "auto"]);
        string device = auto.Json.Text("device");
        Assert.Contains($"computed on {device}", table.Output, StringComparison.Ordinal);
        if (device == "cpu") Assert.Contains("computing on the CPU: ", auto.Error, StringComparison.Ordinal);
    }

    /// <summary>Threads that play a device give the CPU's numbers; in a build without GPUs they are refused, and the switch is named.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task ADeviceFindsWhatTheCpuFinds(string command)
    {
        HkRun run = await HkProcess.Run([.. Command(command), "--json", "--device", "emulator"]);
        HkRun devices = await HkProcess.Run("devices", "--json");
        if (!devices.Json.GetProperty("gpu").GetBoolean())
        {
            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.Contains("-p:Gpu=true", run.Error, StringComparison.Ordinal);
            return;
        }

        double[] found = Numbers(command, run.Json);
        HkRun onCpu = await HkProcess.Run([.. Command(command), "--json"]);
        double[] expected = Numbers(command, onCpu.Json);
        Assert.Equal((onCpu.ExitCode, "", "emulator (threads of this machine)"), (run.ExitCode, run.Error, run.Json.Text("device")));
        Assert.Equal(command is "edge" or "edge with momentum" or "batch" or "curvature" or "train" or "export-jacobian" or "reproduce", run.Json.TryGetProperty("onCpu", out _));
        Assert.Equal(expected.Length, found.Length);
        Assert.NotEmpty(found);
        for (int i = 0; i < found.Length; i++)
            Assert.True(Math.Abs(found[i] - expected[i]) <= 1e-8 * (1 + Math.Abs(expected[i])), $"number {i}: {found[i]} and {expected[i]}");
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:x")]
    [InlineData("opencl:1:2")]
    public async Task AnythingElseIsBadInput(string device)
    {
        HkRun run = await HkProcess.Run("topk", _matrix.Value, "-k", "1", "--device", device);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"hk: --device: found '{device}'; expected cpu, auto, cuda, cuda:INDEX, opencl or opencl:INDEX\n", run.Error.ReplaceLineEndings("\n"));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task ADeviceThatIsNotThereSaysWhatToDo(string command)
    {
        HkRun run = await HkProcess.Run([.. Command(command), "--device", "cuda:99"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("'cuda:99'", run.Error, StringComparison.Ordinal);
        Assert.Matches("-p:Gpu=true|install|expected an index", run.Error);
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
