using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>Layers one after the other, itself a layer: <c>x_0 = x, x_{i+1} = f_i(x_i), y = x_N</c>.</summary>
/// <remarks>
/// The tensors between the layers lie in its state: values in State, signals in SignalState, tangents in TangentState, each followed by what the
/// layers keep themselves. A layer that may overwrite its input shares its input's tensor, so an activation adds none:
/// <code>
/// State  | x_1 | x_2 | ... | state of f_0 | state of f_1 | ...
/// </code>
/// The input itself and what it is given as output lie with the caller.
/// </remarks>
public sealed partial class Sequence : Layer
{
    private readonly Layer[] layers;
    private readonly int[] parameterStart;
    private readonly Boundaries values, tangents;

    /// <summary>The layers in order.</summary>
    /// <exception cref="ArgumentException">There is none, or one does not take what the one before it gives.</exception>
    public Sequence(IReadOnlyList<Layer> layers)
        : base(First(layers).Input, layers[^1].Output)
    {
        this.layers = [.. layers];
        for (int i = 1; i < layers.Count; i++)
            if (layers[i].Input != layers[i - 1].Output)
                throw new ArgumentException($"Layer {i} takes {layers[i].Input}, but layer {i - 1} gives {layers[i - 1].Output}.", nameof(layers));
        Parameters = [.. layers.SelectMany((layer, i) => layer.Parameters.Select(shape => shape with { Name = $"{i}.{shape.Name}" }))];
        parameterStart = new int[layers.Count + 1];
        for (int i = 0; i < layers.Count; i++) parameterStart[i + 1] = checked(parameterStart[i] + layers[i].ParameterCount);
        values = new(this.layers, layer => layer.OverwritesInput);
        tangents = new(this.layers, layer => layer.OverwritesTangent);
        ExampleMultiple = layers.Aggregate(1, (multiple, layer) => LeastCommonMultiple(multiple, layer.ExampleMultiple));
    }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers => layers;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters { get; }

    /// <inheritdoc/>
    public override int ExampleMultiple { get; }

    /// <inheritdoc/>
    public override bool OverwritesOutputSignal => layers[^1].OverwritesOutputSignal;

    /// <inheritdoc/>
    public override bool NeedsBackward => layers.Length > 1 || layers[0].NeedsBackward;

    /// <inheritdoc/>
    public override long StateLength(int examples, int order) => examples * values.Length + layers.Sum(layer => layer.StateLength(examples, order));

    /// <inheritdoc/>
    public override long SignalLength(int examples, int order) => examples * values.Length + layers.Sum(layer => layer.SignalLength(examples, order));

    /// <inheritdoc/>
    public override long TangentLength(int examples, int tangentOrder)
        => tangentOrder * examples * tangents.Length + layers.Sum(layer => layer.TangentLength(examples, tangentOrder));

    /// <inheritdoc/>
    public override long ScratchLength(int examples) => 2L * examples * values.Widest + layers.Max(layer => layer.ScratchLength(examples));

    /// <inheritdoc/>
    public override void Forward<TView>(in LayerViews<TView> views)
    {
        Cursor at = new(this, views.Examples, views.Order, views.TangentOrder);
        for (int i = 0; i < layers.Length; i++, at.Pass(layers[i - 1]))
        {
            LayerViews<TView> own = At(at, i, views, LayerCall.Forward);
            if (i + 1 < layers.Length && layers[i] is BilinearLayer { HasBias: true } product && layers[i + 1] is ActivationLayer activation)
            {
                TView bias = product.ForwardUnshifted(own);
                at.Pass(layers[i++]);
                activation.ForwardShifted(At(at, i, views, LayerCall.Forward), bias);
            }
            else layers[i].Forward(own);
        }
    }

    /// <inheritdoc/>
    public override void Backward<TView>(in LayerViews<TView> views)
    {
        Cursor at = new(this, views.Examples, views.Order, views.TangentOrder);
        at.ToEnd(this);
        for (int i = layers.Length - 1; i >= 0; i--)
        {
            at.Return(layers[i]);
            LayerViews<TView> own = At(at, i, views, LayerCall.Backward);
            if (own.InputSignalWanted || (HasParameters(i) && (own.GradientWanted || layers[i].NeedsBackward))) layers[i].Backward(own);
        }
    }

    /// <inheritdoc/>
    public override void ForwardTangent<TView>(in LayerViews<TView> views) => ForwardTangents(views);

    /// <inheritdoc/>
    public override void ForwardTangents<TView>(in LayerViews<TView> views)
    {
        Cursor at = new(this, views.Examples, views.Order, views.TangentOrder, views.Directions);
        for (int i = 0; i < layers.Length; i++, at.Pass(layers[i - 1]))
        {
            LayerViews<TView> own = At(at, i, views, LayerCall.ForwardTangent);
            if (own.InputMoves || HasParameters(i)) layers[i].ForwardTangents(own);
            else if (i == layers.Length - 1) views.Space.Fill(0, views.OutputTangent);
        }
    }

    /// <inheritdoc/>
    public override void BackwardTangent<TView>(in LayerViews<TView> views) => BackwardTangents(views);

    /// <inheritdoc/>
    public override void BackwardTangents<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        Cursor at = new(this, views.Examples, views.Order, 1, views.Directions);
        at.ToEnd(this);
        int rows = checked(views.Directions * views.Examples);
        long room = (long)rows * values.Widest, half = 0;
        TView given = views.OutputSignalTangent;
        TView scratch = space.Slice(views.Scratch, 2 * room, ScratchLength(rows) - 2 * room);
        for (int i = layers.Length - 1; i >= 0; i--)
        {
            at.Return(layers[i]);
            LayerViews<TView> own = At(at, i, views, LayerCall.BackwardTangent);
            own.Scratch = scratch;
            own.OutputSignalTangent = given;
            if (i > 0)
            {
                if (!values.IsShared(i)) half = room - half;
                own.InputSignalTangent = values.IsShared(i) ? given : space.Slice(views.Scratch, half, (long)rows * layers[i].Input.Length);
            }

            if (own.InputSignalWanted || HasParameters(i)) layers[i].BackwardTangents(own);
            given = own.InputSignalTangent;
        }
    }

    /// <inheritdoc/>
    public override void Curve<TView>(in LayerViews<TView> views)
    {
        Cursor at = new(this, views.Examples, views.Order, 1);
        for (int i = 0; i < layers.Length; i++, at.Pass(layers[i - 1]))
        {
            LayerViews<TView> own = At(at, i, views, LayerCall.Curve);
            if (own.InputMoves || HasParameters(i)) layers[i].Curve(own);
            else if (i == layers.Length - 1) views.Space.Fill(0, views.OutputTangent);
        }
    }

    /// <inheritdoc/>
    public override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
    {
        Cursor at = new(this, views.Examples, views.Order, views.TangentOrder);
        for (int i = 0; i < layers.Length; i++, at.Pass(layers[i - 1]))
        {
            if (!HasParameters(i)) continue;
            TView part = views.Space.Slice(rows, parameterStart[i], (views.Examples - 1) * stride + parameterStart[i + 1] - parameterStart[i]);
            layers[i].ExampleGradients(At(at, i, views, LayerCall.ExampleGradients), part, stride);
        }
    }

    private bool HasParameters(int layer) => parameterStart[layer + 1] > parameterStart[layer];

    private static Layer First(IReadOnlyList<Layer> layers)
        => layers.Count > 0 ? layers[0] : throw new ArgumentException("There is no layer; at least one is needed.", nameof(layers));

    /// <summary>The least number of examples that is a multiple of both.</summary>
    internal static int LeastCommonMultiple(int a, int b)
    {
        int x = a, y = b;
        while (y != 0) (x, y) = (y, x % y);
        return checked(a / x * b);
    }
}
