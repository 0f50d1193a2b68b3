using System.Globalization;
using System.Text;
using HessianKernels.Storage;

namespace HessianKernels.Reproduction;

/// <summary>Columns of numbers read from a file: comma-separated values with names in the first line, or the vectors of a .npz
/// file.</summary>
/// <param name="Names">Of the columns.</param>
/// <param name="Columns">Each as long as the others; an empty cell is a NaN.</param>
public sealed record TableFile(IReadOnlyList<string> Names, IReadOnlyList<double[]> Columns)
{
    /// <summary>Reads a file by the kind that its name ends in.</summary>
    /// <param name="path">Ends in .csv or .npz.</param>
    /// <exception cref="FormatException">The file is not such a table; the message names the line and the column.</exception>
    /// <exception cref="NpyFormatException">The .npz file is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TableFile Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) return OfCsv(File.ReadAllText(path));
        if (path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase)) return OfNpz(path);
        throw new FormatException($"Found {path}; expected a name that ends in .csv or .npz.");
    }

    /// <summary>The numbers of a column; null where there is none of the name.</summary>
    /// <param name="name">Of the column.</param>
    public double[]? Column(string name)
    {
        for (int i = 0; i < Names.Count; i++) if (Names[i] == name) return Columns[i];
        return null;
    }

    /// <summary>Reads comma-separated values.</summary>
    /// <param name="text">The names, then a line a row; cells may stand in quotes.</param>
    /// <exception cref="FormatException">A line has another number of cells than the first, or a cell is no number.</exception>
    public static TableFile OfCsv(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<List<string>> lines = Lines(text);
        if (lines.Count == 0) throw new FormatException("Found an empty file; expected a line of names and lines of numbers.");
        List<string> names = lines[0];
        double[][] columns = [.. names.Select(_ => new double[lines.Count - 1])];
        for (int row = 1; row < lines.Count; row++)
        {
            if (lines[row].Count != names.Count)
                throw new FormatException($"Line {row + 1} has {lines[row].Count} cells; expected {names.Count}, as many as there are names.");
            for (int c = 0; c < names.Count; c++)
            {
                string cell = lines[row][c].Trim();
                if (cell.Length == 0) columns[c][row - 1] = double.NaN;
                else if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture,
                    out double value)) columns[c][row - 1] = value;
                // A word column is no fault until it is asked for.
                else columns[c][row - 1] = double.NaN;
            }
        }

        return new(names, columns);
    }

    private static TableFile OfNpz(string path)
    {
        using NpzReader reader = NpzReader.Open(path);
        List<string> names = [];
        List<double[]> columns = [];
        foreach (string name in reader.Names)
        {
            NpyArray<double> array = reader.Read<double>(name);
            if (array.Shape.Length != 1) continue;
            names.Add(name);
            columns.Add(array.Values);
        }

        if (names.Count == 0) throw new FormatException($"Found no vector in {path}; expected arrays of one axis.");
        for (int i = 1; i < columns.Count; i++)
            if (columns[i].Length != columns[0].Length)
                throw new FormatException($"{names[i]} has {columns[i].Length} numbers; expected {columns[0].Length}, as many as {names[0]}.");
        return new(names, columns);
    }

    private static List<List<string>> Lines(string text)
    {
        List<List<string>> lines = [];
        List<string> line = [];
        StringBuilder cell = new();
        bool quoted = false;
        void EndCell()
        {
            line.Add(cell.ToString());
            cell.Clear();
        }

        void EndLine()
        {
            // An empty line is none.
            if (line.Count == 0 && cell.Length == 0) return;
            EndCell();
            lines.Add(line);
            line = [];
        }

        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"') quoted = !quoted;
            else if (quoted) cell.Append(c);
            else if (c == ',') EndCell();
            else if (c == '\n') EndLine();
            else if (c != '\r') cell.Append(c);
        }

        if (quoted) throw new FormatException("Found a quote that is not closed; expected another before the end of the file.");
        EndLine();
        return lines;
    }
}
