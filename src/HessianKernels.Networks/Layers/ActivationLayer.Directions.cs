using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

public sealed partial class ActivationLayer
{
    /// <summary><c>y_1 = f' o x_1</c>; where f is piecewise linear, f' is met by every direction at once.</summary>
    public override void ForwardTangents<TView>(in LayerViews<TView> views)
    {
        if (Function.IsPiecewiseLinear && views.Directions > 1) ScaleEach(views, views.InputTangent, views.OutputTangent);
        else base.ForwardTangents(views);
    }

    /// <summary><c>dx_1 = f' o dy_1 + f'' o dy o x_1</c>, the latter where f bends.</summary>
    public override void BackwardTangents<TView>(in LayerViews<TView> views)
    {
        if (!Function.IsPiecewiseLinear || views.Directions == 1) base.BackwardTangents(views);
        else if (views.InputSignalWanted) ScaleEach(views, views.OutputSignalTangent, views.InputSignalTangent);
    }

    private void ScaleEach<TView>(in LayerViews<TView> views, TView x, TView y) where TView : allows ref struct
        => views.Space.ScaleGroups(
            GroupShape.Columns(views.Directions, checked(views.Examples * Input.Length)), Derivative(views, 1), x, false, y);
}
