using System.Globalization;
using System.Numerics;
using HessianKernels.Networks.Tensors;
using HessianKernels.Storage;

namespace HessianKernels.Networks.Data;

/// <summary>
/// Examples in a .npz file, as numpy writes it with <c>np.savez(path, X=X, Y=Y)</c>:
/// <code>
///  X   (n, d), (n, height, width) or (n, channels, height, width), of float32 or float64, or integers, which are taken as they are
///  Y   (n,) of integers: the class of each example;  (n,) or (n, C) of float32 or float64: its target
/// </code>
/// </summary>
public static class DataFile
{
    private const string Inputs = "X", Outputs = "Y";

    /// <summary>Reads a set.</summary>
    /// <typeparam name="T">float or double; an array of another type is converted.</typeparam>
    /// <param name="path">A .npz file with the arrays <c>X</c> and <c>Y</c>.</param>
    /// <param name="classes">Number of classes, where there are labels; null for the largest label and one.</param>
    /// <param name="progress">Told the number of elements of X read so far.</param>
    /// <param name="cancellation">Looked at every 2^20 elements.</param>
    /// <exception cref="DataFormatException">X or Y has another shape, a number is not finite, or a label is no class.</exception>
    /// <exception cref="NpyFormatException">The file is not a .npz file, is damaged, or lacks one of the arrays.</exception>
    /// <exception cref="NotSupportedException">An array has more elements than a .NET array holds.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    /// <exception cref="IOException">The file cannot be opened; the message names the path.</exception>
    public static DataSet<T> Read<T>(
        string path, int? classes = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (classes < 1) throw new ArgumentOutOfRangeException(nameof(classes), classes, $"Found {classes} classes; expected at least 1.");
        using NpzReader archive = NpzReader.Open(path);
        using NpyReader x = archive.OpenNumbers(Inputs);
        (int n, TensorShape shape) = InputsOf(x.Header, $"{path}[{Inputs}]");
        T[] inputs = Npy.ReadWhole<T>(x, progress, cancellation).Values;

        string file = $"{path}[{Outputs}]";
        using NpyReader y = archive.OpenNumbers(Outputs);
        int length = OutputsOf(y.Header, n, file);
        if (length > 0)
        {
            return new DataSet<T>
            {
                Examples = n, InputShape = shape, Inputs = inputs, Targets = Npy.ReadWhole<T>(y, null, cancellation).Values,
                TargetLength = length,
            }.Validated(path);
        }

        int[] labels = LabelsOf(Npy.ReadWhole<double>(y, null, cancellation).Values, classes ?? int.MaxValue, file);
        return new DataSet<T>
        {
            Examples = n, InputShape = shape, Inputs = inputs, Labels = labels, Classes = classes ?? labels.Max() + 1,
        }.Validated(path);
    }

    /// <summary>Writes a set: its inputs as X, its targets, or its labels where it has no targets, as Y.</summary>
    /// <param name="data">The set.</param>
    /// <param name="path">The .npz file.</param>
    /// <param name="overwrite">True to replace a file that stands at <paramref name="path"/>.</param>
    /// <exception cref="IOException">The file exists and is not to be replaced, or cannot be written; the message names the
    /// path.</exception>
    public static void Write<T>(DataSet<T> data, string path, bool overwrite = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        data.Validate();
        TensorShape shape = data.InputShape;
        long n = data.Examples;
        using NpzWriter writer = NpzWriter.Create(path, overwrite);
        writer.Write<T>(Inputs, data.Inputs, shape.IsVector ? [n, shape.Channels] : [n, shape.Channels, shape.Height, shape.Width]);
        if (data.Targets is { } targets) writer.Write<T>(Outputs, targets, data.TargetLength == 1 ? [n] : [n, data.TargetLength]);
        else writer.Write(Outputs, Array.ConvertAll(data.Labels!, label => (long)label), [n]);
        writer.Complete();
    }

    private static (int Examples, TensorShape Shape) InputsOf(NpyHeader header, string file)
    {
        bool known = header.Rank is >= 2 and <= 4 && header.Count > 0 && header.RowLength <= Array.MaxLength;
        if (!known || header.Count > Array.MaxLength)
        {
            throw new DataFormatException(
                file, "shape", Shape(header),
                $"(n, d), (n, height, width) or (n, channels, height, width), no axis of length 0, at most {Array.MaxLength} elements");
        }

        int[] axes = [.. header.Shape.Select(length => (int)length)];
        return (axes[0], axes.Length switch
        {
            2 => TensorShape.Vector(axes[1]),
            3 => new(axes[1], axes[2], 1),
            _ => new(axes[2], axes[3], axes[1]),
        });
    }

    /// <summary>Numbers a target; 0 where Y holds labels.</summary>
    private static int OutputsOf(NpyHeader header, int n, string file)
    {
        bool labels = ElementEncoding.IsInteger(header.ElementType);
        bool fits = header.Rank is 1 or 2 && header.Count is > 0 and var count && count <= Array.MaxLength && header.Shape[0] == n;
        if (!fits || (labels && header.Rank != 1))
        {
            throw new DataFormatException(
                file, "shape", $"{Shape(header)} of {(labels ? "integers" : "floats")}",
                labels ? $"({n},), a label for each example of X" : $"({n},) or ({n}, C), a target for each example of X");
        }

        return labels ? 0 : (int)header.RowLength;
    }

    private static int[] LabelsOf(double[] values, int classes, string file)
    {
        int[] labels = new int[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] < 0 || values[i] >= classes)
            {
                throw new DataFormatException(
                    file, "label", string.Create(CultureInfo.InvariantCulture, $"{values[i]} at example {i}"),
                    classes == int.MaxValue ? $"0 to {classes - 1}" : $"0 to {classes - 1}, as there are {classes} classes");
            }

            labels[i] = (int)values[i];
        }

        return labels;
    }

    private static string Shape(NpyHeader header) => NpyHeader.ShapeText(header.Shape.AsSpan());
}
