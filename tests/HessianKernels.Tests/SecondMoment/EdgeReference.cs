using System.Text.Json;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>A reference file of the edge: the numbers of its set, and rows of what follows from them.</summary>
internal sealed record EdgeReference(double[] Values, int[] Shape, JsonElement Rows)
{
    public static EdgeReference Read(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Data", "edge", name);
        NpyArray<double> array = Npy.Read<double>(path + ".npy");
        JsonElement rows = JsonDocument.Parse(File.ReadAllText(path + ".json")).RootElement.GetProperty("rows");
        Assert.NotEqual(0, rows.GetArrayLength());
        return new(array.Values, [.. array.Shape.Select(x => (int)x)], rows);
    }

    /// <summary>The batches that a row is about.</summary>
    public BatchSampling Sampling(JsonElement row)
    {
        BatchScheme scheme = row.GetProperty("sampling").GetString() switch
        {
            "without" => BatchScheme.WithoutReplacement,
            "with" => BatchScheme.WithReplacement,
            "bernoulli" => BatchScheme.Bernoulli,
            var other => throw new InvalidDataException($"A sampling called {other}."),
        };
        return BatchSampling.Of(scheme, Shape[0], row.GetProperty("batch").GetInt32());
    }
}
