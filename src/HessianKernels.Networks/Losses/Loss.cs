using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Losses;

/// <summary>A loss l(z, target) of each example, given by its value and its derivatives in the network's outputs z. Written once for every storage.</summary>
public abstract class Loss
{
    /// <summary>Elements that Evaluate keeps, beside room for the other calls.</summary>
    public abstract long StateLength(int examples, int outputs);

    /// <summary><c>losses[e] = l(z_e, target_e)</c>; writes State.</summary>
    public abstract void Evaluate<TView>(in LossViews<TView> views, TView losses) where TView : allows ref struct;

    /// <summary><c>signal = dl/dz</c>, <c>[n, C]</c>.</summary>
    public abstract void Signal<TView>(in LossViews<TView> views, TView signal) where TView : allows ref struct;

    /// <summary><c>result_e = S_e direction_e</c> with the logit Hessian <c>S_e = d^2 l / dz^2</c>, C x C and positive semidefinite. The result may be the direction.</summary>
    public abstract void MultiplyByHessian<TView>(in LossViews<TView> views, TView direction, TView result) where TView : allows ref struct;

    /// <summary>
    /// <c>result[e] = d^K l / ds^K</c> for outputs that move with derivatives <c>tangents [K, n, C]</c>, K from 1 to 3.
    /// </summary>
    public abstract void Derivative<TView>(in LossViews<TView> views, int order, TView tangents, TView result) where TView : allows ref struct;

    /// <summary>
    /// <c>signal_e = S_e^(1/2) xi_e</c>-like draws for the true Fisher: the gradient in z of the loss at a target drawn from the model's own distribution,
    /// given by one uniform (or, for a squared error, C normal) numbers an example.
    /// </summary>
    /// <param name="views">The tensors.</param>
    /// <param name="random"><see cref="RandomLength"/> numbers: uniform on (0, 1) for a cross-entropy, standard normal for a squared error.</param>
    /// <param name="signal"><c>[n, C]</c>; overwritten.</param>
    public abstract void SampledSignal<TView>(in LossViews<TView> views, TView random, TView signal) where TView : allows ref struct;

    /// <summary>Random numbers that SampledSignal reads.</summary>
    public abstract long RandomLength(int examples, int outputs);
}
