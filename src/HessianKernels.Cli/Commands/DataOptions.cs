using System.CommandLine;
using System.Globalization;
using System.Numerics;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.Networks.Data;

namespace HessianKernels.Cli.Commands;

/// <summary>Which examples, and what is done to them before a model sees them.</summary>
internal sealed class DataOptions
{
    private const string AsTheyAre = "none", Features = "features", Channels = "channels", Zca = "zca";

    private static readonly Dictionary<string, DataPart> s_parts = new() { ["train"] = DataPart.Train, ["test"] = DataPart.Test };

    private readonly Option<string> _data = new("--data")
    {
        Description = "A .npz file with X and Y, or a folder with the files of MNIST, Fashion-MNIST, CIFAR-10 or CIFAR-100.",
        HelpName = "DATA", Required = true,
    };

    private readonly Option<string> _part = Options.Choice("--part", "PART", "Which set of a folder: train or test.", [.. s_parts.Keys]);
    private readonly Option<int?> _examples = Options.Number<int>("--examples", "N", "Take the first N examples, of the classes taken.");
    private readonly Option<string?> _classes = new("--classes")
    {
        Description = "Take these classes, numbered anew in this order.", HelpName = "A,B,...",
    };

    private readonly Option<bool> _parity = new("--odd-even") { Description = "Two classes in place of the labels: 0 for even ones, 1 for odd." };
    private readonly Option<string> _scale = Options.Choice(
        "--scale", "HOW",
        "Shift and scale the inputs: not at all (none), each number (features) or channel to mean 0 and variance 1, or whiten them (zca).",
        AsTheyAre, Features, Channels, Zca);

    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_data, _part, _examples, _classes, _parity, _scale]) command.Add(option);
    }

    public string Path(ParseResult parsed) => parsed.GetRequiredValue(_data);

    /// <summary>Reads the examples, takes those wanted and scales them.</summary>
    public DataSet<T> Read<T>(ParseResult parsed, ProgressBoard? board, int threads, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string path = Path(parsed), scale = parsed.GetRequiredValue(_scale);
        int? most = parsed.GetValue(_examples);
        BadInputException.Unless(most is null or >= 1, $"--examples: found {most}; expected at least 1");
        int[]? classes = Classes(parsed.GetValue(_classes));
        BadInputException.Unless(
            File.Exists(path) || Directory.Exists(path),
            $"--data: found no file and no folder {path}; expected a .npz file, or a folder of a benchmark");
        DataPart part = s_parts[parsed.GetRequiredValue(_part)];
        DataSet<T> data = Told(path, () => DataSource.Read<T>(path, part, classes is null ? most : null, board, cancellation));
        if (classes is not null) data = Told("--classes", () => data.OfClasses(classes));
        if (classes is not null && most is { } count) data = Told("--examples", () => data.First(count));
        if (parsed.GetValue(_parity)) data = Told("--odd-even", data.OddOrEven);
        return scale switch
        {
            AsTheyAre => data,
            Zca => Told("--scale zca", Whitened),
            _ => Standardization.Of(data, scale == Features ? StandardizationUnit.Feature : StandardizationUnit.Channel, threads).Apply(data),
        };

        DataSet<T> Whitened()
            => ZcaWhitening.Of(data, threads: threads, cancellation: cancellation).Apply(data, threads, cancellation);
    }

    private static int[]? Classes(string? text)
    {
        if (text is null) return null;
        string[] parts = text.Split(',');
        int[] classes = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            BadInputException.Unless(
                int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out classes[i]),
                $"--classes: found '{parts[i]}' in '{text}'; expected whole numbers with commas between");
        }

        return classes;
    }

    /// <summary>Does what may refuse the data, told as bad input.</summary>
    private static TResult Told<TResult>(string what, Func<TResult> step)
    {
        try
        {
            return InputFile.Reading(what, step);
        }
        catch (DataFormatException e)
        {
            throw new BadInputException($"{e.File}: {e.Field}: found {e.Found}; expected {e.Expected}", e);
        }
        catch (ArgumentException e)
        {
            throw BadInputException.From(what, e);
        }
        catch (InvalidOperationException e)
        {
            throw new BadInputException($"{what}: {e.Message}", e);
        }
    }
}
