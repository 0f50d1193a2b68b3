using System.Numerics;

namespace HessianKernels.Networks.Data;

/// <summary>
/// CIFAR-10 and CIFAR-100 in their binary form: records of a label, or of two, and the 3 x 32 x 32 bytes of an image,
/// <code>
///  CIFAR-10     label           | red 1024 | green 1024 | blue 1024
///  CIFAR-100    coarse   fine   | red 1024 | green 1024 | blue 1024
/// </code>
/// plain or compressed by gzip.
/// </summary>
/// <remarks>Krizhevsky, Learning multiple layers of features from tiny images (2009). Pixels are divided by 255.</remarks>
public static class Cifar
{
    private const int Side = 32, Channels = 3, ImageBytes = Side * Side * Channels;

    // Images between two looks at the cancellation token: 768 KiB.
    private const int StepExamples = 256;

    /// <summary>Reads files one after another.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="files">At least one, in the order in which their examples are wanted.</param>
    /// <param name="labels">What the records are, and which label is taken.</param>
    /// <param name="most">Read the first so many examples only; null for all.</param>
    /// <param name="progress">Told the number of examples read so far.</param>
    /// <param name="cancellation">Looked at every 256 examples.</param>
    /// <exception cref="DataFormatException">A file is no whole number of records, or has a label that is no class.</exception>
    /// <exception cref="ArgumentException">There is no file.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is below 1, or above the number of examples.</exception>
    /// <exception cref="NotSupportedException">There are more pixels than one array holds.</exception>
    /// <exception cref="IOException">A file cannot be opened; the message names the path.</exception>
    public static DataSet<T> Read<T>(
        IReadOnlyList<string> files, CifarLabels labels, int? most = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (files.Count == 0) throw new ArgumentException("Found no files; expected at least one.", nameof(files));
        if (most < 1) throw new ArgumentOutOfRangeException(nameof(most), most, $"Found {most} examples; expected at least 1.");
        int record = (labels == CifarLabels.Ten ? 1 : 2) + ImageBytes, wanted = most ?? int.MaxValue;
        string whole = $"a whole number of records of {record} bytes, at least one";
        List<int> classes = [];
        T[] inputs = [];
        byte[] block = new byte[StepExamples * record];
        foreach (string path in files)
        {
            if (classes.Count == wanted) break;
            using ByteFile file = new(path);
            if (file.Length is { } bytes && (bytes == 0 || bytes % record != 0))
                throw new DataFormatException(path, "data", $"{bytes} bytes", whole);
            // Files of one set are equally long: one array for all of them, if the first says how long.
            if (inputs.Length == 0 && file.Length is { } first)
                inputs = Pixels.Allocate<T>(path, Math.Min(wanted, first / record * files.Count), ImageBytes);
            int before = classes.Count;
            while (classes.Count < wanted)
            {
                int got = file.ReadSome(block.AsSpan(0, Math.Min(StepExamples, wanted - classes.Count) * record));
                if (got == 0) break;
                cancellation.ThrowIfCancellationRequested();
                if (got % record != 0)
                    throw new DataFormatException(
                        path, "data", $"{(long)(classes.Count - before) * record + got} bytes once unpacked", whole);
                int start = classes.Count, end = start + got / record;
                if ((long)end * ImageBytes > inputs.Length) Grow(ref inputs, path, Math.Max(end, Math.Min(2L * start, wanted)));
                Add(block.AsSpan(0, got), record, labels, path, classes, start - before, inputs.AsSpan(start * ImageBytes));
                progress?.Report(end);
            }

            if (classes.Count == before) throw new DataFormatException(path, "data", "0 bytes once unpacked", whole);
        }

        int n = Mnist.Count(most, classes.Count, files.Count == 1 ? files[0] : $"the {files.Count} files up to {files[^1]}");
        Array.Resize(ref inputs, n * ImageBytes);
        return new()
        {
            Examples = n, InputShape = new(Side, Side, Channels), Inputs = inputs, Labels = [.. classes], Classes = ClassesOf(labels),
        };
    }

    /// <summary>
    /// Reads one part from a folder that holds the files under their usual names: <c>data_batch_1.bin</c> to <c>data_batch_5.bin</c> and
    /// <c>test_batch.bin</c> for CIFAR-10, <c>train.bin</c> and <c>test.bin</c> for CIFAR-100; each with <c>.gz</c> or without.
    /// </summary>
    /// <inheritdoc cref="Read{T}"/>
    /// <param name="folder">Where they are.</param>
    /// <param name="labels">Which of the two, and which label is taken.</param>
    /// <param name="part">Which of the two sets.</param>
    /// <param name="most">Read the first so many examples only; null for all.</param>
    /// <param name="progress">Told the number of examples read so far.</param>
    /// <param name="cancellation">Looked at every 256 examples.</param>
    /// <exception cref="FileNotFoundException">A file is not there; the message says which.</exception>
    public static DataSet<T> ReadFolder<T>(
        string folder, CifarLabels labels, DataPart part = DataPart.Train, int? most = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string[] files = [.. Names(labels, part).Select(name => Find(folder, name) ?? throw Missing(folder, name))];
        return Read<T>(files, labels, most, progress, cancellation);
    }

    /// <summary>Number of classes of a kind of labels: 10, 100 or 20.</summary>
    public static int ClassesOf(CifarLabels labels) => labels switch
    {
        CifarLabels.Ten => 10, CifarLabels.Hundred => 100, CifarLabels.HundredCoarse => 20,
        _ => throw new ArgumentOutOfRangeException(nameof(labels), labels, "Expected Ten, Hundred or HundredCoarse."),
    };

    /// <summary>Whether a folder holds one of the files.</summary>
    internal static bool IsIn(string folder, CifarLabels labels)
        => Enum.GetValues<DataPart>().SelectMany(part => Names(labels, part)).Any(name => Find(folder, name) is not null);

    private static void Grow<T>(ref T[] inputs, string path, long examples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] larger = Pixels.Allocate<T>(path, examples, ImageBytes);
        inputs.CopyTo(larger, 0);
        inputs = larger;
    }

    private static void Add<T>(
        ReadOnlySpan<byte> records, int record, CifarLabels labels, string path, List<int> classes, int first, Span<T> images)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int count = ClassesOf(labels);
        for (int i = 0; i < records.Length / record; i++)
        {
            ReadOnlySpan<byte> one = records.Slice(i * record, record);
            int label = one[labels == CifarLabels.Hundred ? 1 : 0];
            if (label >= count)
                throw new DataFormatException(path, "label", $"{label} at example {first + i}", $"0 to {count - 1}");
            classes.Add(label);
            Pixels.Scale(one[^ImageBytes..], images[(i * ImageBytes)..]);
        }
    }

    private static string[] Names(CifarLabels labels, DataPart part) => (labels, part) switch
    {
        (CifarLabels.Ten, DataPart.Train) => [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")],
        (CifarLabels.Ten, _) => ["test_batch.bin"],
        (_, DataPart.Train) => ["train.bin"],
        _ => ["test.bin"],
    };

    private static string? Find(string folder, string name)
        => ((string[])[name, name + ".gz"]).Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    private static FileNotFoundException Missing(string folder, string name)
        => new($"{folder}: found no {name} and no {name}.gz; expected one of them.", Path.Combine(folder, name));
}
