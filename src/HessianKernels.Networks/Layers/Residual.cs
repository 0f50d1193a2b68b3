using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary><c>y = f(x) + g(x)</c>: a body f, and x itself or a projection g of it.</summary>
/// <remarks>
/// Both ways read the signal at y, and a layer at their end may write over it: where one does, the body works on a copy, which stays for
/// the calls that read it again. Parameters: the body's, then the projection's.
/// </remarks>
public sealed partial class Residual : Layer
{
    private readonly Layer body;
    private readonly Layer? projection;
    private readonly bool copies;

    /// <summary>A sum of two ways.</summary>
    /// <param name="body">f.</param>
    /// <param name="projection">g; null for x itself.</param>
    /// <exception cref="ArgumentException">The two ways do not take and give the same shapes.</exception>
    public Residual(Layer body, Layer? projection = null)
        : base(body.Input, body.Output)
    {
        (TensorShape takes, TensorShape gives) = projection is null ? (body.Input, body.Input) : (projection.Input, projection.Output);
        if (takes != body.Input || gives != body.Output)
            throw new ArgumentException(
                $"The body takes {body.Input} and gives {body.Output}, but the other way {takes} and {gives}.", nameof(projection));
        (this.body, this.projection) = (body, projection);
        copies = body.OverwritesOutputSignal || projection is { OverwritesOutputSignal: true };
        Parameters = [.. Named("body", body), .. projection is null ? [] : Named("projection", projection)];
        ExampleMultiple = Sequence.LeastCommonMultiple(body.ExampleMultiple, projection?.ExampleMultiple ?? 1);
    }

    /// <summary>f.</summary>
    public Layer Body => body;

    /// <summary>g; null for x itself.</summary>
    public Layer? Projection => projection;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters { get; }

    /// <inheritdoc/>
    public override int ExampleMultiple { get; }

    /// <inheritdoc/>
    public override bool OverwritesOutputSignal => projection is { OverwritesOutputSignal: true };

    /// <inheritdoc/>
    public override bool NeedsBackward => copies || body.NeedsBackward || projection is { NeedsBackward: true };

    /// <inheritdoc/>
    public override long StateLength(int examples, int order)
        => body.StateLength(examples, order) + (projection is null ? 0 : Given(examples) + projection.StateLength(examples, order));

    /// <inheritdoc/>
    public override long SignalLength(int examples, int order)
        => Copied(examples) + body.SignalLength(examples, order)
            + (projection is null ? 0 : Taken(examples) + projection.SignalLength(examples, order));

    /// <inheritdoc/>
    public override long TangentLength(int examples, int tangentOrder)
        => body.TangentLength(examples, tangentOrder)
            + (projection is null ? 0 : tangentOrder * Given(examples) + projection.TangentLength(examples, tangentOrder));

    /// <inheritdoc/>
    public override long ScratchLength(int examples)
        => Copied(examples)
            + (projection is null
                ? body.ScratchLength(examples)
                : Taken(examples) + Math.Max(body.ScratchLength(examples), projection.ScratchLength(examples)));

    /// <inheritdoc/>
    public override void Forward<TView>(in LayerViews<TView> views)
    {
        body.Forward(BodyViews(views, LayerCall.Forward));
        if (projection is null)
        {
            views.Space.AddScaled(1, views.Input, views.Output);
            return;
        }

        LayerViews<TView> own = ProjectionViews(views, LayerCall.Forward);
        projection.Forward(own);
        views.Space.AddScaled(1, own.Output, views.Output);
    }

    /// <inheritdoc/>
    public override void Backward<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        LayerViews<TView> own = BodyViews(views, LayerCall.Backward);
        if (copies) space.Copy(views.OutputSignal, own.OutputSignal);
        body.Backward(own);
        if (projection is null)
        {
            if (views.InputSignalWanted) space.AddScaled(1, views.OutputSignal, views.InputSignal);
            return;
        }

        own = ProjectionViews(views, LayerCall.Backward);
        projection.Backward(own);
        if (views.InputSignalWanted) space.AddScaled(1, own.InputSignal, views.InputSignal);
    }

    /// <inheritdoc/>
    public override void ForwardTangent<TView>(in LayerViews<TView> views) => MoveForward(views, LayerCall.ForwardTangent);

    /// <inheritdoc/>
    public override void Curve<TView>(in LayerViews<TView> views) => MoveForward(views, LayerCall.Curve);

    /// <inheritdoc/>
    public override void BackwardTangent<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        long copied = Copied(views.Examples), taken = projection is null ? 0 : Taken(views.Examples);
        TView room = space.Slice(views.Scratch, copied + taken, ScratchLength(views.Examples) - copied - taken);
        LayerViews<TView> own = BodyViews(views, LayerCall.BackwardTangent);
        own.Scratch = room;
        if (copies)
        {
            own.OutputSignalTangent = space.Slice(views.Scratch, 0, copied);
            space.Copy(views.OutputSignalTangent, own.OutputSignalTangent);
        }

        body.BackwardTangent(own);
        if (projection is null)
        {
            if (views.InputSignalWanted) space.AddScaled(1, views.OutputSignalTangent, views.InputSignalTangent);
            return;
        }

        own = ProjectionViews(views, LayerCall.BackwardTangent);
        own.Scratch = room;
        own.InputSignalTangent = space.Slice(views.Scratch, copied, taken);
        projection.BackwardTangent(own);
        if (views.InputSignalWanted) space.AddScaled(1, own.InputSignalTangent, views.InputSignalTangent);
    }

    /// <inheritdoc/>
    public override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
    {
        int count = body.ParameterCount;
        long before = (views.Examples - 1) * stride;
        body.ExampleGradients(BodyViews(views, LayerCall.ExampleGradients), views.Space.Slice(rows, 0, before + count), stride);
        if (projection is null) return;
        LayerViews<TView> own = ProjectionViews(views, LayerCall.ExampleGradients);
        projection.ExampleGradients(own, views.Space.Slice(rows, count, before + projection.ParameterCount), stride);
    }

    /// <summary>ForwardTangent or Curve: a sum of both ways'.</summary>
    private void MoveForward<TView>(in LayerViews<TView> views, LayerCall call) where TView : allows ref struct
    {
        ITensorSpace<TView> space = views.Space;
        LayerViews<TView> own = BodyViews(views, call);
        if (views.InputMoves || body.ParameterCount > 0) MoveForward(body, own, call);
        else space.Fill(0, views.OutputTangent);
        if (projection is null)
        {
            if (views.InputMoves) space.AddScaled(1, views.InputTangent, views.OutputTangent);
            return;
        }

        if (!views.InputMoves && projection.ParameterCount == 0) return;
        own = ProjectionViews(views, call);
        MoveForward(projection, own, call);
        space.AddScaled(1, own.OutputTangent, views.OutputTangent);
    }

    private static void MoveForward<TView>(Layer way, in LayerViews<TView> own, LayerCall call) where TView : allows ref struct
    {
        if (call is LayerCall.Curve) way.Curve(own);
        else way.ForwardTangent(own);
    }

    private static IEnumerable<ParameterShape> Named(string name, Layer layer)
        => layer.Parameters.Select(shape => shape with { Name = $"{name}.{shape.Name}" });
}
