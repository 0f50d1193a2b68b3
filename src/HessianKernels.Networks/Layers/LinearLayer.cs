using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary><c>y = x W^T + b</c>, with W <c>[outputs, inputs]</c> and b <c>[outputs]</c>: PyTorch's Linear.</summary>
/// <remarks>2 n inputs outputs flops a product; at a point, forward 1, backward 2, tangents 2 and 4 products (less where the input does not move).</remarks>
public sealed class LinearLayer : Layer
{
    private readonly int inputs, outputs, weights;
    private readonly bool bias;

    /// <summary>A linear layer on vectors.</summary>
    /// <exception cref="ArgumentException">The input is an image: flatten it first.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no output.</exception>
    public LinearLayer(TensorShape input, int outputs, bool bias = true)
        : base(input, TensorShape.Vector(outputs))
    {
        if (!input.IsVector) throw new ArgumentException($"The input is an image, {input}; a linear layer takes vectors: flatten it first.", nameof(input));
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        (inputs, this.outputs, this.bias) = (input.Length, outputs, bias);
        weights = checked(inputs * outputs);
        ParameterShape weight = new("weight", ParameterRole.Weight, [outputs, inputs], inputs, outputs);
        Parameters = bias ? [weight, new("bias", ParameterRole.Bias, [outputs], inputs, outputs)] : [weight];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters { get; }

    /// <inheritdoc/>
    public override void Forward<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        space.Gemm(false, true, views.Examples, outputs, inputs, 1, views.Input, Weight(views, views.Parameters), 0, views.Output);
        if (bias) space.AddToGroups(GroupShape.Columns(views.Examples, outputs), 1, Bias(views, views.Parameters), views.Output);
    }

    /// <inheritdoc/>
    public override void Backward<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        if (views.GradientWanted) AddGradient(views, views.OutputSignal, views.Input, views.Gradient);
        if (views.InputSignalWanted)
            space.Gemm(false, false, views.Examples, inputs, outputs, 1, views.OutputSignal, Weight(views, views.Parameters), 0, views.InputSignal);
    }

    /// <inheritdoc/>
    public override void ForwardTangent<TView>(in LayerViews<TView> views)
    {
        // y_k = x_k W^T + k x_{k-1} V^T, and the bias moves once.
        ITensorSpace<TView> space = views.Space;
        int n = views.Examples;
        long taken = (long)n * inputs, given = (long)n * outputs;
        TView v = Weight(views, views.Direction);
        if (views.InputMoves)
            space.Gemm(false, true, views.TangentOrder * n, outputs, inputs, 1, views.InputTangent, Weight(views, views.Parameters), 0, views.OutputTangent);
        for (int k = 1; k <= views.TangentOrder; k++)
        {
            TView y = space.Slice(views.OutputTangent, (k - 1) * given, given);
            if (k == 1) space.Gemm(false, true, n, outputs, inputs, 1, views.Input, v, views.InputMoves ? 1 : 0, y);
            else if (views.InputMoves) space.Gemm(false, true, n, outputs, inputs, k, space.Slice(views.InputTangent, (k - 2) * taken, taken), v, 1, y);
            else space.Fill(0, y);
        }

        if (bias) space.AddToGroups(GroupShape.Columns(n, outputs), 1, Bias(views, views.Direction), space.Slice(views.OutputTangent, 0, given));
    }

    /// <inheritdoc/>
    public override void BackwardTangent<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        AddGradient(views, views.OutputSignalTangent, views.Input, views.GradientTangent);
        if (views.InputMoves)
            space.Gemm(true, false, outputs, inputs, views.Examples, 1, views.OutputSignal, views.InputTangent, 1, Weight(views, views.GradientTangent));
        if (!views.InputSignalWanted) return;
        space.Gemm(false, false, views.Examples, inputs, outputs, 1, views.OutputSignalTangent, Weight(views, views.Parameters), 0, views.InputSignalTangent);
        space.Gemm(false, false, views.Examples, inputs, outputs, 1, views.OutputSignal, Weight(views, views.Direction), 1, views.InputSignalTangent);
    }

    /// <inheritdoc/>
    public override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
    {
        ITensorSpace<TView> space = views.Space;
        space.Gemm(true, false, outputs, inputs, 1, 1, views.OutputSignal, views.Input, 0, rows, views.Examples, outputs, inputs, stride);
        if (bias)
            space.CopyRows(views.Examples, outputs, views.OutputSignal, outputs, space.Slice(rows, weights, (views.Examples - 1) * stride + outputs), stride);
    }

    private void AddGradient<TView>(in LayerViews<TView> views, TView signal, TView input, TView gradient) where TView : allows ref struct
    {
        views.Space.Gemm(true, false, outputs, inputs, views.Examples, 1, signal, input, 1, Weight(views, gradient));
        if (bias) views.Space.SumGroups(GroupShape.Columns(views.Examples, outputs), 1, signal, true, Bias(views, gradient));
    }

    private TView Weight<TView>(in LayerViews<TView> views, TView parameters) where TView : allows ref struct => views.Space.Slice(parameters, 0, weights);

    private TView Bias<TView>(in LayerViews<TView> views, TView parameters) where TView : allows ref struct => views.Space.Slice(parameters, weights, outputs);
}
