using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// <c>y = A x</c> without parameters: a rearrangement, a sum, a mean, or a choice that Forward made (which is linear as long as the choice
/// stands). All its functions are A or its adjoint.
/// </summary>
public abstract class LinearMapLayer : Layer
{
    /// <summary>A map from inputs of one shape to outputs of another.</summary>
    private protected LinearMapLayer(TensorShape input, TensorShape output)
        : base(input, output)
    {
    }

    /// <summary><c>y = A x</c> for the n examples.</summary>
    private protected abstract void Apply<TView>(in LayerViews<TView> views, TView x, TView y) where TView : allows ref struct;

    /// <summary><c>dx = A^T dy</c>.</summary>
    private protected abstract void ApplyAdjoint<TView>(in LayerViews<TView> views, TView dy, TView dx) where TView : allows ref struct;

    /// <inheritdoc/>
    public override void Forward<TView>(in LayerViews<TView> views) => Apply(views, views.Input, views.Output);

    /// <inheritdoc/>
    public sealed override void Backward<TView>(in LayerViews<TView> views)
    {
        if (views.InputSignalWanted) ApplyAdjoint(views, views.OutputSignal, views.InputSignal);
    }

    /// <inheritdoc/>
    public sealed override void ForwardTangent<TView>(in LayerViews<TView> views)
    {
        long taken = (long)views.Examples * Input.Length, given = (long)views.Examples * Output.Length;
        if (!views.InputMoves) views.Space.Fill(0, views.OutputTangent);
        else
        {
            for (int k = 0; k < views.TangentOrder; k++)
                Apply(
                    views, views.Space.Slice(views.InputTangent, k * taken, taken),
                    views.Space.Slice(views.OutputTangent, k * given, given));
        }
    }

    /// <inheritdoc/>
    public sealed override void BackwardTangent<TView>(in LayerViews<TView> views)
    {
        if (views.InputSignalWanted) ApplyAdjoint(views, views.OutputSignalTangent, views.InputSignalTangent);
    }

    /// <summary>ForwardTangent alone: it is not curved.</summary>
    public sealed override void Curve<TView>(in LayerViews<TView> views) => ForwardTangent(views);

    /// <inheritdoc/>
    public sealed override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
    {
    }
}
