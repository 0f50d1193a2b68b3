using System.Numerics;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Data;

/// <summary>
/// The handwritten digits of MNIST, and what has their form (Fashion-MNIST, KMNIST): a file of images <c>[n, height, width]</c> and one of
/// labels <c>[n]</c>, in the IDX format, plain or compressed by gzip.
/// </summary>
/// <remarks>
/// LeCun, Bottou, Bengio and Haffner, Proc. IEEE 86 (1998); Xiao, Rasul and Vollgraf (2017). Pixels are divided by 255; the images have one
/// channel.
/// </remarks>
public static class Mnist
{
    /// <summary>Classes of digits or clothes.</summary>
    public const int Classes = 10;

    // Images between two looks at the cancellation token.
    private const int StepExamples = 1024;

    /// <summary>Reads a pair of files.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="images">The images.</param>
    /// <param name="labels">Their labels, 0 to 9.</param>
    /// <param name="most">Read the first so many examples only; null for all.</param>
    /// <param name="progress">Told the number of examples read so far.</param>
    /// <param name="cancellation">Looked at every 1024 examples.</param>
    /// <exception cref="DataFormatException">A file is not of that form, is cut short or goes on, a label is no digit, or there is another
    /// number of labels than of images.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is below 1, or above the number of examples.</exception>
    /// <exception cref="NotSupportedException">The images have more pixels than one array holds.</exception>
    /// <exception cref="IOException">A file cannot be opened; the message names the path.</exception>
    public static DataSet<T> Read<T>(
        string images, string labels, int? most = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using IdxFile imageFile = new(images, rank: 3), labelFile = new(labels, rank: 1);
        if (imageFile.Shape[0] != labelFile.Shape[0])
        {
            throw new DataFormatException(
                labels, "labels", $"{labelFile.Shape[0]}", $"{imageFile.Shape[0]}, as many as there are images in {images}");
        }

        int n = Count(most, imageFile.Shape[0], images);
        long pixels = (long)imageFile.Shape[1] * imageFile.Shape[2];
        if (pixels > Array.MaxLength / StepExamples)
            throw new DataFormatException(
                images, "shape", string.Join(" x ", imageFile.Shape), $"images of at most {Array.MaxLength / StepExamples} pixels");
        int length = (int)pixels;
        byte[] classes = new byte[n], block = new byte[Math.Min(n, StepExamples) * length];
        labelFile.Read(classes);
        if (classes.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1)) is >= 0 and var i)
            throw new DataFormatException(labels, "label", $"{classes[i]} at example {i}", $"0 to {Classes - 1}");
        T[] inputs = Pixels.Allocate<T>(images, n, length);
        for (int done = 0; done < n;)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<byte> step = block.AsSpan(0, Math.Min(n - done, StepExamples) * length);
            imageFile.Read(step);
            Pixels.Scale(step, inputs.AsSpan(done * length));
            done += step.Length / length;
            progress?.Report(done);
        }

        if (n == imageFile.Shape[0])
        {
            imageFile.RequireEnd();
            labelFile.RequireEnd();
        }

        return new()
        {
            Examples = n, InputShape = new(imageFile.Shape[1], imageFile.Shape[2], 1), Inputs = inputs,
            Labels = Array.ConvertAll(classes, label => (int)label), Classes = Classes,
        };
    }

    /// <summary>Reads one part from a folder that holds the files under their usual names, <c>train-images-idx3-ubyte</c>,
    /// <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c>, <c>t10k-labels-idx1-ubyte</c>, each with <c>.gz</c> or
    /// without.</summary>
    /// <inheritdoc cref="Read{T}(string, string, int?, IProgress{long}?, CancellationToken)"/>
    /// <param name="folder">Where they are.</param>
    /// <param name="part">Which of the two sets.</param>
    /// <param name="most">Read the first so many examples only; null for all.</param>
    /// <param name="progress">Told the number of examples read so far.</param>
    /// <param name="cancellation">Looked at every 1024 examples.</param>
    /// <exception cref="FileNotFoundException">A file is not there; the message says which.</exception>
    public static DataSet<T> ReadFolder<T>(
        string folder, DataPart part = DataPart.Train, int? most = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (string images, string labels) = Names(part);
        return Read<T>(
            Find(folder, images) ?? throw Missing(folder, images), Find(folder, labels) ?? throw Missing(folder, labels), most, progress,
            cancellation);
    }

    /// <summary>Whether a folder holds one of the files.</summary>
    internal static bool IsIn(string folder)
        => Enum.GetValues<DataPart>().Select(Names).Any(names => (Find(folder, names.Images) ?? Find(folder, names.Labels)) is not null);

    /// <summary>How many examples are read.</summary>
    internal static int Count(int? most, long there, string file) => most switch
    {
        null => (int)there,
        < 1 => throw new ArgumentOutOfRangeException(nameof(most), most, $"Found {most} examples; expected at least 1."),
        _ when most > there => throw new ArgumentOutOfRangeException(
            nameof(most), most, $"Found {most} examples asked for; expected at most the {there} of {file}."),
        _ => most.Value,
    };

    private static (string Images, string Labels) Names(DataPart part)
    {
        string prefix = part == DataPart.Train ? "train" : "t10k";
        return ($"{prefix}-images-idx3-ubyte", $"{prefix}-labels-idx1-ubyte");
    }

    // Some copies have a dot in place of the second dash.
    private static string? Find(string folder, string name)
    {
        string dotted = name.Replace("-idx", ".idx", StringComparison.Ordinal);
        string[] names = [name, name + ".gz", dotted, dotted + ".gz"];
        return names.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    private static FileNotFoundException Missing(string folder, string name)
        => new($"{folder}: found no {name} and no {name}.gz; expected one of them.", Path.Combine(folder, name));
}
