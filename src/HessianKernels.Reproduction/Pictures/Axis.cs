namespace HessianKernels.Reproduction.Pictures;

/// <summary>How numbers lie along an axis.</summary>
public enum AxisScale
{
    /// <summary>Equal differences, equal lengths.</summary>
    Linear,

    /// <summary>Equal quotients, equal lengths; numbers that are not above 0 are not drawn.</summary>
    Log,
}

/// <summary>One axis of a chart.</summary>
/// <param name="Label">What it measures, and its unit in brackets where it has one.</param>
/// <param name="Scale">Linear or logarithmic.</param>
/// <param name="Min">The lower end; that of the data where null.</param>
/// <param name="Max">The upper end; that of the data where null.</param>
public sealed record Axis(string Label, AxisScale Scale = AxisScale.Linear, double? Min = null, double? Max = null)
{
    /// <summary>A logarithmic axis.</summary>
    /// <param name="label">What it measures.</param>
    /// <param name="min">The lower end; that of the data where null.</param>
    /// <param name="max">The upper end; that of the data where null.</param>
    public static Axis Log(string label, double? min = null, double? max = null) => new(label, AxisScale.Log, min, max);

    /// <summary>Whether a number has a place on the axis.</summary>
    /// <param name="value">The number.</param>
    public bool Shows(double value) => double.IsFinite(value) && (Scale == AxisScale.Linear || value > 0);
}
