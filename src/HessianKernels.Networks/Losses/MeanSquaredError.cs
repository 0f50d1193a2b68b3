using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Losses;

/// <summary>How the squared errors of one example's outputs are added up.</summary>
public enum SquaredErrorConvention
{
    /// <summary><c>1/2 ||z - y||^2</c>: MATHEMATICS 1, the default. S = I.</summary>
    Half,

    /// <summary><c>||z - y||^2</c>: the sum over outputs. S = 2 I.</summary>
    SumOverOutputs,

    /// <summary><c>||z - y||^2 / C</c>: the mean over outputs, PyTorch's MSELoss. S = 2 I / C.</summary>
    MeanOverOutputs,
}

/// <summary><c>l = c ||z - y||^2 / 2</c>, with c = 1, 2 or 2 / C by convention; the loss of a batch is the mean over its examples.</summary>
public sealed class MeanSquaredError(SquaredErrorConvention convention = SquaredErrorConvention.Half) : Loss
{
    /// <summary>How one example's outputs are added up.</summary>
    public SquaredErrorConvention Convention => convention;

    /// <inheritdoc/>
    public override long StateLength(int examples, int outputs) => (long)examples * outputs;

    /// <inheritdoc/>
    public override void Evaluate<TView>(in LossViews<TView> views, TView losses)
    {
        views.Space.Copy(views.Output, views.State);
        views.Space.AddScaled(-1, views.Target, views.State);
        views.Space.DotGroups(GroupShape.Rows(views.Examples, views.Outputs), Curvature(views.Outputs) / 2, views.State, views.State, false, losses);
    }

    /// <inheritdoc/>
    public override void Signal<TView>(in LossViews<TView> views, TView signal)
    {
        views.Space.Copy(views.State, signal);
        Scale(views, signal);
    }

    /// <inheritdoc/>
    public override void MultiplyByHessian<TView>(in LossViews<TView> views, TView direction, TView result)
    {
        views.Space.Copy(direction, result);
        Scale(views, result);
    }

    /// <inheritdoc/>
    public override void Derivative<TView>(in LossViews<TView> views, int order, TView tangents, TView result)
    {
        // Leibniz on c <r, r> / 2, with r_0 = z - y and r_k = z_k: 1: r0.z1;  2: z1.z1 + r0.z2;  3: 3 z1.z2 + r0.z3.
        ITensorSpace<TView> space = views.Space;
        GroupShape rows = GroupShape.Rows(views.Examples, views.Outputs);
        double c = Curvature(views.Outputs);
        space.DotGroups(rows, c, views.State, Part(views, tangents, order), false, result);
        if (order >= 2) space.DotGroups(rows, order == 2 ? c : 3 * c, Part(views, tangents, 1), Part(views, tangents, order - 1), true, result);
    }

    /// <inheritdoc/>
    public override void SampledSignal<TView>(in LossViews<TView> views, TView random, TView signal)
    {
        // The model's distribution is normal with covariance S^-1, so the score has covariance S.
        views.Space.Copy(random, signal);
        views.Space.Scale(Math.Sqrt(Curvature(views.Outputs)), signal);
    }

    /// <inheritdoc/>
    public override long RandomLength(int examples, int outputs) => (long)examples * outputs;

    private double Curvature(int outputs) => convention switch
    {
        SquaredErrorConvention.Half => 1,
        SquaredErrorConvention.SumOverOutputs => 2,
        _ => 2.0 / outputs,
    };

    private void Scale<TView>(in LossViews<TView> views, TView x) where TView : allows ref struct
    {
        if (Curvature(views.Outputs) is not 1 and double c) views.Space.Scale(c, x);
    }

    private static TView Part<TView>(in LossViews<TView> views, TView tangents, int order) where TView : allows ref struct
        => views.Space.Slice(tangents, (long)(order - 1) * views.Examples * views.Outputs, (long)views.Examples * views.Outputs);
}
