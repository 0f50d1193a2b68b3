using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>
/// <c>y = &lt;J, theta&gt; + theta^T Q theta / 2</c> of an input <c>x = (J, Q)</c>, P + P^2 numbers: the quadratic regression model, in
/// which each example brings its own first and second derivative (paper 000 eq. 104; of Q the symmetric part counts).
/// </summary>
/// <remarks>
/// It is a linear model in the features <c>phi(theta) = (theta, vec(theta theta^T) / 2)</c>: <c>y = &lt;x, phi&gt;</c>, so that every call
/// reads the P^2 numbers of an example once, and the rest is work on one P x P matrix. Along theta + s v, <c>phi_1 = (v, vec(v theta^T +
/// theta v^T) / 2)</c>, <c>phi_2 = (0, vec(v v^T))</c>, phi_3 = 0. Forward keeps phi, Backward <c>sum_e dL/dy_e x_e</c>.
/// </remarks>
public sealed class QuadraticLayer : Layer
{
    private readonly int p, features;

    /// <summary>A model of so many parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no parameter.</exception>
    public QuadraticLayer(int parameters)
        : base(TensorShape.Vector(Features(parameters)), TensorShape.Vector(1))
    {
        (p, features) = (parameters, Input.Length);
        Parameters = [new("theta", ParameterRole.Displacement, [p], features, 1)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters { get; }

    /// <inheritdoc/>
    public override bool NeedsBackward => true;

    /// <inheritdoc/>
    public override long StateLength(int examples, int order) => features;

    /// <inheritdoc/>
    public override long SignalLength(int examples, int order) => features;

    /// <inheritdoc/>
    public override long TangentLength(int examples, int tangentOrder) => features;

    /// <inheritdoc/>
    public override long ScratchLength(int examples) => features;

    /// <inheritdoc/>
    public override void Forward<TView>(in LayerViews<TView> views)
    {
        TView square = Second(views, views.State);
        views.Space.Copy(views.Parameters, First(views, views.State));
        Outer(views, 0.5, views.Parameters, views.Parameters, 0, square);
        views.Space.Fill(0, views.Output);
        Product(views, views.Examples, views.Input, views.State, 1, views.Output);
    }

    /// <inheritdoc/>
    public override void Backward<TView>(in LayerViews<TView> views)
    {
        // Kept for BackwardTangent whether the gradient is wanted now or not.
        if (views.GradientWanted || views.Order >= 2)
        {
            Weigh(views, views.OutputSignal, views.Input, 0, views.SignalState);
            if (views.GradientWanted)
            {
                views.Space.AddScaled(1, First(views, views.SignalState), views.Gradient);
                AddSymmetric(views, Second(views, views.SignalState), views.Parameters, views.Gradient);
            }
        }

        if (views.InputSignalWanted) Spread(views, views.OutputSignal, views.State, 0, views.InputSignal);
    }

    /// <inheritdoc/>
    public override void ForwardTangent<TView>(in LayerViews<TView> views)
    {
        // y_k = <x_k, phi> + k <x_{k-1}, phi_1> + k (k - 1) / 2 <x_{k-2}, phi_2>.
        ITensorSpace<TView> space = views.Space;
        int n = views.Examples, order = views.TangentOrder;
        long taken = (long)n * features;
        space.Fill(0, views.OutputTangent);
        if (order >= 2)
        {
            space.Fill(0, First(views, views.TangentState));
            Outer(views, 1, views.Direction, views.Direction, 0, Second(views, views.TangentState));
            Product(views, n, views.Input, views.TangentState, 1, space.Slice(views.OutputTangent, n, n));
            if (order == 3 && views.InputMoves)
                Product(views, n, space.Slice(views.InputTangent, 0, taken), views.TangentState, 3,
                    space.Slice(views.OutputTangent, 2L * n, n));
        }

        Turn(views);
        Product(views, n, views.Input, views.TangentState, 1, space.Slice(views.OutputTangent, 0, n));
        if (!views.InputMoves) return;
        for (int k = 2; k <= order; k++)
            Product(views, n, space.Slice(views.InputTangent, (k - 2) * taken, taken), views.TangentState, k,
                space.Slice(views.OutputTangent, (k - 1L) * n, n));
        Product(views, order * n, views.InputTangent, views.State, 1, views.OutputTangent);
    }

    /// <inheritdoc/>
    public override void BackwardTangent<TView>(in LayerViews<TView> views)
    {
        ITensorSpace<TView> space = views.Space;
        Weigh(views, views.OutputSignalTangent, views.Input, 0, views.Scratch);
        if (views.InputMoves) Weigh(views, views.OutputSignal, views.InputTangent, 1, views.Scratch);
        space.AddScaled(1, First(views, views.Scratch), views.GradientTangent);
        AddSymmetric(views, Second(views, views.Scratch), views.Parameters, views.GradientTangent);
        AddSymmetric(views, Second(views, views.SignalState), views.Direction, views.GradientTangent);
        if (!views.InputSignalWanted) return;
        Spread(views, views.OutputSignalTangent, views.State, 0, views.InputSignalTangent);
        Spread(views, views.OutputSignal, views.TangentState, 1, views.InputSignalTangent);
    }

    /// <inheritdoc/>
    public override void Curve<TView>(in LayerViews<TView> views)
    {
        // y_2 = <x, phi_2> + 2 <x_1, phi_1>; Backward kept sum_e dL/dy_e x_e.
        int n = views.Examples;
        TView y = views.OutputTangent;
        Outer(views, 1, views.Direction, views.Direction, 0, Second(views, views.TangentState));
        AddCurvature(views, 1, (long)p * p, Second(views, views.SignalState), Second(views, views.TangentState));
        Turn(views);
        views.Space.Fill(0, y);
        if (views.InputMoves)
        {
            Product(views, n, views.InputTangent, views.TangentState, 1, y);
            AddCurvature(views, 2, n, views.OutputSignal, y);
            views.Space.Fill(0, y);
            Product(views, n, views.InputTangent, views.State, 1, y);
        }

        Product(views, n, views.Input, views.TangentState, 1, y);
    }

    /// <inheritdoc/>
    public override void ExampleGradients<TView>(in LayerViews<TView> views, TView rows, long stride)
    {
        ITensorSpace<TView> space = views.Space;
        for (int e = 0; e < views.Examples; e++)
        {
            TView row = space.Slice(rows, e * stride, p), x = space.Slice(views.Input, (long)e * features, features);
            space.Copy(First(views, x), row);
            AddSymmetric(views, Second(views, x), views.Parameters, row);
            space.ScaleGroups(GroupShape.Rows(1, p), space.Slice(views.OutputSignal, e, 1), row, false, row);
        }
    }

    private static int Features(int parameters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parameters, 1);
        return checked(parameters + parameters * parameters);
    }

    private TView First<TView>(in LayerViews<TView> views, TView x) where TView : allows ref struct => views.Space.Slice(x, 0, p);

    private TView Second<TView>(in LayerViews<TView> views, TView x) where TView : allows ref struct
        => views.Space.Slice(x, p, (long)p * p);

    /// <summary><c>TangentState = phi_1</c>.</summary>
    private void Turn<TView>(in LayerViews<TView> views) where TView : allows ref struct
    {
        views.Space.Copy(views.Direction, First(views, views.TangentState));
        Outer(views, 0.5, views.Direction, views.Parameters, 0, Second(views, views.TangentState));
        Outer(views, 0.5, views.Parameters, views.Direction, 1, Second(views, views.TangentState));
    }

    /// <summary><c>y += scale &lt;x_e, phi&gt;</c>.</summary>
    private void Product<TView>(in LayerViews<TView> views, int examples, TView x, TView phi, double scale, TView y)
        where TView : allows ref struct
        => views.Space.Gemm(false, false, examples, 1, features, scale, x, phi, 1, y);

    /// <summary><c>result = beta result + sum_e dy_e x_e</c>.</summary>
    private void Weigh<TView>(in LayerViews<TView> views, TView dy, TView x, double beta, TView result) where TView : allows ref struct
        => views.Space.Gemm(false, false, 1, features, views.Examples, 1, dy, x, beta, result);

    /// <summary><c>dx_e = beta dx_e + dy_e phi</c>.</summary>
    private void Spread<TView>(in LayerViews<TView> views, TView dy, TView phi, double beta, TView dx) where TView : allows ref struct
        => views.Space.Gemm(false, false, views.Examples, features, 1, 1, dy, phi, beta, dx);

    private void Outer<TView>(in LayerViews<TView> views, double scale, TView a, TView b, double beta, TView result)
        where TView : allows ref struct
        => views.Space.Gemm(false, false, p, p, 1, scale, a, b, beta, result);

    /// <summary><c>y += (Q + Q^T) x / 2</c>.</summary>
    private void AddSymmetric<TView>(in LayerViews<TView> views, TView q, TView x, TView y) where TView : allows ref struct
    {
        views.Space.Gemm(false, false, p, 1, p, 0.5, q, x, 1, y);
        views.Space.Gemm(true, false, p, 1, p, 0.5, q, x, 1, y);
    }
}
