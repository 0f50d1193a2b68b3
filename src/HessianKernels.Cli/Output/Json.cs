using System.Text.Json;
using HessianKernels.Sharpness;

namespace HessianKernels.Cli.Output;

/// <summary>One JSON document on the standard output; doubles in the shortest form that reads back to the same bits.</summary>
internal static class Json
{
    // A stack's document can be long: it goes out in pieces of this size.
    private const int FlushBytes = 1 << 16;

    public static void Print(Action<Utf8JsonWriter> write)
    {
        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    /// <summary>The members of one document for a single matrix, <c>{"items":[...]}</c> for a stack.</summary>
    public static void PrintItems<TItem>(
        bool stack, IReadOnlyList<TItem> items, Action<Utf8JsonWriter, TItem> write, Action<Utf8JsonWriter> common) => Print(json =>
    {
        if (!stack)
        {
            write(json, items[0]);
        }
        else
        {
            json.WriteStartArray("items");
            foreach (TItem item in items)
            {
                json.WriteStartObject();
                write(json, item);
                json.WriteEndObject();
                if (json.BytesPending > FlushBytes) json.Flush();
            }

            json.WriteEndArray();
        }

        common(json);
    });

    public static void Double(this Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        json.DoubleValue(value);
    }

    public static void Doubles(this Utf8JsonWriter json, string name, ReadOnlySpan<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values) json.DoubleValue(value);
        json.WriteEndArray();
    }

    public static void Booleans(this Utf8JsonWriter json, string name, ReadOnlySpan<bool> values)
    {
        json.WriteStartArray(name);
        foreach (bool value in values) json.WriteBooleanValue(value);
        json.WriteEndArray();
    }

    /// <summary>A member of an enumeration by its name in camel case.</summary>
    public static void Name<TEnum>(this Utf8JsonWriter json, string name, TEnum value)
        where TEnum : struct, Enum
        => json.WriteString(name, CamelCase(value));

    /// <summary>The name alone.</summary>
    public static string CamelCase<TEnum>(TEnum value)
        where TEnum : struct, Enum
        => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>A number that may not be there: null then, and where it is none.</summary>
    public static void OrNull(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is not { } number || double.IsNaN(number)) json.WriteNull(name);
        else json.Double(name, number);
    }

    /// <summary>A truth that may not be known: null then.</summary>
    public static void OrNull(this Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } known) json.WriteBoolean(name, known);
        else json.WriteNull(name);
    }

    /// <summary>A mean over batches, its standard error, and how many batches it is from.</summary>
    public static void Expectation(this Utf8JsonWriter json, string name, BatchExpectation found)
    {
        json.WriteStartObject(name);
        json.OrNull("value", found.Value);
        json.OrNull("standardError", found.StandardError);
        json.WriteNumber("batches", found.Batches);
        json.WriteBoolean("exact", found.IsExact);
        json.WriteEndObject();
    }

    // JSON has no NaN and no infinities.
    private static void DoubleValue(this Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }
}
