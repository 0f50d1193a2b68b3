using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Loss and sharpness of a <see cref="DescentPath"/>, as the figures on it begin.</summary>
internal static class DescentPictures
{
    /// <summary>The pictures: loss, and sharpness.</summary>
    public static IEnumerable<Picture> Of(DescentPath path)
    {
        double[] steps = path.Run.Record.Column("step");
        Threshold[] instabilities = [.. path.Instabilities.Select((one, i) => new Threshold($"instability {i + 1}", one.Peak, true))];
        yield return new("loss", new()
        {
            Title = "Loss", X = new("step"), Y = Axis.Log("loss L"), Series = [new LineSeries("", steps, path.Loss)], Thresholds = instabilities,
        });
        yield return new("sharpness", new()
        {
            Title = "Sharpness", X = new("step"), Y = new("sharpness S = λ₁(H)"), Series = [new LineSeries("", steps, path.Sharpness)],
            Thresholds = [new($"2/η = {Claim.Text(path.Edge)}", path.Edge), .. instabilities],
        });
    }

    /// <summary>The numbers behind them.</summary>
    public static Table Table(DescentPath path) => Reproduction.Table.Of(
        "path", ("step", path.Run.Record.Column("step")), ("loss", path.Loss), ("sharpness", path.Sharpness),
        ("sharpness_over_threshold", [.. path.Sharpness.Select(s => s / path.Edge)]));
}
