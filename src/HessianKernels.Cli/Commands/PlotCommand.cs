using System.CommandLine;
using HessianKernels.Cli.Output;
using HessianKernels.Reproduction;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Commands;

/// <summary>hk plot: columns of a table as curves.</summary>
internal sealed class PlotCommand
{
    private readonly Argument<string> _file = new(
        "FILE") { Description = "Columns of numbers: .csv with names in the first line, or the vectors of a .npz file." };
    private readonly Option<string?> _x = new("--x") { Description = "The column along; the first by default.", HelpName = "COLUMN" };
    private readonly Option<string?> _y = new("--y") { Description = "The columns up, A,B,...; all others that have a number by default.",
        HelpName = "COLUMNS" };
    private readonly Option<string> _out = new("--out") { Description = "The picture to write.", HelpName = "OUT.svg", Required = true };
    private readonly Option<bool> _logX = new("--log-x") { Description = "A logarithmic axis along." };
    private readonly Option<bool> _logY = new("--log-y") { Description = "A logarithmic axis up." };
    private readonly Option<string?> _title = new("--title") { Description = "Above the picture; the file's name by default.",
        HelpName = "TEXT" };
    private readonly Option<bool> _force = new("--force") { Description = "Replace an output file that exists." };

    public static Command Create()
    {
        PlotCommand plot = new();
        Command command = new("plot", "Draw columns of a table as curves, as SVG.") { plot._file, plot._x, plot._y, plot._out, plot._logX,
            plot._logY, plot._title, plot._force };
        command.SetAction(plot.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_file);
        OutputFile output = OutputFile.Check("--out", parsed.GetRequiredValue(_out), parsed.GetValue(_force), path, ".svg")!;
        TableFile table = Read(path);
        string x = parsed.GetValue(_x) ?? table.Names[0];
        double[] along = Column(table, "--x", x);
        string[] names = parsed.GetValue(_y) is { } given
            ? given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [.. table.Names.Where(name => name != x && table.Column(name)!.Any(double.IsFinite))];
        BadInputException.Unless(names.Length > 0, $"--y: found no column of numbers beside {x}; expected at least one");
        Chart chart = new()
        {
            Title = parsed.GetValue(_title) ?? Path.GetFileNameWithoutExtension(path),
            X = new(x, parsed.GetValue(_logX) ? AxisScale.Log : AxisScale.Linear),
            Y = new(names.Length == 1 ? names[0] : "", parsed.GetValue(_logY) ? AxisScale.Log : AxisScale.Linear),
            Series = [.. names.Select(name => new LineSeries(names.Length == 1 ? "" : name, along, Column(table, "--y", name)))],
        };
        foreach ((Axis axis, string option, IEnumerable<double> values) in
            ((Axis, string, IEnumerable<double>)[])[(chart.X, "--x", along),
                (chart.Y, "--y", names.SelectMany(name => table.Column(name)!))])
        {
            string expected = axis.Scale == AxisScale.Log ? "one above 0, for the logarithmic axis" : "one";
            BadInputException.Unless(values.Any(axis.Shows), $"{option}: found no number to draw; expected {expected}");
        }

        output.Write((file, overwrite) =>
        {
            using StreamWriter writer = new(new FileStream(file, overwrite ? FileMode.Create : FileMode.CreateNew));
            writer.Write(chart.ToSvg());
        });
        return ExitCode.Converged;
    }

    private static double[] Column(TableFile table, string option, string name)
    {
        double[]? column = table.Column(name);
        BadInputException.Unless(column is not null, $"{option}: found '{name}'; expected one of {string.Join(", ", table.Names)}");
        BadInputException.Unless(column!.Any(double.IsFinite), $"{option}: found no number in the column {name}; expected one");
        return column!;
    }

    private static TableFile Read(string path)
    {
        BadInputException.Unless(File.Exists(path), $"FILE: found no file {path}; expected a .csv or .npz file");
        try
        {
            return TableFile.Read(path);
        }
        catch (Exception e) when (e is FormatException or NpyFormatException or IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"FILE: {path}: {e.Message}", e);
        }
    }
}
