using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// <c>y = scale o h + shift</c> with <c>h = (x - mean) / sqrt(variance + epsilon)</c>, mean and (biased) variance taken over groups of
/// numbers, scale and shift one for each channel: what layer norm and batch norm have in common. They differ in what a group is.
/// </summary>
/// <remarks>
/// With r = (variance + epsilon)^(-1/2), u = scale o dL/dy, and E the mean over a group:
/// <code>
/// dL/dx = r (u - E[u] - h E[u h])
/// h_k   = sum_j C(k, j) r_j / r a_{k-j},   a_k = r (x_k - E[x_k]), a_0 = h
/// r_1/r = -w_1/2;  r_2/r = -w_2/2 + 3/4 w_1^2;  r_3/r = -w_3/2 + 9/4 w_1 w_2 - 15/8 w_1^3,
/// w_1 = 2 E[h a_1];  w_2 = 2 E[a_1^2 + h a_2];  w_3 = 2 E[3 a_1 a_2 + h a_3]        (w_k = r^2 times the variance's k-th derivative)
/// </code>
/// Forward keeps h and r, Backward -E[u] and -E[u h], ForwardTangent h_1 and r_1 / r.
/// </remarks>
public abstract partial class NormalizationLayer : Layer
{
    private readonly int channels;

    /// <summary>A normalisation of tensors of one shape.</summary>
    private protected NormalizationLayer(TensorShape shape, double epsilon)
        : base(shape, shape)
    {
        if (!(epsilon > 0) || !double.IsFinite(epsilon))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Epsilon is positive and finite.");
        Epsilon = epsilon;
        channels = shape.Channels;
        Parameters = [new("weight", ParameterRole.Scale, [channels], 1, 1), new("bias", ParameterRole.Shift, [channels], 1, 1)];
    }

    /// <summary>What is added to the variance.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<ParameterShape> Parameters { get; }

    /// <summary>The groups of n examples: one shape for as many as are whole, and one for the rest, whose Outer may be 0.</summary>
    private protected abstract (GroupShape Whole, GroupShape Left) Groups(int examples);

    /// <inheritdoc/>
    public sealed override long StateLength(int examples, int order) => Elements(examples) + GroupCount(examples);

    /// <inheritdoc/>
    public sealed override long SignalLength(int examples, int order) => 2 * GroupCount(examples);

    /// <inheritdoc/>
    public sealed override long TangentLength(int examples, int tangentOrder)
        => tangentOrder * (Elements(examples) + 2 * GroupCount(examples)) + GroupCount(examples);

    /// <inheritdoc/>
    public sealed override long ScratchLength(int examples) => Elements(examples) + 2 * GroupCount(examples);

    /// <inheritdoc/>
    public sealed override void Forward<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        TView h = Normalized(views), r = Reciprocal(views);
        space.Copy(views.Input, h);
        Center(views, h, r);
        Mean(views, 1, h, h, false, r);
        space.Power(Epsilon, -0.5, r, r);
        Scale(views, r, h, false, h);
        space.ScaleGroups(Channels(views), ScaleOf(views, views.Parameters), h, false, views.Output);
        space.AddToGroups(Channels(views), 1, ShiftOf(views, views.Parameters), views.Output);
    }

    /// <inheritdoc/>
    public sealed override void Backward<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        TView h = Normalized(views);
        if (views.GradientWanted)
        {
            space.DotGroups(Channels(views), 1, views.OutputSignal, h, true, ScaleOf(views, views.Gradient));
            space.SumGroups(Channels(views), 1, views.OutputSignal, true, ShiftOf(views, views.Gradient));
        }

        if (!views.InputSignalWanted) return;
        TView u = views.InputSignal, mean = Coefficient(views, views.SignalState, 0), along = Coefficient(views, views.SignalState, 1);
        space.ScaleGroups(Channels(views), ScaleOf(views, views.Parameters), views.OutputSignal, false, u);
        Mean(views, -1, u, false, mean);
        Mean(views, -1, u, h, false, along);
        Add(views, mean, u);
        Scale(views, along, h, true, u);
        Scale(views, Reciprocal(views), u, false, u);
    }

    /// <inheritdoc/>
    public override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
    {
        ITensorSpace<TView> space = views.Space;
        GroupShape one = GroupShape.Columns(Output.Positions, channels);
        for (int e = 0; e < views.Examples; e++)
        {
            TView signal = space.Slice(views.OutputSignal, (long)e * Output.Length, Output.Length);
            space.DotGroups(one, 1, signal, space.Slice(views.State, (long)e * Output.Length, Output.Length), false,
                space.Slice(rows, e * stride, channels));
            space.SumGroups(one, 1, signal, false, space.Slice(rows, e * stride + channels, channels));
        }
    }
}
