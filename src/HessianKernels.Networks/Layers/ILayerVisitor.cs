namespace HessianKernels.Networks.Layers;

/// <summary>Who is shown a network's layers: what reads activations and back-signals without going through the network itself.</summary>
internal interface ILayerVisitor<TView> where TView : allows ref struct
{
    /// <summary>One layer with parameters. The views are good for this call alone.</summary>
    void Visit(Layer layer, in LayerViews<TView> views);
}
