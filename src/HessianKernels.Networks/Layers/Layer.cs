using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// A map <c>y = f(parameters, x)</c> of each example, given by five functions: forward, backward, the tangent of each, and its own part in a
/// second derivative. Written once for every storage; it holds shapes, no numbers.
/// </summary>
/// <remarks>
/// With the loss L, x(s) and <c>theta(s) = theta + s v</c>:
/// <code>
/// Forward          y = f(theta, x)
/// Backward         dL/dx = (df/dx)^T dL/dy;             dL/dtheta += (df/dtheta)^T dL/dy
/// ForwardTangent   d^k y / ds^k, k = 1 .. K             (K = 1: the Jacobian's product, Pearlmutter's R{y})
/// BackwardTangent  d/ds of both results of Backward     (Pearlmutter's R-operator on the backward pass)
/// Curve            dy / ds, and &lt;dL/dy, d^2 y / ds^2&gt;   where d^2 x / ds^2 = 0
/// </code>
/// The last adds up over the layers: with z the network's outputs, <c>d^2 L / ds^2 = z_1^T (d^2 L / dz^2) z_1 + sum_layers &lt;dL/dy,
/// y_2&gt;</c>, y_2 of each with x_2 = 0, for what x_2 adds is &lt;dL/dx, x_2&gt;, the part of the layers before. So v^T H v needs no second
/// tangent through the network.
/// A layer whose <see cref="OverwritesInput"/> is true may be given one tensor as input and output, and one as output and input signal.
/// (Pearlmutter, Fast exact multiplication by the Hessian, 1994.)
/// </remarks>
public abstract partial class Layer
{
    /// <summary>A layer from inputs of one shape to outputs of another.</summary>
    protected Layer(TensorShape input, TensorShape output)
    {
        Input = input;
        Output = output;
    }

    /// <summary>Shape of one x.</summary>
    public TensorShape Input { get; }

    /// <summary>Shape of one y.</summary>
    public TensorShape Output { get; }

    /// <summary>Its parameter arrays, in the order in which they lie in the parameter vector.</summary>
    public virtual IReadOnlyList<ParameterShape> Parameters => [];

    /// <summary>Number of parameters p.</summary>
    public int ParameterCount => Parameters.Sum(shape => shape.Length);

    /// <summary>Examples that are worked on together, so that a micro-batch must hold a multiple of them (but for the last); 1 where each is alone.</summary>
    public virtual int ExampleMultiple => 1;

    /// <summary>Whether output may lie over input and input signal over output signal, neither being read again.</summary>
    public virtual bool OverwritesInput => false;

    /// <summary>Whether Backward and BackwardTangent may write over the signal at the output that they are given.</summary>
    public virtual bool OverwritesOutputSignal => OverwritesInput;

    /// <summary>Whether the output's tangents may lie over the input's.</summary>
    public virtual bool OverwritesTangent => false;

    /// <summary>
    /// Whether Backward must have been called before BackwardTangent and ExampleGradients though neither of its results is wanted: where it leaves signals to
    /// layers inside, or something of its own that does not hang on the signal at the input.
    /// </summary>
    public virtual bool NeedsBackward => false;

    /// <summary>Elements that Forward keeps for <paramref name="examples"/> examples and activation derivatives up to <paramref name="order"/>.</summary>
    public virtual long StateLength(int examples, int order) => 0;

    /// <summary>Elements that Backward keeps.</summary>
    public virtual long SignalLength(int examples, int order) => 0;

    /// <summary>Elements that ForwardTangent keeps or works in.</summary>
    public virtual long TangentLength(int examples, int tangentOrder) => 0;

    /// <summary>Elements that BackwardTangent works in.</summary>
    public virtual long ScratchLength(int examples) => 0;

    /// <summary>Reads Parameters, Input; writes Output, State.</summary>
    public abstract void Forward<TView>(in LayerViews<TView> views) where TView : allows ref struct;

    /// <summary>Reads Parameters, Input, State, OutputSignal; writes InputSignal where wanted and SignalState; adds to Gradient where wanted.</summary>
    public abstract void Backward<TView>(in LayerViews<TView> views) where TView : allows ref struct;

    /// <summary>Reads Parameters, Direction, Input, State, InputTangent; writes OutputTangent, TangentState. Needs <c>Order >= TangentOrder</c>.</summary>
    public abstract void ForwardTangent<TView>(in LayerViews<TView> views) where TView : allows ref struct;

    /// <summary>
    /// Reads Parameters, Direction, Input, State, OutputSignal, SignalState, InputTangent, TangentState (of order 1), OutputSignalTangent; writes InputSignalTangent
    /// where wanted; adds to GradientTangent. Needs <c>Order >= 2</c>.
    /// </summary>
    public abstract void BackwardTangent<TView>(in LayerViews<TView> views) where TView : allows ref struct;

    /// <summary>
    /// What ForwardTangent of order 1 does; and adds to Curvature. Reads besides what Backward left: OutputSignal, SignalState. Needs
    /// <c>Order >= 2</c> and, where the input moves, a Backward that gave InputSignal.
    /// </summary>
    public abstract void Curve<TView>(in LayerViews<TView> views) where TView : allows ref struct;

    /// <summary>
    /// The gradient of each example on its own, <c>rows[e * stride ..]</c> of p elements, from Input, State and OutputSignal as Backward left them; overwritten.
    /// A layer that mixes examples throws.
    /// </summary>
    public abstract void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride) where TView : allows ref struct;

    /// <summary><c>Curvature += scale &lt;x, y&gt;</c>.</summary>
    private protected static void AddCurvature<TView>(in LayerViews<TView> views, double scale, long length, TView x, TView y)
        where TView : allows ref struct
        => views.Space.DotGroups(GroupShape.Rows(1, checked((int)length)), scale, x, y, true, views.Curvature);

    /// <summary>
    /// Shows every layer within that has parameters, with the tensors that Backward left: Input, State, OutputSignal. A layer made of layers shows those, in
    /// the order of their parameters; any other shows itself.
    /// </summary>
    internal virtual void Visit<TView>(in LayerViews<TView> views, ILayerVisitor<TView> visitor) where TView : allows ref struct
    {
        if (ParameterCount > 0) visitor.Visit(this, views);
    }

    /// <summary>Shows the same layers without tensors.</summary>
    internal virtual void VisitShapes(Action<Layer> visitor)
    {
        if (ParameterCount > 0) visitor(this);
    }
}
