using System.Globalization;

namespace HessianKernels.Cli.Output;

/// <summary>
/// A table as a file of comma-separated values, which appears whole or not at all. No cell needs quotes: all are numbers and names.
/// </summary>
internal static class Csv
{
    public static void Write(string path, bool force, string[] header, IEnumerable<IEnumerable<string>> rows)
    {
        // In the same folder, so that the move is a rename.
        string whole = Path.GetFullPath(path), temporary = Path.Combine(Path.GetDirectoryName(whole)!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (StreamWriter writer = new(new FileStream(temporary, FileMode.CreateNew)) { NewLine = "\n" })
            {
                writer.WriteLine(string.Join(',', header));
                foreach (IEnumerable<string> row in rows) writer.WriteLine(string.Join(',', row));
            }

            File.Move(temporary, whole, force);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The shortest form that reads back to the same bits; empty where there is none.</summary>
    public static string Cell(double? value)
        => value switch
        {
            null or double.NaN => "",
            double.PositiveInfinity => "Infinity",
            double.NegativeInfinity => "-Infinity",
            { } number => number.ToString("R", CultureInfo.InvariantCulture),
        };

    public static string Cell(bool? value) => value is null ? "" : value.Value ? "true" : "false";

    public static string Cell(int value) => value.ToString(CultureInfo.InvariantCulture);
}
