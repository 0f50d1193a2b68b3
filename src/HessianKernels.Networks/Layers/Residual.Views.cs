using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <remarks>
/// Each of the tensors that are kept holds the body's part first; where there is a projection, the tensor between it and the sum lies
/// before its own part:
/// <code>
/// State         | state of f | g(x) | state of g |
/// SignalState   | copy of the signal at y, where one is needed | signal states of f | signal of g at x | signal states of g |
/// TangentState  | tangents of f | tangents of g(x) | tangents of g |
/// Scratch       | copy of the signal's tangent | tangent of g's signal at x | scratch of f, then of g |
/// </code>
/// </remarks>
public sealed partial class Residual
{
    private LayerViews<TView> BodyViews<TView>(scoped in LayerViews<TView> views, LayerCall call) where TView : allows ref struct
    {
        ITensorSpace<TView> space = views.Space;
        int n = views.Examples;
        LayerViews<TView> own = views;
        Narrow(ref own, call, 0, body.ParameterCount);
        own.State = space.Slice(views.State, 0, body.StateLength(n, views.Order));
        if (HasSignals(call))
        {
            own.SignalState = space.Slice(views.SignalState, Copied(n), body.SignalLength(n, views.Order));
            if (copies) own.OutputSignal = space.Slice(views.SignalState, 0, Copied(n));
        }

        if (HasTangents(call)) own.TangentState = space.Slice(views.TangentState, 0, body.TangentLength(n, Order(views, call)));
        return own;
    }

    private LayerViews<TView> ProjectionViews<TView>(scoped in LayerViews<TView> views, LayerCall call) where TView : allows ref struct
    {
        ITensorSpace<TView> space = views.Space;
        int n = views.Examples;
        LayerViews<TView> own = views;
        Narrow(ref own, call, body.ParameterCount, projection!.ParameterCount);
        long at = body.StateLength(n, views.Order);
        own.Output = space.Slice(views.State, at, Given(n));
        own.State = space.Slice(views.State, at + Given(n), projection.StateLength(n, views.Order));
        if (HasSignals(call))
        {
            at = Copied(n) + body.SignalLength(n, views.Order);
            own.InputSignal = space.Slice(views.SignalState, at, Taken(n));
            own.SignalState = space.Slice(views.SignalState, at + Taken(n), projection.SignalLength(n, views.Order));
        }

        if (HasTangents(call))
        {
            int order = Order(views, call);
            at = body.TangentLength(n, order);
            own.OutputTangent = space.Slice(views.TangentState, at, order * Given(n));
            own.TangentState = space.Slice(views.TangentState, at + order * Given(n), projection.TangentLength(n, order));
        }

        return own;
    }

    private static void Narrow<TView>(ref LayerViews<TView> views, LayerCall call, int start, int count) where TView : allows ref struct
    {
        views.Parameters = views.Space.Slice(views.Parameters, start, count);
        if (HasTangents(call)) views.Direction = views.Space.Slice(views.Direction, start, count);
        if (call is LayerCall.Backward && views.GradientWanted) views.Gradient = views.Space.Slice(views.Gradient, start, count);
        if (call is LayerCall.BackwardTangent) views.GradientTangent = views.Space.Slice(views.GradientTangent, start, count);
    }

    private static bool HasSignals(LayerCall call)
        => call is LayerCall.Backward or LayerCall.BackwardTangent or LayerCall.Curve or LayerCall.ExampleGradients;

    private static bool HasTangents(LayerCall call) => call is LayerCall.ForwardTangent or LayerCall.BackwardTangent or LayerCall.Curve;

    private static int Order<TView>(scoped in LayerViews<TView> views, LayerCall call) where TView : allows ref struct
        => call is LayerCall.ForwardTangent ? views.TangentOrder : 1;

    private long Taken(int examples) => (long)examples * Input.Length;

    private long Given(int examples) => (long)examples * Output.Length;

    private long Copied(int examples) => copies ? Given(examples) : 0;
}
