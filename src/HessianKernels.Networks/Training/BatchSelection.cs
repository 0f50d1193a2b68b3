using HessianKernels.SecondMoment;

namespace HessianKernels.Networks.Training;

/// <summary>How the batch of a step is chosen from the n examples.</summary>
public enum BatchSelection
{
    /// <summary>b different examples, drawn afresh every step; with b = n the full batch.</summary>
    WithoutReplacement,

    /// <summary>b independent draws every step; an example may come more than once.</summary>
    WithReplacement,

    /// <summary>A fresh random order every epoch, cut into batches of b; the last of an epoch may be smaller, and is the mean over its own
    /// examples.</summary>
    Reshuffling,

    /// <summary>Each example with probability b / n; the gradients' sum is divided by b, whatever their number came to.</summary>
    Bernoulli,
}

/// <summary>What second moments know of a selection.</summary>
public static class BatchSelectionMoments
{
    /// <summary>alpha and kappa of a step's batch (MATHEMATICS 1). A reshuffling's batch is, alone, one drawn without
    /// replacement.</summary>
    /// <param name="selection">The selection.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static BatchSampling Sampling(this BatchSelection selection, int examples, int batchSize) => selection switch
    {
        BatchSelection.WithReplacement => BatchSampling.WithReplacement(examples, batchSize),
        BatchSelection.Bernoulli => BatchSampling.Bernoulli(examples, batchSize),
        _ => BatchSampling.WithoutReplacement(examples, batchSize),
    };
}
