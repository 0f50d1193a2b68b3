using System.Numerics;
using HessianKernels.Networks.Layers;
using HessianKernels.Storage;

namespace HessianKernels.Networks.Models;

/// <summary>Parameters of a model in a .npz file: its arrays in order, with PyTorch's shapes.</summary>
/// <remarks>
/// <c>np.savez(path, **{k: v.numpy() for k, v in model.state_dict().items()})</c> of an nn.Sequential writes one. Arrays are matched in the
/// order of the file, weight then bias, layer after layer; names are reported, not read, but for batch norm's buffers (<c>running_mean</c>,
/// <c>running_var</c>, <c>num_batches_tracked</c>), which are no parameters and are passed over.
/// </remarks>
public sealed class ParameterFile
{
    private static readonly string[] Buffers = ["running_mean", "running_var", "num_batches_tracked"];
    private readonly string path;
    private readonly Model model;

    private ParameterFile(string path, Model model, IReadOnlyList<string> names, IReadOnlyList<string> ignored, bool isDouble)
        => (this.path, this.model, Names, Ignored, IsDouble) = (path, model, names, ignored, isDouble);

    /// <summary>Name in the file of each of <see cref="Model.Parameters"/>.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Arrays that are no parameters.</summary>
    public IReadOnlyList<string> Ignored { get; }

    /// <summary>Whether an array holds double; else all hold float.</summary>
    public bool IsDouble { get; }

    /// <summary>Reads what the arrays are and holds it against the model's.</summary>
    /// <param name="path">A .npz file.</param>
    /// <param name="model">Whose parameters they are.</param>
    /// <exception cref="NpyFormatException">It is not a .npz file, or an array is missing, too many, of another shape, or neither float nor
    /// double; the message names the array, what it is, and what was expected.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ParameterFile Open(string path, Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using NpzReader reader = NpzReader.Open(path);
        List<string> names = [], ignored = [];
        bool isDouble = false;
        foreach (string name in reader.Names)
        {
            if (Buffers.Contains(name[(name.LastIndexOf('.') + 1)..]))
            {
                ignored.Add(name);
                continue;
            }

            using NpyReader array = reader.OpenRows(name);
            string found = $"{array.Header.ElementType} {Text(array.Header.Shape)}";
            if (names.Count == model.Parameters.Count)
                throw new NpyFormatException(
                    path, $"array {NpyFormatException.Quote(name)}", found,
                    $"no more than the {names.Count} arrays of {model.Specification}");
            ParameterShape expected = model.Parameters[names.Count];
            if (!array.Header.Shape.SequenceEqual(expected.Dimensions.Select(length => (long)length)))
                throw new NpyFormatException(
                    path, $"array {NpyFormatException.Quote(name)} (number {names.Count})", found, Expected(expected));
            isDouble |= array.Header.ElementType is NpyElementType.Float64;
            names.Add(name);
        }

        return names.Count == model.Parameters.Count
            ? new(path, model, names, ignored, isDouble)
            : throw new NpyFormatException(
                path, $"array number {names.Count}", "the end of the file", Expected(model.Parameters[names.Count]));
    }

    /// <summary>The parameters, <c>[d]</c>.</summary>
    /// <exception cref="NpyFormatException">An array is damaged or holds a number that is not finite.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public T[] Read<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using NpzReader reader = NpzReader.Open(path);
        T[] parameters = new T[model.ParameterCount];
        int start = 0;
        foreach (string name in Names)
        {
            T[] values = reader.Read<T>(name).Values;
            int bad = Array.FindIndex(values, value => !T.IsFinite(value));
            if (bad >= 0)
                throw new NpyFormatException(
                    path, $"array {NpyFormatException.Quote(name)}, element {bad}", $"{values[bad]}", "finite numbers");
            values.CopyTo(parameters, start);
            start += values.Length;
        }

        return parameters;
    }

    /// <summary>Writes parameters, each array under its name in the model.</summary>
    /// <param name="path">The file; it appears when it is complete.</param>
    /// <param name="model">Whose parameters they are.</param>
    /// <param name="parameters"><c>[d]</c>.</param>
    /// <param name="overwrite">True to replace a file that stands there.</param>
    /// <exception cref="ArgumentException">There is another number of parameters.</exception>
    /// <exception cref="IOException">The file exists and is not to be replaced, or cannot be written.</exception>
    public static void Write<T>(string path, Model model, ReadOnlySpan<T> parameters, bool overwrite = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        if (parameters.Length != model.ParameterCount)
            throw new ArgumentException(
                $"There are {parameters.Length} parameters; {model.Specification} has {model.ParameterCount}.", nameof(parameters));
        using NpzWriter writer = NpzWriter.Create(path, overwrite);
        foreach (ParameterShape shape in model.Parameters)
        {
            writer.Write(shape.Name, parameters[..shape.Length], [.. shape.Dimensions.Select(length => (long)length)]);
            parameters = parameters[shape.Length..];
        }

        writer.Complete();
    }

    private static string Expected(ParameterShape shape) => $"{shape.Name}, {Text(shape.Dimensions.Select(length => (long)length))}";

    private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
