using System.Globalization;
using Spectre.Console;

namespace HessianKernels.Cli.Output;

/// <summary>Tables and sentences for people, on the standard output.</summary>
internal static class Report
{
    /// <summary>Rows of a table at most; the rest is counted.</summary>
    public const int MostRows = 20;

    // A pipe has no width; a table of numbers should not be broken for one.
    private const int WidthOfPipe = 120;

    public static Table Table(params ReadOnlySpan<string> columns)
    {
        Table table = new() { Border = TableBorder.Horizontal };
        foreach (string column in columns) table.AddColumn(new TableColumn(new Text(column)).RightAligned().NoWrap());
        return table;
    }

    public static void Print(Table table)
    {
        IAnsiConsole console = AnsiConsole.Create(new()
        {
            Out = new AnsiConsoleOutput(Console.Out), Enrichment = new() { UseDefaultEnrichers = false },
            Interactive = InteractionSupport.No,
        });
        if (Console.IsOutputRedirected) console.Profile.Width = WidthOfPipe;
        console.Write(table);
    }

    public static void Line(FormattableString line) => Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    public static string Value(double value) => value.ToString("G12", CultureInfo.InvariantCulture);

    public static string Small(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>Four digits; a dash where there is no number.</summary>
    public static string Short(double? value)
        => value is null || double.IsNaN(value.Value) ? "-" : value.Value.ToString("G4", CultureInfo.InvariantCulture);

    public static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>"1 product", "2 products".</summary>
    public static string Count(long count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
