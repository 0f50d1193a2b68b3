using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HessianKernels.Reproduction;

/// <summary>A named number a figure was computed with.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, in words.</param>
public sealed record Parameter(string Name, string Value);

/// <summary>A finished figure as it is kept in its folder: everything but the pictures and tables, which stand beside it.</summary>
public sealed record FigureRecord
{
    /// <summary>The file's name in the figure's folder.</summary>
    public const string FileName = "result.json";

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Names all that the result depends on.</summary>
    public required string Key { get; init; }

    /// <summary>PAPER/FIGURE.</summary>
    public required string Id { get; init; }

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What the paper claims by it.</summary>
    public required string Summary { get; init; }

    /// <summary>How much was computed.</summary>
    public required Effort Effort { get; init; }

    /// <summary>Names the random numbers.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The numbers it was computed with.</summary>
    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>The claims and verdicts.</summary>
    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>The pictures' file names, without the extension.</summary>
    public required IReadOnlyList<string> Pictures { get; init; }

    /// <summary>The tables' file names, without the extension.</summary>
    public required IReadOnlyList<string> Tables { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The share of that within the library.</summary>
    public required double LibraryShare { get; init; }

    /// <summary>Processors of the machine.</summary>
    public required int Processors { get; init; }

    /// <summary>The device that networks were computed on; null where all was computed on the CPU.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Device { get; init; }

    /// <summary>The key of a figure, an effort, a seed, data and a device, which adds in an order of its own: the same for the same, whatever
    /// the threads.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="effort">How much is computed.</param>
    /// <param name="seed">Names the random numbers.</param>
    /// <param name="dataFolder">The folder of the papers' data, whose files the figure reads; null for none.</param>
    /// <param name="device">The device that networks are computed on; null for the CPU.</param>
    public static string KeyOf(Figure figure, Effort effort, ulong seed, string? dataFolder, string? device = null)
    {
        ArgumentNullException.ThrowIfNull(figure);
        StringBuilder inputs = new();
        string version = typeof(FigureRecord).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        inputs.Append(CultureInfo.InvariantCulture, $"{figure.Id}\n{version}\n{figure.Version}\n{effort}\n{seed}\n");
        foreach ((string name, string value) in figure.Parameters(effort)) inputs.Append(name).Append('=').Append(value).Append('\n');
        foreach (DataFile file in dataFolder is null ? [] : figure.Data)
        {
            using FileStream stream = File.OpenRead(Path.Combine(dataFolder!, file.Name));
            inputs.Append(file.Name).Append('=').Append(Convert.ToHexStringLower(SHA256.HashData(stream))).Append('\n');
        }

        if (device is not null) inputs.Append(device).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(inputs.ToString())))[..32];
    }

    /// <summary>Reads what a folder keeps; null where it keeps nothing whole.</summary>
    /// <param name="folder">Of the figure.</param>
    public static FigureRecord? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            FigureRecord? record = JsonSerializer.Deserialize<FigureRecord>(File.ReadAllText(path), s_json);
            bool whole = record is not null && record.Pictures.All(name => File.Exists(Path.Combine(folder, name + ".svg")))
                && record.Tables.All(name => File.Exists(Path.Combine(folder, name + ".csv")));
            return whole ? record : null;
        }
        catch (JsonException)
        {
            // Damaged is as good as not there: the figure is computed again.
            return null;
        }
    }

    /// <summary>Writes the record to a folder.</summary>
    /// <param name="folder">Of the figure.</param>
    internal void Write(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, s_json) + "\n");
}
