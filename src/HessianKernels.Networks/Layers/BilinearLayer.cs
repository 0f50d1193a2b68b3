using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// <c>y = B(x, w) + b</c>, with B linear in the input x and in the weights w, and b added to each of the last index's outputs: linear,
/// convolution and diagonal layers differ in B and its two adjoints alone.
/// </summary>
/// <remarks>
/// Products of one cost make everything: forward B(x, w); backward B's adjoints in x and in w; a tangent <c>y_k = B(x_k, w) + k
/// B(x_{k-1}, v)</c> (the weights move as w + s v), and of backward twice as many; its curve is <c>2 &lt;dL/dy, B(x_1, v)&gt;</c>.
/// </remarks>
public abstract class BilinearLayer : Layer
{
    private readonly int weights, outputs;
    private readonly bool bias;

    /// <summary>
    /// A layer with an array of weights and, where <paramref name="bias"/>, one number for each of the output's channels.
    /// </summary>
    private protected BilinearLayer(TensorShape input, TensorShape output, ParameterShape weight, bool bias)
        : base(input, output)
    {
        (weights, outputs, this.bias) = (weight.Length, output.Channels, bias);
        Parameters = bias ? [weight, new("bias", ParameterRole.Bias, [outputs], weight.FanIn, weight.FanOut)] : [weight];
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<ParameterShape> Parameters { get; }

    /// <summary><c>y (+)= B(x, w)</c>.</summary>
    private protected abstract void Product<TView>(ITensorSpace<TView> space, int examples, TView x, TView w, bool accumulate, TView y)
        where TView : allows ref struct;

    /// <summary><c>dx (+)= </c> B's adjoint in x: <c>&lt;dy, B(x, w)&gt; = &lt;dx, x&gt;</c>.</summary>
    private protected abstract void InputProduct<TView>(
        ITensorSpace<TView> space, int examples, TView dy, TView w, bool accumulate, TView dx)
        where TView : allows ref struct;

    /// <summary><c>dw += </c> B's adjoint in w, summed over the examples: <c>&lt;dy, B(x, w)&gt; = &lt;dw, w&gt;</c>.</summary>
    private protected abstract void WeightProduct<TView>(ITensorSpace<TView> space, int examples, TView dy, TView x, TView dw)
        where TView : allows ref struct;

    /// <summary>The same for each example on its own: <c>rows[e * stride ..]</c>, overwritten.</summary>
    private protected abstract void WeightProducts<TView>(
        ITensorSpace<TView> space, int examples, TView dy, TView x, TView rows, long stride)
        where TView : allows ref struct;

    /// <summary><c>y_1 = B(x, v) + B(x_1, w)</c>, and <c>Curvature += 2 &lt;dL/dy, B(x_1, v)&gt;</c>.</summary>
    private protected virtual void CurvedProduct<TView>(in LayerViews<TView> views, TView w, TView v) where TView : allows ref struct
    {
        TView y = views.OutputTangent;
        Product(views.Space, views.Examples, views.InputTangent, v, false, y);
        AddCurvature(views, 2, (long)views.Examples * Output.Length, views.OutputSignal, y);
        Product(views.Space, views.Examples, views.InputTangent, w, false, y);
        Product(views.Space, views.Examples, views.Input, v, true, y);
    }

    /// <summary>Whether b is there.</summary>
    internal bool HasBias => bias;

    /// <summary><c>y = B(x, w)</c>, and b, which an activation that follows adds in its own pass.</summary>
    internal TView ForwardUnshifted<TView>(in LayerViews<TView> views) where TView : allows ref struct
    {
        Product(views.Space, views.Examples, views.Input, Weight(views, views.Parameters), false, views.Output);
        return Bias(views, views.Parameters);
    }

    /// <inheritdoc/>
    public sealed override void Forward<TView>(in LayerViews<TView> views)
    {
        Product(views.Space, views.Examples, views.Input, Weight(views, views.Parameters), false, views.Output);
        if (bias) views.Space.AddToGroups(Columns(views.Examples), 1, Bias(views, views.Parameters), views.Output);
    }

    /// <inheritdoc/>
    public sealed override void Backward<TView>(in LayerViews<TView> views)
    {
        if (views.GradientWanted) AddGradient(views, views.OutputSignal, views.Input, views.Gradient);
        if (views.InputSignalWanted)
            InputProduct(views.Space, views.Examples, views.OutputSignal, Weight(views, views.Parameters), false, views.InputSignal);
    }

    /// <inheritdoc/>
    public sealed override void ForwardTangent<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        int n = views.Examples;
        long taken = (long)n * Input.Length, given = (long)n * Output.Length;
        TView v = Weight(views, views.Direction);
        for (int k = 1; k <= views.TangentOrder; k++)
        {
            TView y = space.Slice(views.OutputTangent, (k - 1) * given, given);
            if (k == 1) Product(space, n, views.Input, v, false, y);
            else if (views.InputMoves) Product(space, n, space.Slice(views.InputTangent, (k - 2) * taken, taken), v, false, y);
            else space.Fill(0, y);
            if (k > 1 && views.InputMoves) space.Scale(k, y);
        }

        // The tangents of all orders are one product on more examples.
        if (views.InputMoves)
            Product(space, views.TangentOrder * n, views.InputTangent, Weight(views, views.Parameters), true, views.OutputTangent);
        if (bias) space.AddToGroups(Columns(n), 1, Bias(views, views.Direction), space.Slice(views.OutputTangent, 0, given));
    }

    /// <inheritdoc/>
    public sealed override void BackwardTangent<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        int n = views.Examples;
        AddGradient(views, views.OutputSignalTangent, views.Input, views.GradientTangent);
        if (views.InputMoves) WeightProduct(space, n, views.OutputSignal, views.InputTangent, Weight(views, views.GradientTangent));
        if (!views.InputSignalWanted) return;
        InputProduct(space, n, views.OutputSignalTangent, Weight(views, views.Parameters), false, views.InputSignalTangent);
        InputProduct(space, n, views.OutputSignal, Weight(views, views.Direction), true, views.InputSignalTangent);
    }

    /// <inheritdoc/>
    public sealed override void Curve<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        int n = views.Examples;
        TView y = views.OutputTangent;
        if (views.InputMoves) CurvedProduct(views, Weight(views, views.Parameters), Weight(views, views.Direction));
        else Product(space, n, views.Input, Weight(views, views.Direction), false, y);
        if (bias) space.AddToGroups(Columns(n), 1, Bias(views, views.Direction), y);
    }

    /// <inheritdoc/>
    public sealed override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
    {
        ITensorSpace<TView> space = views.Space;
        int n = views.Examples;
        WeightProducts(space, n, views.OutputSignal, views.Input, rows, stride);
        if (!bias) return;
        if (Output.Positions == 1)
        {
            space.CopyRows(n, outputs, views.OutputSignal, outputs, space.Slice(rows, weights, (n - 1) * stride + outputs), stride);
            return;
        }

        for (int e = 0; e < n; e++)
        {
            TView signal = space.Slice(views.OutputSignal, (long)e * Output.Length, Output.Length);
            space.SumGroups(Columns(1), 1, signal, false, space.Slice(rows, e * stride + weights, outputs));
        }
    }

    private void AddGradient<TView>(in LayerViews<TView> views, TView signal, TView input, TView gradient) where TView : allows ref struct
    {
        WeightProduct(views.Space, views.Examples, signal, input, Weight(views, gradient));
        if (bias) views.Space.SumGroups(Columns(views.Examples), 1, signal, true, Bias(views, gradient));
    }

    private GroupShape Columns(int examples) => GroupShape.Columns(checked(examples * Output.Positions), outputs);

    private TView Weight<TView>(in LayerViews<TView> views, TView parameters) where TView : allows ref struct
        => views.Space.Slice(parameters, 0, weights);

    private TView Bias<TView>(in LayerViews<TView> views, TView parameters) where TView : allows ref struct
        => views.Space.Slice(parameters, weights, outputs);
}
