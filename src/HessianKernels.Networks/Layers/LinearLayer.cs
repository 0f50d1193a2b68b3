using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary><c>y = x W^T + b</c>, with W <c>[outputs, inputs]</c> and b <c>[outputs]</c>: PyTorch's Linear.</summary>
/// <remarks>
/// 2 n inputs outputs flops a product; at a point, forward 1, backward 2, tangents 2 and 4 products (less where the input does not move).
/// </remarks>
public sealed partial class LinearLayer : BilinearLayer
{
    private readonly int inputs, outputs;

    /// <summary>A linear layer on vectors.</summary>
    /// <exception cref="ArgumentException">The input is an image: flatten it first.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no output.</exception>
    public LinearLayer(TensorShape input, int outputs, bool bias = true)
        : base(input, TensorShape.Vector(outputs), WeightShape(input, outputs), bias)
        => (inputs, this.outputs) = (input.Length, outputs);

    private protected override void Product<TView>(ITensorSpace<TView> space, int examples, TView x, TView w, bool accumulate, TView y)
        => space.Gemm(false, true, examples, outputs, inputs, 1, x, w, accumulate ? 1 : 0, y);

    private protected override void InputProduct<TView>(
        ITensorSpace<TView> space, int examples, TView dy, TView w, bool accumulate, TView dx)
        => space.Gemm(false, false, examples, inputs, outputs, 1, dy, w, accumulate ? 1 : 0, dx);

    private protected override void WeightProduct<TView>(ITensorSpace<TView> space, int examples, TView dy, TView x, TView dw)
        => space.Gemm(true, false, outputs, inputs, examples, 1, dy, x, 1, dw);

    private protected override void WeightProducts<TView>(
        ITensorSpace<TView> space, int examples, TView dy, TView x, TView rows, long stride)
        => space.Gemm(true, false, outputs, inputs, 1, 1, dy, x, 0, rows, examples, outputs, inputs, stride);

    private static ParameterShape WeightShape(TensorShape input, int outputs)
    {
        if (!input.IsVector)
            throw new ArgumentException($"The input is an image, {input}; a linear layer takes vectors: flatten it first.", nameof(input));
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        return new("weight", ParameterRole.Weight, [outputs, input.Length], input.Length, outputs);
    }
}
