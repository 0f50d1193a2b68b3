using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// The tensors of one call to a layer: who calls fills in those that the call reads or writes, and keeps unchanged what later calls read again.
/// </summary>
/// <remarks>
/// n is <see cref="Examples"/>, p the layer's number of parameters. In the order of calls at one point: <see cref="Layer.Forward"/>,
/// <see cref="Layer.Backward"/>, then for any direction <see cref="Layer.ForwardTangent"/> and <see cref="Layer.BackwardTangent"/>,
/// or <see cref="Layer.Curve"/>.
/// </remarks>
/// <typeparam name="TView">How tensors are held.</typeparam>
public ref struct LayerViews<TView> where TView : allows ref struct
{
    private int moreDirections;

    /// <summary>The arithmetic.</summary>
    public required ITensorSpace<TView> Space;

    /// <summary>Number of examples n.</summary>
    public required int Examples;

    /// <summary>Derivatives of activations that Forward keeps: 0 for values alone, 1 for gradients, J and Gauss-Newton products, 2 for the Hessian, 3 for third derivatives.</summary>
    public required int Order;

    /// <summary>Ends the call between two layers: what it was to write is then not all written.</summary>
    public CancellationToken Cancellation;

    /// <summary>The parameters, <c>[p]</c>.</summary>
    public TView Parameters;

    /// <summary>x, <c>[n, Input.Length]</c>.</summary>
    public TView Input;

    /// <summary>y = f(parameters, x), <c>[n, Output.Length]</c>. Written by Forward; no other call reads it (a later layer may have overwritten it).</summary>
    public TView Output;

    /// <summary>What Forward keeps, <c>[StateLength]</c>.</summary>
    public TView State;

    /// <summary>Whether Backward and BackwardTangent are to give the signal at the input.</summary>
    public bool InputSignalWanted;

    /// <summary>Whether Backward is to add to <see cref="Gradient"/>.</summary>
    public bool GradientWanted;

    /// <summary>Derivative of the loss in y, <c>[n, Output.Length]</c>. Backward of a layer that overwrites its input writes over it; BackwardTangent reads what Backward left.</summary>
    public TView OutputSignal;

    /// <summary>Derivative of the loss in x, <c>[n, Input.Length]</c>; overwritten where wanted.</summary>
    public TView InputSignal;

    /// <summary>Derivative of the loss in the parameters, <c>[p]</c>; the sum over the examples is ADDED.</summary>
    public TView Gradient;

    /// <summary>What Backward keeps for BackwardTangent, <c>[SignalLength]</c>.</summary>
    public TView SignalState;

    /// <summary>Order K of the tangents, 1 to 3.</summary>
    public int TangentOrder;

    /// <summary>Whether x moves with the parameters; if not, <see cref="InputTangent"/> is not read and stands for zeros.</summary>
    public bool InputMoves;

    /// <summary>
    /// Directions k that the calls for several take together, 1 for the others. With more than one K is 1, every tangent has a leading
    /// index for the direction, <c>[k, n, length]</c>, and TangentState holds one direction's after the other's.
    /// </summary>
    public int Directions
    {
        readonly get => moreDirections + 1;
        set => moreDirections = value - 1;
    }

    /// <summary>Elements from one direction's p parameters to the next one's, in <see cref="Direction"/> and
    /// <see cref="GradientTangent"/>.</summary>
    public long ParameterStride;

    /// <summary>v: the parameters move as <c>theta + s v</c>, <c>[p]</c>.</summary>
    public TView Direction;

    /// <summary>The first K derivatives of x in s at 0, <c>[K, n, Input.Length]</c>.</summary>
    public TView InputTangent;

    /// <summary>The first K derivatives of y in s at 0, <c>[K, n, Output.Length]</c>; overwritten.</summary>
    public TView OutputTangent;

    /// <summary>What ForwardTangent keeps for BackwardTangent, <c>[TangentLength]</c>.</summary>
    public TView TangentState;

    /// <summary>Derivative in s of <see cref="OutputSignal"/>, <c>[n, Output.Length]</c>; may be overwritten as OutputSignal may.</summary>
    public TView OutputSignalTangent;

    /// <summary>Derivative in s of <see cref="InputSignal"/>, <c>[n, Input.Length]</c>; overwritten where wanted.</summary>
    public TView InputSignalTangent;

    /// <summary>Derivative in s of <see cref="Gradient"/>, <c>[p]</c>: the layer's part of the Hessian-vector product; ADDED.</summary>
    public TView GradientTangent;

    /// <summary>The part of <c>d^2 L / ds^2</c> that is the layers' own, one number; ADDED.</summary>
    public TView Curvature;

    /// <summary>Room for BackwardTangent, <c>[ScratchLength]</c>, for k n examples.</summary>
    public TView Scratch;
}
