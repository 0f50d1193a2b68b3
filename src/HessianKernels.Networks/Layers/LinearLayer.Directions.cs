using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

public sealed partial class LinearLayer
{
    /// <summary><c>y_1 = x V^T + x_1 W^T + v</c> for every direction: two batches of products with x and W for all.</summary>
    public override void ForwardTangents<TView>(in LayerViews<TView> views)
    {
        if (views.Directions == 1)
        {
            ForwardTangent(views);
            return;
        }

        ITensorSpace<TView> space = views.Space;
        int n = views.Examples, k = views.Directions;
        long taken = (long)n * inputs, given = (long)n * outputs, stride = views.ParameterStride;
        TView y = views.OutputTangent;
        space.Gemm(false, true, n, outputs, inputs, 1, views.Input, views.Direction, 0, y, k, 0, stride, given);
        if (views.InputMoves)
            space.Gemm(false, true, n, outputs, inputs, 1, views.InputTangent, views.Parameters, 1, y, k, taken, 0, given);
        if (!HasBias) return;
        for (int i = 0; i < k; i++)
            space.AddToGroups(GroupShape.Columns(n, outputs), 1, BiasOf(space, views.Direction, i * stride), space.Slice(y, i * given, given));
    }

    /// <summary><c>dV += dy_1^T x + dy^T x_1</c> and <c>dx_1 = dy_1 W + dy V</c> for every direction.</summary>
    public override void BackwardTangents<TView>(in LayerViews<TView> views)
    {
        if (views.Directions == 1)
        {
            BackwardTangent(views);
            return;
        }

        ITensorSpace<TView> space = views.Space;
        int n = views.Examples, k = views.Directions;
        long taken = (long)n * inputs, given = (long)n * outputs, stride = views.ParameterStride;
        TView dy = views.OutputSignal, dy1 = views.OutputSignalTangent, result = views.GradientTangent;
        space.Gemm(true, false, outputs, inputs, n, 1, dy1, views.Input, 1, result, k, given, 0, stride);
        for (int i = 0; HasBias && i < k; i++)
            space.SumGroups(GroupShape.Columns(n, outputs), 1, space.Slice(dy1, i * given, given), true, BiasOf(space, result, i * stride));
        if (views.InputMoves) space.Gemm(true, false, outputs, inputs, n, 1, dy, views.InputTangent, 1, result, k, 0, taken, stride);
        if (!views.InputSignalWanted) return;
        space.Gemm(false, false, n, inputs, outputs, 1, dy1, views.Parameters, 0, views.InputSignalTangent, k, given, 0, taken);
        space.Gemm(false, false, n, inputs, outputs, 1, dy, views.Direction, 1, views.InputSignalTangent, k, 0, stride, taken);
    }

    private TView BiasOf<TView>(ITensorSpace<TView> space, TView parameters, long start) where TView : allows ref struct
        => space.Slice(parameters, start + (long)outputs * inputs, outputs);
}
