using System.CommandLine;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Commands;

/// <summary>What every command that reads matrices may be told.</summary>
internal sealed class MatrixOptions
{
    private readonly RunOptions _run = new();

    private readonly Argument<string> _file = new("FILE")
    {
        Description = "A .npy or .npz file of float32 or float64: one symmetric matrix (n, n), or a stack (batch, n, n).",
    };

    private readonly Option<string?> _member = new("--member") { Description = "Which array of a .npz file that holds several.", HelpName = "NAME" };
    private readonly Option<bool> _float = new("--float") { Description = "Compute in float32; by default in the file's type." };
    private readonly Option<bool> _double = new("--double") { Description = "Compute in float64; by default in the file's type." };

    /// <summary>The file first, then the command's own options, then the common ones.</summary>
    public void AddTo(Command command, params ReadOnlySpan<Option> own)
    {
        command.Add(_file);
        foreach (Option option in own) command.Add(option);
        _run.AddTo(command, _member, _float, _double);
    }

    /// <summary>For the commands that write a file.</summary>
    public Option<bool> ForceOption => _run.ForceOption;

    public string File(ParseResult parsed) => parsed.GetRequiredValue(_file);

    public ulong Seed(ParseResult parsed) => _run.Seed(parsed);

    public string Device(ParseResult parsed) => _run.Device(parsed);

    public bool Json(ParseResult parsed) => _run.Json(parsed);

    public bool Force(ParseResult parsed) => _run.Force(parsed);

    public ProgressMode Progress(ParseResult parsed) => _run.Progress(parsed);

    public int Threads(ParseResult parsed) => _run.Threads(parsed);

    public MatrixFile Open(ParseResult parsed)
    {
        bool single = parsed.GetValue(_float), whole = parsed.GetValue(_double);
        BadInputException.Unless(!(single && whole), "--float and --double: found both; expected one of them or neither");
        return MatrixFile.Open(
            File(parsed), parsed.GetValue(_member), single ? NpyElementType.Float32 : whole ? NpyElementType.Float64 : null);
    }
}
