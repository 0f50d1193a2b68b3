using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary><c>y = factor x</c>, with a fixed factor.</summary>
public sealed class ScaleLayer : LinearMapLayer
{
    /// <summary>A multiple of tensors of any shape.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not finite.</exception>
    public ScaleLayer(TensorShape shape, double factor)
        : base(shape, shape)
    {
        if (!double.IsFinite(factor)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor is finite.");
        Factor = factor;
    }

    /// <summary>What is multiplied by.</summary>
    public double Factor { get; }

    private protected override void Apply<TView>(in LayerViews<TView> views, TView x, TView y)
    {
        views.Space.Copy(x, y);
        views.Space.Scale(Factor, y);
    }

    private protected override void ApplyAdjoint<TView>(in LayerViews<TView> views, TView dy, TView dx) => Apply(views, dy, dx);
}
