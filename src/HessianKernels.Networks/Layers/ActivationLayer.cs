using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary><c>y = f(x)</c>, element for element.</summary>
/// <remarks>Forward keeps f', and f'' and f''' where they are asked for and not zero; Backward keeps <c>f''(x) o dL/dy</c>.</remarks>
public sealed partial class ActivationLayer : Layer
{
    /// <summary>An activation of tensors of any shape.</summary>
    public ActivationLayer(TensorShape shape, ActivationFunction function)
        : base(shape, shape)
        => Function = function;

    /// <summary>The function f.</summary>
    public ActivationFunction Function { get; }

    /// <inheritdoc/>
    public override bool OverwritesInput => true;

    /// <inheritdoc/>
    public override bool OverwritesTangent => Function.IsPiecewiseLinear;

    /// <inheritdoc/>
    public override long StateLength(int examples, int order) => (long)Kept(order) * examples * Input.Length;

    /// <inheritdoc/>
    public override long SignalLength(int examples, int order) => Kept(order) < 2 ? 0 : (long)examples * Input.Length;

    /// <inheritdoc/>
    public override void Forward<TView>(in LayerViews<TView> views) => views.Space.Activate(Function, Kept(views.Order), views.Input, views.Output, views.State);

    /// <summary>Forward of <c>x + b</c>, a number b for each of the channels.</summary>
    internal void ForwardShifted<TView>(in LayerViews<TView> views, TView bias) where TView : allows ref struct
        => views.Space.ActivateShifted(
            Function, Kept(views.Order), checked(views.Examples * Input.Positions), Input.Channels, bias, views.Input, views.Output, views.State);

    /// <inheritdoc/>
    public override void Backward<TView>(in LayerViews<TView> views)
    {
        if (!views.InputSignalWanted) return;
        if (Kept(views.Order) >= 2) views.Space.Multiply(1, Derivative(views, 2), views.OutputSignal, false, views.SignalState);
        views.Space.Multiply(1, Derivative(views, 1), views.OutputSignal, false, views.InputSignal);
    }

    /// <inheritdoc/>
    public override void ForwardTangent<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        if (Function.IsPiecewiseLinear)
        {
            TView first = Derivative(views, 1);
            for (int k = 1; k <= views.TangentOrder; k++) space.Multiply(1, first, Part(views, views.InputTangent, k), false, Part(views, views.OutputTangent, k));
            return;
        }

        space.ActivateTangent(views.TangentOrder, (long)views.Examples * Input.Length, views.State, views.InputTangent, views.OutputTangent);
    }

    /// <inheritdoc/>
    public override void BackwardTangent<TView>(in LayerViews<TView> views)
    {
        if (!views.InputSignalWanted) return;
        TView first = Derivative(views, 1);
        if (Function.IsPiecewiseLinear || !views.InputMoves) views.Space.Multiply(1, first, views.OutputSignalTangent, false, views.InputSignalTangent);
        else views.Space.SumOfProducts(first, views.OutputSignalTangent, views.SignalState, views.InputTangent, views.InputSignalTangent);
    }

    /// <inheritdoc/>
    public override void Curve<TView>(in LayerViews<TView> views)
    {
        // <dL/dy, f'' x_1^2>, of which Backward kept the product of the first two; y_1 is not needed yet.
        TView x = views.InputTangent, y = views.OutputTangent;
        if (!Function.IsPiecewiseLinear)
        {
            views.Space.Multiply(1, views.SignalState, x, false, y);
            AddCurvature(views, 1, (long)views.Examples * Input.Length, y, x);
        }

        views.Space.Multiply(1, Derivative(views, 1), x, false, y);
    }

    /// <inheritdoc/>
    public override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
    {
    }

    /// <summary>How many derivatives are kept: all that are asked for, but of a piecewise linear function the first alone.</summary>
    private int Kept(int order) => Function.IsPiecewiseLinear ? Math.Min(order, 1) : order;

    private TView Derivative<TView>(in LayerViews<TView> views, int order) where TView : allows ref struct => Part(views, views.State, order);

    private TView Part<TView>(in LayerViews<TView> views, TView view, int order) where TView : allows ref struct
    {
        long length = (long)views.Examples * Input.Length;
        return views.Space.Slice(view, (order - 1) * length, length);
    }
}
