using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

/// <summary>
/// One micro-batch of examples through a model and its loss: the memory of the four passes, and the passes. What a pass leaves is kept for
/// those that
/// follow: a forward and a backward pass serve any number of tangents at the same point.
/// </summary>
/// <remarks>
/// The loss is <c>sum_e weight_e l_e</c>: with weights <c>1 / N</c>, a micro-batch's share of the mean over N examples, so that results of
/// micro-batches simply add up.
/// </remarks>
/// <typeparam name="TView">How tensors are held.</typeparam>
public sealed partial class ModelPass<TView> : IDisposable where TView : allows ref struct
{
    private readonly ITensorMemory<TView> output, state, losses, lossState, signal, signalState;
    private readonly PassWorkspace<TView> workspace;
    private readonly bool owns;
    private ITensorMemory<TView> input, target, weights;
    private long first;
    private int tangentOrder, directions = 1, parameterStride;

    /// <summary>Takes the memory for up to <paramref name="capacity"/> examples.</summary>
    /// <param name="space">The arithmetic.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="capacity">Most examples at once, at least 1.</param>
    /// <param name="order">Highest derivative of the loss that will be asked for: 1 gradient, Jacobian, Gauss-Newton; 2 Hessian; 3 third
    /// derivative.</param>
    public ModelPass(ITensorSpace<TView> space, Model model, Loss loss, int capacity, int order)
        : this(space, model, loss, capacity, order, new(space))
    {
        input = space.Allocate((long)capacity * model.Input.Length);
        target = space.Allocate((long)capacity * model.Outputs);
        weights = space.Allocate(capacity);
        owns = true;
    }

    /// <summary>A pass that works in a workspace of the caller's and is shown the caller's examples.</summary>
    internal ModelPass(ITensorSpace<TView> space, Model model, Loss loss, int capacity, int order, PassWorkspace<TView> workspace)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 3);
        (Space, Model, Loss, Capacity, Order) = (space, model, loss, capacity, order);
        this.workspace = workspace;
        input = target = weights = null!;
        output = space.Allocate((long)capacity * model.Outputs);
        state = space.Allocate(model.Network.StateLength(capacity, order));
        losses = space.Allocate(capacity);
        lossState = space.Allocate(loss.StateLength(capacity, model.Outputs));
        signal = space.Allocate((long)capacity * model.Outputs);
        signalState = space.Allocate(model.Network.SignalLength(capacity, order));
    }

    /// <summary>The arithmetic.</summary>
    public ITensorSpace<TView> Space { get; }

    /// <summary>The network.</summary>
    public Model Model { get; }

    /// <summary>The loss.</summary>
    public Loss Loss { get; }

    /// <summary>Most examples at once.</summary>
    public int Capacity { get; }

    /// <summary>Highest derivative that can be asked for.</summary>
    public int Order { get; }

    /// <summary>Examples now held, n.</summary>
    public int Examples { get; private set; }

    /// <summary>Ends a call between two layers: what it was to write, all of it, has to be computed again.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>The inputs, <c>[n, Input.Length]</c>: written by who calls, before Forward.</summary>
    public TView Input => Space.Slice(input.View, first * Model.Input.Length, (long)Examples * Model.Input.Length);

    /// <summary>The targets, <c>[n, C]</c>: written by who calls, before Forward.</summary>
    public TView Target => Space.Slice(target.View, first * Model.Outputs, (long)Examples * Model.Outputs);

    /// <summary>Each example's weight in the loss, <c>[n]</c>: written by who calls, before Backward.</summary>
    public TView Weights => Space.Slice(weights.View, first, Examples);

    /// <summary>The network's outputs z, <c>[n, C]</c>, of the last Forward.</summary>
    public TView Output => Outputs(output);

    /// <summary>Each example's loss, unweighted, <c>[n]</c>, of the last Forward.</summary>
    public TView Losses => Space.Slice(losses.View, 0, Examples);

    /// <summary>The outputs' derivatives of the last ForwardTangent, <c>[K, n, C]</c>; of several directions, <c>[k, n, C]</c>.</summary>
    public TView OutputTangent
        => workspace.Take(PassWorkspace<TView>.Part.OutputTangent, (long)directions * tangentOrder * Examples * Model.Outputs);

    /// <summary>Says how many examples are held; 1 to Capacity.</summary>
    public void Resize(int examples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(examples, Capacity);
        Examples = examples;
    }

    /// <summary>Examples <paramref name="start"/> and on of tensors that are the caller's, who keeps them.</summary>
    internal void Show(ITensorMemory<TView> inputs, ITensorMemory<TView> targets, ITensorMemory<TView> exampleWeights, long start,
        int examples)
    {
        Resize(examples);
        (input, target, weights, first) = (inputs, targets, exampleWeights, start);
    }

    /// <summary>Outputs and losses at <paramref name="parameters"/>, <c>[d]</c>.</summary>
    public void Forward(TView parameters)
    {
        LayerViews<TView> views = Views(parameters);
        Model.Network.Forward(views);
        Loss.Evaluate(LossViews(), Losses);
    }

    /// <summary>The signals of the loss, and, where wanted, <c>gradient += sum_e weight_e dl_e / dtheta</c>.</summary>
    public void Backward(TView parameters, bool gradientWanted, TView gradient)
    {
        TView seed = Outputs(signal);
        Loss.Signal(LossViews(), seed);
        Space.ScaleGroups(GroupShape.Rows(Examples, Model.Outputs), Weights, seed, false, seed);
        LayerViews<TView> views = Views(parameters);
        views.GradientWanted = gradientWanted;
        views.Gradient = gradient;
        views.OutputSignal = seed;
        views.SignalState = SignalState(signalState);
        Model.Network.Backward(views);
    }

    /// <summary>
    /// <c>result += J^T seed</c>: the pull-back of any signal at the outputs, <c>[n, C]</c> (overwritten), beside the kept signals of the
    /// loss, which stay.
    /// </summary>
    public void PullBack(TView parameters, TView seed, TView result)
    {
        LayerViews<TView> views = Views(parameters);
        views.GradientWanted = true;
        views.Gradient = result;
        views.OutputSignal = seed;
        views.SignalState = ScratchSignal();
        Model.Network.Backward(views);
    }

    /// <summary>
    /// The signals that a signal at the outputs, <c>[n, C]</c> (overwritten), sends back, beside the kept ones of the loss: the tensors
    /// that per-example gradients read.
    /// </summary>
    internal LayerViews<TView> PullBackSignals(TView parameters, TView seed)
    {
        LayerViews<TView> views = Views(parameters);
        views.OutputSignal = seed;
        views.SignalState = ScratchSignal();
        Model.Network.Backward(views);
        return views;
    }

    /// <summary>Room for a signal at the outputs, <c>[n, C]</c>; BackwardTangent and GaussNewton use it too.</summary>
    internal TView Seed => Seeds(1);

    /// <summary>The outputs' first <paramref name="order"/> derivatives along <paramref name="direction"/>, <c>[d]</c>: OutputTangent.
    /// Needs Forward, and Order at least as high.</summary>
    public void ForwardTangent(TView parameters, TView direction, int order)
    {
        ThrowIfNotOrder(order);
        (tangentOrder, directions, parameterStride) = (order, 1, Model.ParameterCount);
        LayerViews<TView> views = Views(parameters);
        AddTangents(ref views, direction);
        Model.Network.ForwardTangent(views);
    }

    /// <summary><c>result[0] = direction^T H direction</c>, the pass's share, from the signals that Backward kept: one tangent, and none of
    /// order 2. Needs Forward and Backward; leaves OutputTangent of order 1.</summary>
    public void HessianForm(TView parameters, TView direction, TView result)
    {
        ThrowIfNotOrder(2);
        (tangentOrder, directions, parameterStride) = (1, 1, Model.ParameterCount);
        LayerViews<TView> views = Views(parameters);
        AddTangents(ref views, direction);
        views.OutputSignal = Outputs(signal);
        views.SignalState = SignalState(signalState);
        views.Curvature = result;
        Space.Fill(0, result);
        Model.Network.Curve(views);
        TView seed = Seed;
        HessianSeed(0, seed);
        Space.DotGroups(GroupShape.Rows(1, checked(Examples * Model.Outputs)), 1, seed, OutputTangent, true, result);
    }

    /// <summary><c>result[e] = d^K l_e / ds^K</c>, unweighted, of the last ForwardTangent, of its order K.</summary>
    public void LossDerivative(TView result) => Loss.Derivative(LossViews(), tangentOrder, OutputTangent, result);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (ITensorMemory<TView> memory in (ITensorMemory<TView>[])[output, state, losses, lossState, signal, signalState])
            memory.Dispose();
        if (!owns) return;
        foreach (ITensorMemory<TView> memory in (ITensorMemory<TView>[])[input, target, weights]) memory.Dispose();
        workspace.Dispose();
    }

    /// <summary>The tensors of the loss at the last Forward.</summary>
    internal LossViews<TView> LossViews() => new()
    {
        Space = Space, Examples = Examples, Outputs = Model.Outputs, Output = Output, Target = Target,
        State = Space.Slice(lossState.View, 0, Loss.StateLength(Examples, Model.Outputs)),
    };

    /// <summary>The network's tensors after Forward and Backward: what per-example gradients and Gram matrices read.</summary>
    internal LayerViews<TView> KeptViews(TView parameters)
    {
        LayerViews<TView> views = Views(parameters);
        views.OutputSignal = Outputs(signal);
        views.SignalState = SignalState(signalState);
        return views;
    }

    private LayerViews<TView> Views(TView parameters) => new()
    {
        Space = Space, Examples = Examples, Order = Order, Cancellation = Cancellation,
        Parameters = parameters, Input = Input, Output = Output,
        State = Space.Slice(state.View, 0, Model.Network.StateLength(Examples, Order)),
    };

    private void ThrowIfNotOrder(int order)
    {
        if (order > Order) throw new ArgumentOutOfRangeException(nameof(order), order, $"The pass keeps derivatives up to order {Order}.");
    }

    private TView Outputs(ITensorMemory<TView> memory) => Space.Slice(memory.View, 0, (long)Examples * Model.Outputs);

    private TView ScratchSignal() => workspace.Take(PassWorkspace<TView>.Part.Signal, Model.Network.SignalLength(Examples, Order));

    private TView SignalState(ITensorMemory<TView> memory) => Space.Slice(memory.View, 0, Model.Network.SignalLength(Examples, Order));
}
