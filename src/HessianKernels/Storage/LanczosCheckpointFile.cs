using System.Numerics;
using HessianKernels.Krylov;

namespace HessianKernels.Storage;

/// <summary>
/// A Lanczos checkpoint as an .npz that numpy can read: <c>settings</c>, <c>item</c>, <c>slots</c> (whole numbers and bits of the run), <c>alpha</c>, <c>beta</c>, <c>values</c>,
/// <c>residuals</c> and the basis as <c>vectors</c> <c>[slots, n]</c>, with its <c>products</c> where they are stored, and the <c>companion</c>
/// run where there is one.
/// </summary>
public static class LanczosCheckpointFile
{
    private const double Version = 3;

    /// <summary>Writes a checkpoint; the file is whole or it is not there.</summary>
    /// <param name="path">Where.</param>
    /// <param name="checkpoint">What.</param>
    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="IOException">The path exists and <paramref name="overwrite"/> is false, or cannot be written.</exception>
    public static void Save<T>(string path, LanczosCheckpoint<T> checkpoint, bool overwrite = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        LanczosSnapshot snapshot = checkpoint.Snapshot;
        LanczosSettings s = checkpoint.Settings;
        double[] settings =
        [
            Version, s.Length, s.Wanted, (int)s.Which, s.Tolerance, s.Basis, s.Kept, s.MaximumApplications,
            (uint)s.Seed, (uint)(s.Seed >> 32), s.FindMultiplicity ? 1 : 0, s.MissProbability, s.StoreProducts ? 1 : 0, snapshot.Next, s.Companion,
        ];
        using NpzWriter file = NpzWriter.Create(path, overwrite);
        Write(file, "settings", settings);
        Write(file, "item", Pack(snapshot.Item));
        Write(file, "slots", Array.ConvertAll(snapshot.Slots, slot => (double)slot));
        Write(file, "alpha", snapshot.Alpha);
        Write(file, "beta", snapshot.Beta);
        Write(file, "values", snapshot.Values);
        Write(file, "residuals", snapshot.Residuals);
        file.Write<T>("vectors", checkpoint.Vectors, [snapshot.Next + 1, s.Length]);
        if (s.StoreProducts) file.Write<T>("products", checkpoint.Products, [snapshot.Next, s.Length]);
        if (s.Companion > 0)
        {
            Write(file, "companion", snapshot.Companion);
            file.Write<T>("companionVectors", checkpoint.Companion, [s.Companion + 1, s.Length]);
        }

        file.Complete();
    }

    /// <summary>Reads a checkpoint that <see cref="Save"/> wrote.</summary>
    /// <param name="path">Where.</param>
    /// <exception cref="NpyFormatException">The file is not an archive, or an array in it is damaged.</exception>
    /// <exception cref="InvalidDataException">The arrays are not those of a checkpoint, or do not fit each other; the message says which.</exception>
    /// <exception cref="IOException">The path cannot be read.</exception>
    public static LanczosCheckpoint<T> Load<T>(string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using NpzReader file = NpzReader.Open(path);
        double[] s = Read<double>(file, "settings", 15, path);
        if (s[0] != Version) throw new InvalidDataException($"{path}: settings: found version {s[0]}; expected {Version}.");
        LanczosSettings settings = new()
        {
            Length = Whole(s[1], 1, int.MaxValue, "n", path), Batch = 1, Wanted = Whole(s[2], 1, (int)s[1], "k", path),
            Which = (SpectrumEnd)Whole(s[3], 0, 3, "which", path), Tolerance = s[4], Basis = Whole(s[5], 1, (int)s[1], "basis", path),
            Kept = Whole(s[6], 1, (int)s[5], "kept", path), MaximumApplications = Whole(s[7], 1, int.MaxValue, "limit", path),
            Seed = (ulong)s[8] | ((ulong)s[9] << 32), FindMultiplicity = s[10] != 0, MissProbability = s[11], StoreProducts = s[12] != 0,
            Companion = Whole(s[14], 0, 1000, "companion", path),
        };
        int m = settings.Basis, k = settings.Wanted, next = Whole(s[13], 0, m, "next", path), n = settings.Length;
        LanczosItem item = Unpack(Read<double>(file, "item", ItemNumbers, path));
        LanczosSnapshot snapshot = new(
            next, item, Read<double>(file, "alpha", m, path), Read<double>(file, "beta", m, path),
            Array.ConvertAll(Read<double>(file, "slots", m, path), slot => Whole(slot, 0, m - 1, "slots", path)),
            Read<double>(file, "values", k, path), Read<double>(file, "residuals", k, path),
            settings.Companion > 0 ? Read<double>(file, "companion", 2 + new LanczosLayout(settings).CompanionScalars, path) : []);
        if (item.Size < 0 || item.Size > m || item.Locked < 0 || item.Locked > item.Size)
            throw new InvalidDataException($"{path}: item: found {item.Locked} locked of {item.Size} rows; expected at most {m}.");
        T[] vectors = Read<T>(file, "vectors", (next + 1L) * n, path);
        return new(settings, snapshot, vectors, settings.StoreProducts ? Read<T>(file, "products", (long)next * n, path) : [],
            settings.Companion > 0 ? Read<T>(file, "companionVectors", (settings.Companion + 1L) * n, path) : []);
    }

    private static readonly int ItemNumbers = Pack(default).Length;

    private static double[] Pack(in LanczosItem i) =>
    [
        i.Size, i.Locked, i.Looking ? 1 : 0, i.Broken ? 1 : 0, i.Warm ? 1 : 0, i.RunSteps, i.Compressed ? 1 : 0, i.SearchSteps, i.NextLook, i.Applications,
        i.Restarts, i.SecondPasses, i.Streams, i.Norm, i.MissProbability, i.LastLook, i.LastWorst, i.LastValue,
    ];

    private static LanczosItem Unpack(double[] i) => new()
    {
        Size = (int)i[0], Locked = (int)i[1], Looking = i[2] != 0, Broken = i[3] != 0, Warm = i[4] != 0, RunSteps = (int)i[5], Compressed = i[6] != 0,
        SearchSteps = (int)i[7], NextLook = (int)i[8], Applications = (int)i[9], Restarts = (int)i[10], SecondPasses = (int)i[11], Streams = (int)i[12],
        Norm = i[13], MissProbability = i[14], LastLook = (int)i[15], LastWorst = i[16], LastValue = i[17],
    };

    private static void Write(NpzWriter file, string name, double[] values) => file.Write<double>(name, values, [values.Length]);

    private static TValue[] Read<TValue>(NpzReader file, string name, long expected, string path)
        where TValue : unmanaged, IBinaryFloatingPointIeee754<TValue>
    {
        if (!file.Names.Contains(name))
            throw new InvalidDataException($"{path}: found the arrays {string.Join(", ", file.Names)}; expected a Lanczos checkpoint, with {name}.");
        TValue[] values = file.Read<TValue>(name).Values;
        return values.Length == expected
            ? values : throw new InvalidDataException($"{path}: {name}: found {values.Length} numbers; expected {expected}.");
    }

    private static int Whole(double value, int least, int most, string name, string path)
        => value >= least && value <= most && value == Math.Floor(value)
            ? (int)value : throw new InvalidDataException($"{path}: {name}: found {value}; expected a whole number from {least} to {most}.");
}
