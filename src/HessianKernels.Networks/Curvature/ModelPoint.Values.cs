using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelPoint<TView>
{
    /// <summary><c>L = sum_i w_i l_i</c>, summed in double.</summary>
    public double Value()
    {
        double sum = 0;
        double[] losses = new double[MicroBatch], weight = new double[MicroBatch];
        for (int piece = 0; piece < Pieces; piece++)
        {
            ModelPass<TView> pass = Ready(piece, Stage.Forward);
            int count = Count(piece);
            Space.Read(pass.Losses, losses.AsSpan(0, count));
            Space.Read(pass.Weights, weight.AsSpan(0, count));
            for (int e = 0; e < count; e++) sum += weight[e] * losses[e];
        }

        return sum;
    }

    /// <summary>Each example's loss, unweighted, <c>[n]</c>.</summary>
    public void ExampleLosses(TView result)
    {
        for (int piece = 0; piece < Pieces; piece++) Space.Copy(Ready(piece, Stage.Forward).Losses, Rows(result, piece, 1));
    }

    /// <summary>The network's outputs z, <c>[n, C]</c>.</summary>
    public void Predict(TView result)
    {
        for (int piece = 0; piece < Pieces; piece++) Space.Copy(Ready(piece, Stage.Forward).Output, Rows(result, piece, Outputs));
    }

    /// <summary>g, the gradient of L, <c>[d]</c>. Computed at the first call at a point, then kept.</summary>
    public void Gradient(TView result) => Space.Copy(Gradient(), result);

    /// <summary>The same where it lies: valid until the point moves, not to be written to.</summary>
    public TView Gradient()
    {
        gradient ??= Space.Allocate(ParameterCount);
        if (gradientKnown) return gradient.View;
        Space.Fill(0, gradient.View);
        for (int piece = 0; piece < Pieces; piece++)
        {
            ModelPass<TView> pass = Ready(piece, Stage.Forward);
            int slot = Plan.Recompute ? 0 : piece;
            // Signals that are there are written over, and no longer there if that is ended.
            done[slot] = (piece, Stage.Forward);
            pass.Backward(Parameters, true, gradient.View);
            done[slot] = (piece, Stage.Signals);
        }

        gradientKnown = true;
        return gradient.View;
    }

    /// <summary><c>||g||</c>.</summary>
    public double GradientNorm()
    {
        TView g = Gradient();
        return Math.Sqrt(Inner(g, g));
    }
}
