using HessianKernels.Networks.Training;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Looks at every step of a run beside the tracker. A look that is cancelled has changed nothing.</summary>
internal interface IRunLook : ITrainingObserver<Span<double>>
{
    /// <summary>All that was found so far and that the next look goes on from; set on one that has found nothing, in the run's own
    /// order, to go on where another stood.</summary>
    double[][] State { get; set; }
}
