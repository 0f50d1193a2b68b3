using System.Text.Json;
using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>The reference files of the edge, and how a row of one is asked for.</summary>
internal static class Edge
{
    public static string File(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "edge", name);

    /// <summary>Some rows of a reference, spread over it.</summary>
    public static IEnumerable<JsonElement> Rows(string name, int most)
    {
        JsonElement[] rows = [
            .. JsonDocument.Parse(System.IO.File.ReadAllText(File(name + ".json"))).RootElement.GetProperty("rows").EnumerateArray()];
        return Enumerable.Range(0, Math.Min(most, rows.Length))
            .Select(i => rows[(long)i * (rows.Length - 1) / Math.Max(1, Math.Min(most, rows.Length) - 1)]);
    }

    public static void Near(double expected, JsonElement found, string name)
    {
        double value = found.GetProperty(name).Number();
        Assert.True(Math.Abs(value - expected) <= 1e-9 * Math.Abs(expected), $"{name}: expected {expected}, found {value}");
    }

    public static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    /// <summary>A Jacobian of normal-like numbers, <c>[n, d]</c>.</summary>
    public static double[] Jacobian(int n, int d)
        => [.. Enumerable.Range(0, n * d).Select(i => Math.Sin(1 + i * 1.7) + 0.3 * Math.Cos(i * i))];

    public static CurvatureSet Set(double[] jacobian, int n) => CurvatureSet.FromJacobian<double>(jacobian, n, jacobian.Length / n);
}
