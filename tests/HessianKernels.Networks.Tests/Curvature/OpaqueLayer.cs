using HessianKernels.Networks.Layers;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>A layer that does what another does and does not say which: inner products must take its rows.</summary>
/// <param name="inner">The other.</param>
/// <param name="called">Called whenever the layer is.</param>
internal sealed class OpaqueLayer(Layer inner, Action? called = null) : Layer(inner.Input, inner.Output)
{
    public override IReadOnlyList<ParameterShape> Parameters => inner.Parameters;

    public override long StateLength(int examples, int order) => inner.StateLength(examples, order);

    public override long SignalLength(int examples, int order) => inner.SignalLength(examples, order);

    public override long TangentLength(int examples, int tangentOrder) => inner.TangentLength(examples, tangentOrder);

    public override long ScratchLength(int examples) => inner.ScratchLength(examples);

    public override void Forward<TView>(in LayerViews<TView> views)
    {
        called?.Invoke();
        inner.Forward(views);
    }

    public override void Backward<TView>(in LayerViews<TView> views)
    {
        called?.Invoke();
        inner.Backward(views);
    }

    public override void ForwardTangent<TView>(in LayerViews<TView> views)
    {
        called?.Invoke();
        inner.ForwardTangent(views);
    }

    public override void BackwardTangent<TView>(in LayerViews<TView> views)
    {
        called?.Invoke();
        inner.BackwardTangent(views);
    }

    public override void Curve<TView>(in LayerViews<TView> views)
    {
        called?.Invoke();
        inner.Curve(views);
    }

    public override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
        => inner.ExampleGradients(views, rows, stride);
}
