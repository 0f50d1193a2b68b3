using HessianKernels.Networks.Training;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>How much work a run is, in examples that go through the network: what its progress is told in.</summary>
/// <remarks>
/// How long a step takes is known: its batch. How long a look takes is not, nor is a pass for a product of the Hessian one for a gradient.
/// What is told is an estimate, right to some factor: it is there from the first micro-batch on, grows, and ends where the run does.
/// </remarks>
internal sealed class RunWork
{
    // Passes through all examples for eigenpairs, begun with those of the look before, or for Batch Sharpness: a score or two.
    private const int Search = 24;

    private readonly NetworkJob _job;
    private readonly (int Every, int Passes)[] _tracked;

    public RunWork(NetworkJob job)
    {
        _job = job;
        // What is found by one search and at one cadence is found together.
        _tracked =
        [
            .. job.Every.Where(quantity => PassesOf(quantity.Key) > 0).GroupBy(quantity => (quantity.Value, KindOf(quantity.Key)))
                .Select(together => (together.Key.Value, together.Max(quantity => PassesOf(quantity.Key)))),
        ];
        All = Until(job.Steps);
    }

    /// <summary>The whole run.</summary>
    public long All { get; }

    private long Examples => _job.Setting.Examples;

    /// <summary>The steps before one, with the looks at them.</summary>
    /// <param name="step">Which, from 0 on; at most as many as are made.</param>
    public long Until(long step)
    {
        TrainingOptions training = _job.Training;
        long work = Examples * Search * _job.LooksBefore(step);
        foreach ((int every, int passes) in _tracked) work += Examples * passes * NetworkJob.Each(every)(step);
        long from = 0;
        foreach (long change in training.Interventions.Select(change => Math.Min(change.Step, step)).Order().Append(step))
        {
            work += (change - from) * BatchAt(from);
            from = change;
        }

        return work;
    }

    /// <summary>The steps before one and a part of its own.</summary>
    /// <param name="step">Which.</param>
    /// <param name="examples">That went through the network for it so far.</param>
    public long Within(long step, long examples)
    {
        long before = Until(step), whole = Until(step + 1) - before;
        // Nearly so many while they are less than expected, and never all of them.
        return before + (long)(whole * Math.Tanh((double)examples / whole));
    }

    private long BatchAt(long step) => _job.Training.Noise.Kind == GradientNoiseKind.Batch ? _job.Training.BatchSizeAt(step)
        : Examples * _job.Training.Noise.Substeps;

    private static int PassesOf(TrackedQuantity quantity) => quantity switch
    {
        TrackedQuantity.StepLoss or TrackedQuantity.StepSharpness => 0,
        TrackedQuantity.Loss or TrackedQuantity.Accuracy or TrackedQuantity.TestLoss or TrackedQuantity.TestAccuracy => 1,
        _ => Search,
    };

    /// <summary>The first of the quantities that are found by the same search.</summary>
    private static TrackedQuantity KindOf(TrackedQuantity quantity) => quantity switch
    {
        TrackedQuantity.GradientNoiseInteraction or TrackedQuantity.InteractionAwareSharpness or TrackedQuantity.Concentration
            or TrackedQuantity.LambdaMaxBatch => TrackedQuantity.BatchSharpness,
        TrackedQuantity.Similarity or TrackedQuantity.GradientCosines => TrackedQuantity.LambdaMax,
        _ => quantity,
    };
}
