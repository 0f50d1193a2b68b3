using System.Globalization;
using System.Text;
using HessianKernels.Storage;

namespace HessianKernels.Networks.Training;

/// <summary>A table of what was recorded: a row a step, NaN where a quantity was not looked at.</summary>
/// <remarks>The first three columns are <c>step</c>, <c>learning_rate</c> and <c>batch_size</c>.</remarks>
public sealed class TrainingRecord
{
    private readonly List<double[]> rows = [];

    /// <summary>An empty table.</summary>
    /// <param name="columns">Names of the columns after the first three, each once.</param>
    /// <exception cref="ArgumentException">A name comes twice.</exception>
    public TrainingRecord(IEnumerable<string> columns)
    {
        Columns = ["step", "learning_rate", "batch_size", .. columns];
        if (Columns.Distinct().Count() != Columns.Count) throw new ArgumentException("A column's name comes twice.", nameof(columns));
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Number of rows.</summary>
    public int Count => rows.Count;

    /// <summary>One row, in the order of the columns.</summary>
    public IReadOnlyList<double> Row(int index) => rows[index];

    /// <summary>One column, a number a row.</summary>
    /// <exception cref="ArgumentException">There is no such column; the message has those there are.</exception>
    public double[] Column(string name)
    {
        int at = Columns.ToList().IndexOf(name);
        if (at < 0) throw new ArgumentException($"Found no column {name}; there are {string.Join(", ", Columns)}.", nameof(name));
        return [.. rows.Select(row => row[at])];
    }

    /// <summary>Writes the table as CSV, a line of names first; a cell that was not looked at is empty, numbers read back as they are. The
    /// file is whole or it is not there.</summary>
    /// <param name="path">Where.</param>
    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="IOException">The path exists and <paramref name="overwrite"/> is false, or cannot be written.</exception>
    public void WriteCsv(string path, bool overwrite = false)
    {
        using AtomicFile file = new(path, overwrite);
        using (StreamWriter writer = new(file.Stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" })
        {
            writer.WriteLine(string.Join(',', Columns));
            foreach (double[] row in rows)
                writer.WriteLine(string.Join(',', row.Select(Cell)));
        }

        file.Commit();
    }

    /// <summary>Writes each column as an array of its name into an .npz.</summary>
    /// <param name="path">Where.</param>
    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="IOException">The path exists and <paramref name="overwrite"/> is false, or cannot be written.</exception>
    public void Save(string path, bool overwrite = false)
    {
        using NpzWriter file = NpzWriter.Create(path, overwrite);
        foreach (string name in Columns) file.Write<double>(name, Column(name), [Count]);
        file.Complete();
    }

    private static string Cell(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);

    internal void Add(double[] row) => rows.Add(row);

    /// <summary>Forgets the rows from a step on.</summary>
    internal void TruncateFrom(long step) => rows.RemoveAll(row => row[0] >= step);

    internal double[] Flattened() => [.. rows.SelectMany(row => row)];

    internal void Restore(double[] flattened)
    {
        rows.Clear();
        rows.AddRange(flattened.Chunk(Columns.Count));
    }
}
