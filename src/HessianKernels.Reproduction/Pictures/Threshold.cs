namespace HessianKernels.Reproduction.Pictures;

/// <summary>A line across the whole chart, with its name on it.</summary>
/// <param name="Name">Written along the line.</param>
/// <param name="Value">Where.</param>
/// <param name="Vertical">Whether the value is an x.</param>
public sealed record Threshold(string Name, double Value, bool Vertical = false);
