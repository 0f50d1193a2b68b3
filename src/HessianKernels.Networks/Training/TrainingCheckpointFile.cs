using HessianKernels.Storage;

namespace HessianKernels.Networks.Training;

/// <summary>
/// A training checkpoint as an .npz that numpy can read: <c>header</c> (version and whole numbers), <c>model</c> and <c>settings</c>
/// (texts, a number a character),
/// <c>parameters</c>, <c>velocity</c>, <c>noise</c> and <c>catapults</c>.
/// </summary>
public static class TrainingCheckpointFile
{
    private const double Version = 1;
    private const int HeaderNumbers = 7, CatapultNumbers = 5;

    /// <summary>Writes a checkpoint; the file is whole or it is not there.</summary>
    /// <param name="path">Where.</param>
    /// <param name="checkpoint">What.</param>
    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="IOException">The path exists and <paramref name="overwrite"/> is false, or cannot be written.</exception>
    public static void Save(string path, TrainingCheckpoint checkpoint, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        TrainingCheckpoint c = checkpoint;
        double[] header = [Version, c.Step, c.Examples, c.Epoch, c.Position, c.SmoothedLoss, c.LossLevel];
        using NpzWriter file = NpzWriter.Create(path, overwrite);
        Write(file, "header", header);
        Write(file, "model", Codes(c.Model));
        Write(file, "settings", Codes(c.Settings));
        Write(file, "parameters", c.Parameters.Span);
        Write(file, "velocity", c.Velocity.Span);
        Write(file, "noise", c.NoiseVariance.Span);
        Write(file, "catapults", [.. c.Catapults.SelectMany(one => (double[])[one.Start, one.Peak, one.Level, one.PeakLoss, one.End ?? -1])]);
        foreach ((string name, double[] values) in c.Record) Write(file, RecordPrefix + name, values);
        file.Complete();
    }

    /// <summary>Reads a checkpoint that <see cref="Save"/> wrote.</summary>
    /// <param name="path">Where.</param>
    /// <exception cref="NpyFormatException">The file is not an archive, or an array in it is damaged.</exception>
    /// <exception cref="InvalidDataException">The arrays are not those of a checkpoint of this version; the message says which.</exception>
    /// <exception cref="IOException">The path cannot be read.</exception>
    public static TrainingCheckpoint Load(string path)
    {
        using NpzReader file = NpzReader.Open(path);
        double[] header = Read(file, "header", path);
        // The version first: another one's header may be of another length.
        if (header.Length == 0 || header[0] != Version)
            throw new InvalidDataException(
                $"{path}: header: found version {(header.Length == 0 ? "none" : header[0])}; expected {Version}.");
        if (header.Length != HeaderNumbers)
            throw new InvalidDataException($"{path}: header: found {header.Length} numbers; expected {HeaderNumbers}.");
        double[] catapults = Read(file, "catapults", path);
        if (catapults.Length % CatapultNumbers != 0)
            throw new InvalidDataException($"{path}: catapults: found {catapults.Length} numbers; expected {CatapultNumbers} each.");
        int examples = (int)Whole(header[2], 1, int.MaxValue, "examples", path);
        return new()
        {
            Step = Whole(header[1], 0, 1L << 53, "step", path), Examples = examples, Epoch = Whole(header[3], 0, 1L << 53, "epoch", path),
            Position = (int)Whole(header[4], 0, examples, "position", path), SmoothedLoss = header[5], LossLevel = header[6],
            Model = Text(Read(file, "model", path)), Settings = Text(Read(file, "settings", path)), Parameters = Read(file, "parameters", path),
            Velocity = Read(file, "velocity", path),
            NoiseVariance = Read(file, "noise", path),
            Catapults = [.. catapults.Chunk(CatapultNumbers)
                .Select(c => new Catapult((long)c[0], (long)c[1], c[2], c[3], c[4] < 0 ? null : (long)c[4]))],
            Record = file.Names.Where(name => name.StartsWith(RecordPrefix, StringComparison.Ordinal))
                .ToDictionary(name => name[RecordPrefix.Length..], name => Read(file, name, path)),
        };
    }

    private const string RecordPrefix = "record.";

    private static void Write(NpzWriter file, string name, ReadOnlySpan<double> values) => file.Write(name, values, [values.Length]);

    private static double[] Read(NpzReader file, string name, string path)
        => file.Names.Contains(name) ? file.Read<double>(name).Values
            : throw new InvalidDataException(
                $"{path}: found the arrays {string.Join(", ", file.Names)}; expected a training checkpoint, with {name}.");

    private static double[] Codes(string text) => [.. text.Select(character => (double)character)];

    private static string Text(double[] codes) => string.Concat(codes.Select(code => (char)code));

    private static long Whole(double value, double least, double most, string name, string path)
        => value >= least && value <= most && value == Math.Floor(value)
            ? (long)value : throw new InvalidDataException($"{path}: {name}: found {value}; expected a whole number from {least} to {most}.");
}
