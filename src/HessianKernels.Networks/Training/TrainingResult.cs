namespace HessianKernels.Networks.Training;

/// <summary>How a run ended.</summary>
public enum TrainingStatus
{
    /// <summary>All steps that were asked for were made.</summary>
    Completed,

    /// <summary>A loss was not finite, or above the limit.</summary>
    Diverged,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>What became of a run.</summary>
public sealed record TrainingResult
{
    /// <summary>How it ended.</summary>
    public required TrainingStatus Status { get; init; }

    /// <summary>Steps made since the very beginning, those before a resume included.</summary>
    public required long Steps { get; init; }

    /// <summary>The step, counted from 0, at whose parameters the loss was found not to be finite or above the limit; null where none
    /// was.</summary>
    public required long? DivergedAt { get; init; }

    /// <summary>The loss of the last step's batch.</summary>
    public required double LastLoss { get; init; }

    /// <summary>The catapults so far.</summary>
    public required IReadOnlyList<Catapult> Catapults { get; init; }

    /// <summary>Where the run stands; of one that diverged, the last point whose loss was good.</summary>
    public required TrainingCheckpoint Checkpoint { get; init; }
}

/// <summary>Where a run stands.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="Loss">The loss of the last step's batch.</param>
/// <param name="LearningRate">eta of that step.</param>
public readonly record struct TrainingProgress(long Step, double Loss, double LearningRate);
