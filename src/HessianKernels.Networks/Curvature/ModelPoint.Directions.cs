using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelPoint<TView>
{
    /// <summary><c>d^k L(theta + s v) / ds^k</c> at s = 0, by a forward pass of order k alone; sums over the examples in double.</summary>
    /// <param name="direction">v, <c>[d]</c>.</param>
    /// <param name="order">k, 1 to 3: <c>g.v</c>, <c>v^T H v</c>, <c>D^3 L[v, v, v]</c>.</param>
    /// <exception cref="InvalidOperationException">The point's order is less.</exception>
    public double Derivative(TView direction, int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 3);
        ThrowIfNotOrder(order, $"A derivative of order {order}");
        double sum = 0;
        double[] derivatives = new double[MicroBatch], weight = new double[MicroBatch];
        for (int piece = 0; piece < Pieces; piece++)
        {
            ModelPass<TView> pass = Ready(piece, Stage.Forward);
            int count = Count(piece);
            pass.ForwardTangent(Parameters, direction, order);
            TView each = workspace.Take(PassWorkspace<TView>.Part.PerExample, count);
            pass.LossDerivative(each);
            Space.Read(each, derivatives.AsSpan(0, count));
            Space.Read(pass.Weights, weight.AsSpan(0, count));
            for (int e = 0; e < count; e++) sum += weight[e] * derivatives[e];
        }

        return sum;
    }

    /// <summary>
    /// <c>v^T H v</c> from the kept signals of the loss, by a first-order tangent and each layer's own curvature along it: half the work of a
    /// Hessian-vector product. Summed over the micro-batches in double.
    /// </summary>
    /// <param name="direction">v, <c>[d]</c>.</param>
    /// <exception cref="InvalidOperationException">The point is of order 1.</exception>
    public double HessianForm(TView direction)
    {
        ThrowIfNotOrder(2, "A Hessian's form");
        double sum = 0;
        Span<double> share = stackalloc double[1];
        for (int piece = 0; piece < Pieces; piece++)
        {
            TView form = workspace.Take(PassWorkspace<TView>.Part.PerExample, 1);
            Ready(piece, Stage.Signals).HessianForm(Parameters, direction, form);
            Space.Read(form, share);
            sum += share[0];
        }

        return sum;
    }

    /// <summary><c>g^T H g / ||g||^2</c> along the gradient of the selected examples: step sharpness of a mini-batch, 0 where g is
    /// 0.</summary>
    public double GradientSharpness()
    {
        TView g = Gradient();
        double squared = Inner(g, g);
        return squared == 0 ? 0 : HessianForm(g) / squared;
    }

    /// <summary>
    /// <c>D^3 L[v, v, u] = (D^3 L[(v + u)^3] - D^3 L[(v - u)^3] - 2 D^3 L[u^3]) / 6</c>, u scaled to the length of v for it: three forward
    /// passes of order 3.
    /// </summary>
    /// <param name="v"><c>[d]</c>.</param>
    /// <param name="u"><c>[d]</c>.</param>
    /// <exception cref="InvalidOperationException">The point is not of order 3.</exception>
    public double ThirdDerivative(TView v, TView u)
    {
        ThrowIfNotOrder(3, "A third derivative");
        double lengthV = Math.Sqrt(Inner(v, v)), lengthU = Math.Sqrt(Inner(u, u));
        if (lengthV == 0 || lengthU == 0) return 0;
        double scale = lengthV / lengthU;
        using ITensorMemory<TView> memory = Space.Allocate(ParameterCount);
        return (Along(memory.View, v, 1, u, scale) - Along(memory.View, v, 1, u, -scale) - 2 * Along(memory.View, v, 0, u, scale))
            / (6 * scale);
    }

    /// <summary>
    /// The progressive sharpening factor <c>-grad L . grad S = -D^3 L[v, v, g]</c> of the sharpness S that v is the unit top eigenvector of
    /// (paper 004): the rate at
    /// which gradient flow raises S.
    /// </summary>
    /// <param name="topEigenvector">v, <c>[d]</c>, of unit length.</param>
    /// <exception cref="InvalidOperationException">The point is not of order 3.</exception>
    public double ProgressiveSharpening(TView topEigenvector) => -ThirdDerivative(topEigenvector, Gradient());

    /// <summary><c>x . y</c> of two vectors <c>[d]</c>, summed in double.</summary>
    internal double Inner(TView x, TView y)
    {
        TView sum = workspace.Take(PassWorkspace<TView>.Part.PerExample, 1);
        Space.DotGroups(GroupShape.Rows(1, ParameterCount), 1, x, y, false, sum);
        Span<double> result = [0];
        Space.Read(sum, result);
        return result[0];
    }

    private double Along(TView room, TView v, double scaleV, TView u, double scaleU)
    {
        Space.Fill(0, room);
        if (scaleV != 0) Space.AddScaled(scaleV, v, room);
        Space.AddScaled(scaleU, u, room);
        return Derivative(room, 3);
    }
}
