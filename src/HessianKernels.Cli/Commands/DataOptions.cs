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
        => Read<T>(parsed, null, board, threads, cancellation).Data;

    /// <summary>
    /// Reads the examples and those to test on, takes those wanted of both, and scales both as the former are scaled.
    /// </summary>
    public (DataSet<T> Data, DataSet<T>? Test) Read<T>(
        ParseResult parsed, TestDataOptions? tests, ProgressBoard? board, int threads, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string path = Path(parsed);
        int? most = parsed.GetValue(_examples);
        int[]? classes = Classes(parsed.GetValue(_classes));
        DataPart part = s_parts[parsed.GetRequiredValue(_part)];
        int known = 0;
        DataSet<T> data = Wanted("--data", "--examples", path, part, most, null);
        DataSet<T>? test = tests?.Path(parsed) is { } other
            ? Wanted("--test-data", "--test-examples", other, DataPart.Test, tests.Most(parsed), known == 0 ? null : known) : null;
        if (test is not null && test.InputShape != data.InputShape)
        {
            throw new BadInputException(
                $"--test-data: found inputs of shape {test.InputShape}; expected {data.InputShape}, as those of --data");
        }

        Func<DataSet<T>, DataSet<T>> scale = Scaling(parsed, data, threads, cancellation);
        return (scale(data), test is null ? null : scale(test));

        DataSet<T> Wanted(string option, string count, string from, DataPart set, int? wanted, int? labels)
        {
            BadInputException.Unless(wanted is null or >= 1, $"{count}: found {wanted}; expected at least 1");
            BadInputException.Unless(
                File.Exists(from) || Directory.Exists(from),
                $"{option}: found no file and no folder {from}; expected a .npz file, or a folder of a benchmark");
            DataSet<T> read = Told(
                from, () => DataSource.Read<T>(from, set, classes is null ? wanted : null, board, cancellation, labels));
            known = read.Classes;
            if (classes is not null) read = Told("--classes", () => read.OfClasses(classes));
            if (classes is not null && wanted is { } first) read = Told(count, () => read.First(first));
            return parsed.GetValue(_parity) ? Told("--odd-even", read.OddOrEven) : read;
        }
    }

    /// <summary>What is done to the inputs, with the constants of these.</summary>
    private Func<DataSet<T>, DataSet<T>> Scaling<T>(ParseResult parsed, DataSet<T> data, int threads, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string scale = parsed.GetRequiredValue(_scale);
        if (scale == AsTheyAre) return set => set;
        if (scale == Zca)
        {
            ZcaWhitening whitening = Told("--scale zca", () => ZcaWhitening.Of(data, threads: threads, cancellation: cancellation));
            return set => whitening.Apply(set, threads, cancellation);
        }

        return Standardization.Of(data, scale == Features ? StandardizationUnit.Feature : StandardizationUnit.Channel, threads).Apply;
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
