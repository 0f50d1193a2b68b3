using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary><c>y = sum_i x_i</c>: one number of a vector, the last layer of a diagonal linear network.</summary>
public sealed class SumLayer(TensorShape input) : LinearMapLayer(input, TensorShape.Vector(1))
{
    private protected override void Apply<TView>(in LayerViews<TView> views, TView x, TView y)
        => views.Space.SumGroups(GroupShape.Rows(views.Examples, Input.Length), 1, x, false, y);

    private protected override void ApplyAdjoint<TView>(in LayerViews<TView> views, TView dy, TView dx)
    {
        views.Space.Fill(0, dx);
        views.Space.AddToGroups(GroupShape.Rows(views.Examples, Input.Length), 1, dy, dx);
    }
}
