namespace HessianKernels.Networks.Training;

/// <summary>
/// A run between two steps: a trainer of the same model and options that is restored to it goes on bit for bit as if never interrupted.
/// <see cref="TrainingCheckpointFile"/> saves and loads it.
/// </summary>
public sealed record TrainingCheckpoint
{
    internal TrainingCheckpoint()
    {
    }

    /// <summary>Steps made.</summary>
    public required long Step { get; init; }

    /// <summary>The model's specification.</summary>
    public required string Model { get; init; }

    /// <summary>All options that decide the path, as text.</summary>
    public required string Settings { get; init; }

    /// <summary>n, the number of examples.</summary>
    public required int Examples { get; init; }

    /// <summary>theta, <c>[d]</c>.</summary>
    public required ReadOnlyMemory<double> Parameters { get; init; }

    /// <summary>delta, the last step, <c>[d]</c>; empty without momentum.</summary>
    public required ReadOnlyMemory<double> Velocity { get; init; }

    /// <summary>The diagonal or trace that the noise was last given; empty where the noise has none.</summary>
    public required ReadOnlyMemory<double> NoiseVariance { get; init; }

    /// <summary>Of a reshuffling: the epoch under way.</summary>
    public required long Epoch { get; init; }

    /// <summary>Of a reshuffling: examples of the epoch already used.</summary>
    public required int Position { get; init; }

    /// <summary>The smoothed loss that catapults are told from.</summary>
    public required double SmoothedLoss { get; init; }

    /// <summary>Its lowest value.</summary>
    public required double LossLevel { get; init; }

    /// <summary>The catapults so far.</summary>
    public required IReadOnlyList<Catapult> Catapults { get; init; }

    /// <summary>What a tracker had recorded, by name; empty where there was none.</summary>
    public IReadOnlyDictionary<string, double[]> Record { get; init; } = new Dictionary<string, double[]>();
}
