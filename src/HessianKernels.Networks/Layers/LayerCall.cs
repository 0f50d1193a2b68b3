namespace HessianKernels.Networks.Layers;

/// <summary>Which call's tensors are there to be passed on to the layers inside another.</summary>
internal enum LayerCall
{
    Forward,
    Backward,
    ForwardTangent,
    BackwardTangent,
    Curve,
    ExampleGradients,
}
