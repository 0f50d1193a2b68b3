using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction;

/// <summary>A picture and the name of its file, without the extension.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Chart">What is drawn.</param>
public sealed record Picture(string Name, Chart Chart);

/// <summary>What a figure came to.</summary>
public sealed record FigureResult
{
    /// <summary>The claims, each with what was measured.</summary>
    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>The pictures, each name once.</summary>
    public required IReadOnlyList<Picture> Pictures { get; init; }

    /// <summary>The numbers behind the pictures, each name once.</summary>
    public required IReadOnlyList<Table> Tables { get; init; }
}
