using System.Globalization;
using System.Text.Json;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>Numbers of a JSON document against the library's, bit for bit.</summary>
internal static class JsonAssert
{
    public static double Number(this JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, var other => throw new FormatException(other) }
        : double.Parse(element.GetRawText(), CultureInfo.InvariantCulture);

    public static double[] Numbers(this JsonElement element) => [.. element.EnumerateArray().Select(Number)];

    public static double Number(this JsonElement element, string name) => element.GetProperty(name).Number();

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static void Same(double[] expected, JsonElement found) => Assert.Equal(expected, found.Numbers());
}
