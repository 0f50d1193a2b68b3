using System.Globalization;
using System.Text;

namespace HessianKernels.Reproduction;

/// <summary>Numbers in named columns, as they are written to a file of comma-separated values.</summary>
/// <param name="Name">Of the file, without its extension.</param>
/// <param name="Columns">Their names.</param>
/// <param name="Rows">Each with as many cells as there are columns.</param>
public sealed record Table(string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>A table of columns of numbers.</summary>
    /// <param name="name">Of the file, without its extension.</param>
    /// <param name="columns">Each a name and as many numbers as the others.</param>
    /// <exception cref="ArgumentException">The columns differ in length.</exception>
    public static Table Of(string name, params ReadOnlySpan<(string Name, IReadOnlyList<double> Values)> columns)
    {
        if (columns.Length == 0) throw new ArgumentException("Found no column; expected at least one.", nameof(columns));
        string[] names = new string[columns.Length];
        int length = columns[0].Values.Count;
        string[][] rows = [.. Enumerable.Range(0, length).Select(_ => new string[names.Length])];
        for (int c = 0; c < names.Length; c++)
        {
            (names[c], IReadOnlyList<double> values) = columns[c];
            if (values.Count != length)
                throw new ArgumentException($"Column {names[c]} has {values.Count} numbers; expected {length}, as many as {names[0]}.",
                    nameof(columns));
            for (int r = 0; r < length; r++) rows[r][c] = Cell(values[r]);
        }

        return new(name, names, rows);
    }

    /// <summary>The same with a first column of words before the numbers of every row.</summary>
    /// <param name="column">The first column's name.</param>
    /// <param name="parts">A word and the rows that begin with it; all parts with the same columns.</param>
    /// <exception cref="ArgumentException">There is no part.</exception>
    public static Table Stack(string column, params IReadOnlyList<(string Word, Table Rows)> parts)
    {
        if (parts.Count == 0) throw new ArgumentException("Found no part; expected at least one.", nameof(parts));
        return new(
            parts[0].Rows.Name, [column, .. parts[0].Rows.Columns],
            [.. parts.SelectMany(part => part.Rows.Rows.Select(row => (IReadOnlyList<string>)[part.Word, .. row]))]);
    }

    /// <summary>The same where there may be no part: then there is no table.</summary>
    /// <inheritdoc cref="Stack"/>
    public static IReadOnlyList<Table> StackAny(string column, params IReadOnlyList<(string Word, Table Rows)> parts)
        => parts.Count == 0 ? [] : [Stack(column, parts)];

    /// <summary>The shortest form that reads back to the same bits; empty for NaN.</summary>
    /// <param name="value">The number.</param>
    public static string Cell(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The table as comma-separated values, the names first; a cell with a comma, a quote or a line break stands in
    /// quotes.</summary>
    public string ToCsv()
    {
        StringBuilder csv = new();
        foreach (IReadOnlyList<string> row in Rows.Prepend(Columns)) csv.AppendJoin(',', row.Select(Quote)).Append('\n');
        return csv.ToString();
    }

    private static string Quote(string cell)
        => cell.AsSpan().IndexOfAny(",\"\n\r") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
