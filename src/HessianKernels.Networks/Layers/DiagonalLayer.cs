using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary><c>y = theta o x</c>, element for element, with theta <c>[length]</c>: one factor of a diagonal linear network.</summary>
public sealed class DiagonalLayer : BilinearLayer
{
    /// <summary>A diagonal layer on vectors.</summary>
    /// <exception cref="ArgumentException">The input is an image: flatten it first.</exception>
    public DiagonalLayer(TensorShape input)
        : base(input, input, WeightShape(input), bias: false)
    {
    }

    private protected override void Product<TView>(ITensorSpace<TView> space, int examples, TView x, TView w, bool accumulate, TView y)
        => space.ScaleGroups(GroupShape.Columns(examples, Input.Length), w, x, accumulate, y);

    private protected override void InputProduct<TView>(
        ITensorSpace<TView> space, int examples, TView dy, TView w, bool accumulate, TView dx)
        => space.ScaleGroups(GroupShape.Columns(examples, Input.Length), w, dy, accumulate, dx);

    private protected override void WeightProduct<TView>(ITensorSpace<TView> space, int examples, TView dy, TView x, TView dw)
        => space.DotGroups(GroupShape.Columns(examples, Input.Length), 1, dy, x, true, dw);

    private protected override void WeightProducts<TView>(
        ITensorSpace<TView> space, int examples, TView dy, TView x, TView rows, long stride)
    {
        long length = Input.Length;
        for (int e = 0; e < examples; e++)
            space.Multiply(
                1, space.Slice(dy, e * length, length), space.Slice(x, e * length, length), false, space.Slice(rows, e * stride, length));
    }

    private static ParameterShape WeightShape(TensorShape input)
        => input.IsVector
            ? new("weight", ParameterRole.Diagonal, [input.Length], 1, 1)
            : throw new ArgumentException(
                $"The input is an image, {input}; a diagonal layer takes vectors: flatten it first.", nameof(input));
}
