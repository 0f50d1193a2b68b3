namespace HessianKernels.Networks.Training;

/// <summary>Sees each step of a run once its gradient is known and before the parameters move.</summary>
/// <typeparam name="TView">How tensors are held.</typeparam>
public interface ITrainingObserver<TView> where TView : allows ref struct
{
    /// <summary>Looks at the trainer: its Step (the step now under way), Parameters (before it), Gradient, StepLoss,
    /// StepSharpness.</summary>
    /// <param name="trainer">Only read.</param>
    /// <param name="learningRate">eta of the step.</param>
    /// <param name="batchSize">b of the step.</param>
    /// <param name="cancellation">Ends a long observation; the step is then not made, and nothing may be recorded of it.</param>
    void Observe(Trainer<TView> trainer, double learningRate, int batchSize, CancellationToken cancellation);
}
