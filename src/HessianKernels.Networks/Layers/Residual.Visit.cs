namespace HessianKernels.Networks.Layers;

public sealed partial class Residual
{
    /// <inheritdoc/>
    internal override void Visit<TView>(in LayerViews<TView> views, ILayerVisitor<TView> visitor)
    {
        body.Visit(BodyViews(views, LayerCall.ExampleGradients), visitor);
        projection?.Visit(ProjectionViews(views, LayerCall.ExampleGradients), visitor);
    }

    /// <inheritdoc/>
    internal override void VisitShapes(Action<Layer> visitor)
    {
        body.VisitShapes(visitor);
        projection?.VisitShapes(visitor);
    }
}
