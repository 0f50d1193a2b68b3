using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

public abstract partial class NormalizationLayer
{
    /// <inheritdoc/>
    /// <remarks>
    /// From <c>h = r (x - E[x])</c> and <c>E[h^2] + epsilon r^2 = 1</c>, with x_2 = 0 and rho = r_1 / r, for a group of N numbers:
    /// <code>
    /// &lt;u, h_2&gt; = N (2 rho E[u h_1] - E[u h] (E[h_1^2] + epsilon (rho r)^2)),   y_2 = scale o h_2 + 2 scale_1 o h_1
    /// </code>
    /// </remarks>
    public sealed override void Curve<TView>(in LayerViews<TView> views)
    {
        if (views.InputMoves)
        {
            NormalizeTangent(views);
            AddCurvature(views);
        }

        WriteTangents(views);
    }

    private void AddCurvature<TView>(in LayerViews<TView> views) where TView : allows ref struct
    {
        ITensorSpace<TView> space = views.Space;
        TView h1 = Tangent(views, 1), rho = Turn(views, 1, 1), bend = Turn(views, 1, 2), room = Turn(views, 1, 3);
        // y_1 is not needed yet: its place holds scale_1 o dL/dy, then u.
        TView u = views.OutputTangent;
        space.ScaleGroups(Channels(views), ScaleOf(views, views.Direction), views.OutputSignal, false, u);
        AddCurvature(views, 2, Elements(views.Examples), u, h1);

        space.Multiply(1, rho, Reciprocal(views), false, room);
        Mean(views, 1, h1, h1, false, bend);
        space.Multiply(Epsilon, room, room, true, bend);
        space.ScaleGroups(Channels(views), ScaleOf(views, views.Parameters), views.OutputSignal, false, u);
        Mean(views, 2, u, h1, false, room);
        TView along = Coefficient(views, views.SignalState, 1);
        for (Block at = First(views.Examples); !at.IsEmpty; at = at.Next)
        {
            AddCurvature(views, at.Shape.Count, at.Shape.Groups, at.CoefficientsOf(space, rho), at.CoefficientsOf(space, room));
            AddCurvature(views, at.Shape.Count, at.Shape.Groups, at.CoefficientsOf(space, along), at.CoefficientsOf(space, bend));
        }
    }
}
