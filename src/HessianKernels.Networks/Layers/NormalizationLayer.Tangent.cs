using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <remarks>TangentState: <c>| h_1 .. h_K | r_1/r .. r_K/r | w_1 .. w_K | room |</c>.</remarks>
public abstract partial class NormalizationLayer
{
    /// <inheritdoc/>
    public sealed override void ForwardTangent<TView>(in LayerViews<TView> views)
    {
        if (views.InputMoves) NormalizeTangent(views);
        WriteTangents(views);
    }

    /// <summary><c>y_k = scale o h_k + k scale_1 o h_{k-1}</c>, and the shift moves once.</summary>
    private void WriteTangents<TView>(in LayerViews<TView> views) where TView : allows ref struct
    {
        ITensorSpace<TView> space = views.Space;
        long length = Elements(views.Examples);
        for (int k = 1; k <= views.TangentOrder; k++)
        {
            TView y = space.Slice(views.OutputTangent, (k - 1) * length, length);
            if (k == 1) space.ScaleGroups(Channels(views), ScaleOf(views, views.Direction), Normalized(views), false, y);
            else if (views.InputMoves) space.ScaleGroups(Channels(views), ScaleOf(views, views.Direction), Tangent(views, k - 1), false, y);
            else space.Fill(0, y);
            if (!views.InputMoves) continue;
            if (k > 1) space.Scale(k, y);
            space.ScaleGroups(Channels(views), ScaleOf(views, views.Parameters), Tangent(views, k), true, y);
        }

        space.AddToGroups(Channels(views), 1, ShiftOf(views, views.Direction), space.Slice(views.OutputTangent, 0, length));
    }

    /// <inheritdoc/>
    public sealed override void BackwardTangent<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        long elements = Elements(views.Examples), groups = GroupCount(views.Examples);
        TView h = Normalized(views);
        space.DotGroups(Channels(views), 1, views.OutputSignalTangent, h, true, ScaleOf(views, views.GradientTangent));
        space.SumGroups(Channels(views), 1, views.OutputSignalTangent, true, ShiftOf(views, views.GradientTangent));
        if (views.InputMoves)
            space.DotGroups(Channels(views), 1, views.OutputSignal, Tangent(views, 1), true, ScaleOf(views, views.GradientTangent));
        if (!views.InputSignalWanted) return;

        // dx = r q with q = u + m + h c, m = -E[u], c = -E[u h]:   dx_1 = r (q_1 + (r_1/r) q),   q_1 = u_1 + m_1 + h c_1 + h_1 c.
        TView q1 = views.InputSignalTangent, q = space.Slice(views.Scratch, 0, elements);
        TView m1 = space.Slice(views.Scratch, elements, groups), c1 = space.Slice(views.Scratch, elements + groups, groups);
        space.ScaleGroups(Channels(views), ScaleOf(views, views.Parameters), views.OutputSignalTangent, false, q1);
        space.ScaleGroups(Channels(views), ScaleOf(views, views.Direction), views.OutputSignal, true, q1);
        Mean(views, -1, q1, false, m1);
        Mean(views, -1, q1, h, false, c1);
        if (views.InputMoves)
        {
            TView m = Coefficient(views, views.SignalState, 0), c = Coefficient(views, views.SignalState, 1), h1 = Tangent(views, 1);
            space.ScaleGroups(Channels(views), ScaleOf(views, views.Parameters), views.OutputSignal, false, q);
            Mean(views, -1, q, h1, true, c1);
            Scale(views, c, h1, true, q1);
            Add(views, m, q);
            Scale(views, c, h, true, q);
            Scale(views, Turn(views, 1, 1), q, true, q1);
        }

        Add(views, m1, q1);
        Scale(views, c1, h, true, q1);
        Scale(views, Reciprocal(views), q1, false, q1);
    }

    /// <summary><c>h_1 .. h_K</c> and <c>r_1/r .. r_K/r</c>.</summary>
    private void NormalizeTangent<TView>(in LayerViews<TView> views) where TView : allows ref struct
    {
        ITensorSpace<TView> space = views.Space;
        int order = views.TangentOrder;
        long elements = Elements(views.Examples);
        TView h = Normalized(views), room = Turn(views, order, 2 * order + 1);
        for (int k = 1; k <= order; k++)
        {
            TView a = Tangent(views, k), w = Variance(views, k);
            space.Copy(space.Slice(views.InputTangent, (k - 1) * elements, elements), a);
            Center(views, a, room);
            Scale(views, Reciprocal(views), a, false, a);
            Mean(views, 2, h, a, false, w);
            if (k > 1) Mean(views, k == 2 ? 2 : 6, Tangent(views, 1), Tangent(views, k - 1), true, w);
        }

        for (int k = 1; k <= order; k++)
        {
            TView turn = Turn(views, order, k);
            space.Copy(Variance(views, k), turn);
            space.Scale(-0.5, turn);
            if (k == 2) space.Multiply(0.75, Variance(views, 1), Variance(views, 1), true, turn);
            if (k < 3) continue;
            space.Multiply(2.25, Variance(views, 1), Variance(views, 2), true, turn);
            space.Multiply(1, Variance(views, 1), Variance(views, 1), false, room);
            space.Multiply(-1.875, room, Variance(views, 1), true, turn);
        }

        // From the top down, so that the a that a lower order needs are still there.
        for (int k = order; k >= 1; k--)
            for (int j = 1; j <= k; j++)
            {
                space.Copy(Turn(views, order, j), room);
                space.Scale(j == k ? 1 : k, room);
                Scale(views, room, j == k ? h : Tangent(views, k - j), true, Tangent(views, k));
            }
    }

    private TView Tangent<TView>(in LayerViews<TView> views, int k) where TView : allows ref struct
        => views.Space.Slice(views.TangentState, (k - 1) * Elements(views.Examples), Elements(views.Examples));

    private TView Turn<TView>(in LayerViews<TView> views, int order, int k) where TView : allows ref struct
        => views.Space.Slice(
            views.TangentState, order * Elements(views.Examples) + (k - 1) * GroupCount(views.Examples), GroupCount(views.Examples));

    private TView Variance<TView>(in LayerViews<TView> views, int k) where TView : allows ref struct
        => Turn(views, views.TangentOrder, views.TangentOrder + k);
}
