namespace HessianKernels.Networks.Tensors;

/// <summary>Work on tensors, wherever they lie: what is asked of a device and of the CPU alike.</summary>
/// <typeparam name="TResult">What it gives, on the host.</typeparam>
public interface ITensorWork<TResult>
{
    /// <summary>Does the work.</summary>
    /// <typeparam name="TView">How tensors are held.</typeparam>
    /// <param name="space">Where they lie; whoever gives it disposes of it after.</param>
    TResult On<TView>(ITensorSpace<TView> space)
        where TView : allows ref struct;
}
