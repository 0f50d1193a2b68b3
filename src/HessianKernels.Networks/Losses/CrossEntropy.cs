using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Losses;

/// <summary>
/// <c>l = log sum_c exp z_c - sum_c t_c z_c</c>, t the target smoothed: <c>t = (1 - smoothing) y + smoothing / C</c>. A target y is a
/// distribution over the C classes (one-hot for a label); the loss of a batch is the mean over its examples: PyTorch's CrossEntropyLoss.
/// </summary>
/// <remarks>
/// With p = softmax(z): <c>dl/dz = p - t</c>, <c>S v = p o v - p (p . v)</c>. Along a line the derivatives of log sum exp are the cumulants
/// of z's under p:
/// <code>
/// l_1 = (p - t) . z_1
/// l_2 = (p - t) . z_2 + Var_p(z_1)
/// l_3 = (p - t) . z_3 + 3 Cov_p(z_1, z_2) + E_p[(z_1 - E_p z_1)^3]
/// </code>
/// State: <c>| p, [n, C] | two rooms, [n, C] | room, [n] |</c>.
/// </remarks>
public sealed class CrossEntropy : Loss
{
    /// <summary>A cross-entropy.</summary>
    /// <param name="smoothing">Share of a target that is spread over all classes, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public CrossEntropy(double smoothing = 0)
    {
        if (!(smoothing >= 0 && smoothing <= 1))
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "The smoothing is from 0 to 1.");
        Smoothing = smoothing;
    }

    /// <summary>Share of a target that is spread over all classes.</summary>
    public double Smoothing { get; }

    /// <inheritdoc/>
    public override long StateLength(int examples, int outputs) => 3L * examples * outputs + examples;

    /// <inheritdoc/>
    public override void Evaluate<TView>(in LossViews<TView> views, TView losses)
    {
        GroupShape rows = GroupShape.Rows(views.Examples, views.Outputs);
        views.Space.Softmax(views.Examples, views.Outputs, views.Output, Matrix(views, 0), losses);
        views.Space.DotGroups(rows, Smoothing - 1, views.Target, views.Output, true, losses);
        if (Smoothing > 0) views.Space.SumGroups(rows, -Smoothing / views.Outputs, views.Output, true, losses);
    }

    /// <inheritdoc/>
    public override void Signal<TView>(in LossViews<TView> views, TView signal)
    {
        views.Space.Copy(Matrix(views, 0), signal);
        views.Space.AddScaled(Smoothing - 1, views.Target, signal);
        if (Smoothing == 0) return;
        TView ones = Column(views);
        views.Space.Fill(1, ones);
        views.Space.AddToGroups(GroupShape.Rows(views.Examples, views.Outputs), -Smoothing / views.Outputs, ones, signal);
    }

    /// <inheritdoc/>
    public override void MultiplyByHessian<TView>(in LossViews<TView> views, TView direction, TView result)
    {
        GroupShape rows = GroupShape.Rows(views.Examples, views.Outputs);
        TView p = Matrix(views, 0), mean = Column(views);
        views.Space.DotGroups(rows, -1, p, direction, false, mean);
        views.Space.Multiply(1, p, direction, false, result);
        views.Space.ScaleGroups(rows, mean, p, true, result);
    }

    /// <inheritdoc/>
    public override void Derivative<TView>(in LossViews<TView> views, int order, TView tangents, TView result)
    {
        ITensorSpace<TView> space = views.Space;
        GroupShape rows = GroupShape.Rows(views.Examples, views.Outputs);
        TView p = Matrix(views, 0), centered = Matrix(views, 1), weighted = Matrix(views, 2), mean = Column(views);
        TView first = Tangent(views, tangents, 1);
        Signal(views, weighted);
        space.DotGroups(rows, 1, weighted, Tangent(views, tangents, order), false, result);
        if (order == 1) return;
        space.Copy(first, centered);
        space.DotGroups(rows, -1, p, first, false, mean);
        space.AddToGroups(rows, 1, mean, centered);
        space.Multiply(1, p, centered, false, weighted);
        space.DotGroups(rows, order == 2 ? 1 : 3, weighted, order == 2 ? centered : Tangent(views, tangents, 2), true, result);
        if (order == 2) return;
        space.Multiply(1, weighted, centered, false, weighted);
        space.DotGroups(rows, 1, weighted, centered, true, result);
    }

    /// <summary>
    /// <c>p - e</c>, e the class that each example's uniform number draws from p; its mean is 0 and its covariance S, whatever the
    /// smoothing.
    /// </summary>
    public override void SampledSignal<TView>(in LossViews<TView> views, TView random, TView signal)
    {
        views.Space.DrawRows(views.Examples, views.Outputs, Matrix(views, 0), random, signal);
        views.Space.Scale(-1, signal);
        views.Space.AddScaled(1, Matrix(views, 0), signal);
    }

    /// <inheritdoc/>
    public override long RandomLength(int examples, int outputs) => examples;

    private static TView Matrix<TView>(in LossViews<TView> views, int i) where TView : allows ref struct
        => views.Space.Slice(views.State, (long)i * views.Examples * views.Outputs, (long)views.Examples * views.Outputs);

    private static TView Column<TView>(in LossViews<TView> views) where TView : allows ref struct
        => views.Space.Slice(views.State, 3L * views.Examples * views.Outputs, views.Examples);

    private static TView Tangent<TView>(in LossViews<TView> views, TView tangents, int order) where TView : allows ref struct
        => views.Space.Slice(tangents, (long)(order - 1) * views.Examples * views.Outputs, (long)views.Examples * views.Outputs);
}
