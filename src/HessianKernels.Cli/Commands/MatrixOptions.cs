using System.CommandLine;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Commands;

/// <summary>What every command that reads matrices may be told.</summary>
internal sealed class MatrixOptions
{
    private static readonly Dictionary<string, ProgressMode> s_modes = new()
    {
        ["auto"] = ProgressMode.Auto, ["always"] = ProgressMode.Always, ["never"] = ProgressMode.Never,
    };

    private readonly Argument<string> _file = new("FILE")
    {
        Description = "A .npy or .npz file of float32 or float64: one symmetric matrix (n, n), or a stack (batch, n, n).",
    };

    private readonly Option<string?> _member = new("--member") { Description = "Which array of a .npz file that holds several.", HelpName = "NAME" };
    private readonly Option<bool> _float = new("--float") { Description = "Compute in float32; by default in the file's type." };
    private readonly Option<bool> _double = new("--double") { Description = "Compute in float64; by default in the file's type." };
    private readonly Option<ulong> _seed = Options.Number<ulong>("--seed", "S", "Names the random vectors: same seed, same bits.", 0);
    private readonly Option<int> _threads = Options.Number("--threads", "N", "Most threads used; 0 for one a processor. Changes no bit of the result.", 0);

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document, numbers in full precision, in place of tables." };
    private readonly Option<string> _progress = Options.Choice(
        "--progress", "WHEN", "Progress on the standard error: auto (where it is a terminal), always, never.", [.. s_modes.Keys]);


    /// <summary>The file first, then the command's own options, then the common ones.</summary>
    public void AddTo(Command command, params ReadOnlySpan<Option> own)
    {
        command.Add(_file);
        foreach (Option option in own) command.Add(option);
        foreach (Option option in (ReadOnlySpan<Option>)[_seed, _threads, _member, _float, _double, _json, _progress]) command.Add(option);
    }

    /// <summary>For the commands that write a file.</summary>
    public Option<bool> ForceOption { get; } = new("--force") { Description = "Replace an output file that exists." };

    public string File(ParseResult parsed) => parsed.GetRequiredValue(_file);

    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public bool Force(ParseResult parsed) => parsed.GetValue(ForceOption);

    public ProgressMode Progress(ParseResult parsed) => s_modes[parsed.GetRequiredValue(_progress)];

    public int Threads(ParseResult parsed)
    {
        int threads = parsed.GetValue(_threads);
        BadInputException.Unless(threads >= 0, $"--threads: found {threads}; expected 0 or more");
        return threads;
    }

    public MatrixFile Open(ParseResult parsed)
    {
        bool single = parsed.GetValue(_float), whole = parsed.GetValue(_double);
        BadInputException.Unless(!(single && whole), "--float and --double: found both; expected one of them or neither");
        return MatrixFile.Open(
            File(parsed), parsed.GetValue(_member), single ? NpyElementType.Float32 : whole ? NpyElementType.Float64 : null);
    }
}
