namespace HessianKernels.Networks.Layers;

public sealed partial class Sequence
{
    /// <inheritdoc/>
    internal override void Visit<TView>(in LayerViews<TView> views, ILayerVisitor<TView> visitor)
    {
        Cursor at = new(this, views.Examples, views.Order, views.TangentOrder);
        for (int i = 0; i < layers.Length; i++, at.Pass(layers[i - 1]))
            if (HasParameters(i)) layers[i].Visit(At(at, i, views, LayerCall.ExampleGradients), visitor);
    }

    /// <inheritdoc/>
    internal override void VisitShapes(Action<Layer> visitor)
    {
        foreach (Layer layer in layers) layer.VisitShapes(visitor);
    }
}
