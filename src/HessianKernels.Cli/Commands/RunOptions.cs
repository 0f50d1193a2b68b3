using System.CommandLine;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;

namespace HessianKernels.Cli.Commands;

/// <summary>What every command that computes may be told.</summary>
internal sealed class RunOptions
{
    private static readonly Dictionary<string, ProgressMode> s_modes = new()
    {
        ["auto"] = ProgressMode.Auto, ["always"] = ProgressMode.Always, ["never"] = ProgressMode.Never,
    };

    private readonly Option<ulong> _seed = Options.Number<ulong>("--seed", "S", "Names the random numbers: same seed, same bits.", 0);
    private readonly Option<int> _threads = Options.Number(
        "--threads", "N", "Most threads used; 0 for one a processor. Changes no bit of the result.", 0);

    private readonly Option<string> _device = new("--device")
    {
        Description = "Where to compute: cpu, auto (a GPU if there is one, else the CPU, and it says so), cuda[:INDEX], opencl[:INDEX]; see hk devices.",
        HelpName = "D",
        DefaultValueFactory = _ => ComputeDevice.Cpu,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON document, numbers in full precision, in place of tables.",
    };

    private readonly Option<string> _progress = Options.Choice(
        "--progress", "WHEN", "Progress on the standard error: auto (where it is a terminal), always, never.", [.. s_modes.Keys]);

    /// <summary>For the commands that write a file.</summary>
    public Option<bool> ForceOption { get; } = new("--force") { Description = "Replace an output file that exists." };

    /// <summary>The command's own options first.</summary>
    public void AddTo(Command command, params ReadOnlySpan<Option> own)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_seed, _threads, _device, .. own, _json, _progress]) command.Add(option);
    }

    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    /// <summary>What --device asks for.</summary>
    public string Device(ParseResult parsed) => parsed.GetRequiredValue(_device);

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public bool Force(ParseResult parsed) => parsed.GetValue(ForceOption);

    public ProgressMode Progress(ParseResult parsed) => s_modes[parsed.GetRequiredValue(_progress)];

    public int Threads(ParseResult parsed)
    {
        int threads = parsed.GetValue(_threads);
        BadInputException.Unless(threads >= 0, $"--threads: found {threads}; expected 0 or more");
        return threads;
    }
}
