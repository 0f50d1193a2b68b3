using System.CommandLine;

namespace HessianKernels.Cli.Commands;

/// <summary>Which examples are kept apart, to be looked at and not trained on.</summary>
internal sealed class TestDataOptions
{
    private readonly Option<string?> _data = new("--test-data")
    {
        Description = "Examples that are not trained on, as --data; of a folder its test set. Their loss and accuracy are recorded.",
        HelpName = "DATA",
    };

    private readonly Option<int?> _examples = Options.Number<int>(
        "--test-examples", "N", "Take the first N of them, of the classes taken.");

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_examples);
    }

    /// <summary>Null where there are none.</summary>
    public string? Path(ParseResult parsed)
    {
        string? path = parsed.GetValue(_data);
        BadInputException.Unless(
            path is not null || Most(parsed) is null, "--test-examples: found without --test-data; expected both or neither");
        return path;
    }

    public int? Most(ParseResult parsed) => parsed.GetValue(_examples);
}
