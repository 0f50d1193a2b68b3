namespace HessianKernels.Networks.Curvature;

/// <summary>How the examples of a <see cref="ModelPoint{TView}"/> are worked through. Every default suits a first call.</summary>
public sealed record ModelPointOptions
{
    /// <summary>The defaults.</summary>
    public static ModelPointOptions Default { get; } = new();

    /// <summary>Highest derivative of the loss that will be asked for: 1 gradient, Jacobian, Gauss-Newton, Fisher; 2 Hessian (the default);
    /// 3 third derivatives.</summary>
    public int Order { get; init; } = 2;

    /// <summary>
    /// Examples that go through the network together, a multiple of the model's <c>ExampleMultiple</c>; 0 for as many as keep one
    /// micro-batch's tangents within some
    /// megabytes. Changes results by rounding only.
    /// </summary>
    public int MicroBatch { get; init; }

    /// <summary>
    /// Whether each product does its forward and backward pass anew, so that one micro-batch's activations are held instead of all
    /// examples'. Twice the time of a product,
    /// or less.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Most examples that will be selected at once; 0 for all there are.</summary>
    public int Capacity { get; init; }

    /// <summary>Most threads, where the point makes its own tensor space; 0 for one a processor. Changes no bit.</summary>
    public int Threads { get; init; }
}
