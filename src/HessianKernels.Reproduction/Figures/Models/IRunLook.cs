namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Looks at every step of a run beside the tracker. A look that is cancelled has changed nothing.</summary>
internal interface IRunLook
{
    /// <summary>All that was found so far and that the next look goes on from; set on one that has found nothing, in the run's own
    /// order, to go on where another stood.</summary>
    double[][] State { get; set; }

    /// <summary>Looks at a step once its gradient is known and before the parameters move.</summary>
    /// <param name="trainer">Only read.</param>
    /// <param name="learningRate">eta of the step.</param>
    /// <param name="batchSize">b of the step.</param>
    /// <param name="cancellation">Ends a long look; nothing may be recorded of the step then.</param>
    void Observe(INetworkTrainer trainer, double learningRate, int batchSize, CancellationToken cancellation);
}
