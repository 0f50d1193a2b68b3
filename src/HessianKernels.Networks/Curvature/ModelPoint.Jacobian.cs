using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelPoint<TView>
{
    /// <summary><c>J v</c>, the derivative of all outputs along <paramref name="direction"/>: J is <c>[n C, d]</c>.</summary>
    /// <param name="direction">v, <c>[d]</c>.</param>
    /// <param name="result"><c>[n, C]</c>; overwritten.</param>
    public void JacobianProduct(TView direction, TView result)
    {
        for (int piece = 0; piece < Pieces; piece++)
        {
            ModelPass<TView> pass = Ready(piece, Stage.Forward);
            pass.ForwardTangent(Parameters, direction, 1);
            Space.Copy(pass.OutputTangent, Rows(result, piece, Outputs));
        }
    }

    /// <summary><c>J^T u</c>, without the examples' weights.</summary>
    /// <param name="signals">u, <c>[n, C]</c>.</param>
    /// <param name="result"><c>[d]</c>; overwritten.</param>
    public void TransposedJacobianProduct(TView signals, TView result)
    {
        Space.Fill(0, result);
        for (int piece = 0; piece < Pieces; piece++)
        {
            ModelPass<TView> pass = Ready(piece, Stage.Forward);
            TView seed = pass.Seed;
            Space.Copy(Rows(signals, piece, Outputs), seed);
            pass.PullBack(Parameters, seed, result);
        }
    }

    /// <summary>Rows of J, one a pull-back of a unit signal at one output of each example.</summary>
    /// <param name="first">The first example, 0 or more.</param>
    /// <param name="count">Number of examples, at least 1.</param>
    /// <param name="result"><c>[count, C, d]</c>; overwritten.</param>
    /// <exception cref="ArgumentOutOfRangeException">The point has no such examples.</exception>
    /// <exception cref="NotSupportedException">A layer mixes examples.</exception>
    public void JacobianRows(int first, int count, TView result) => SignalRows(OutputSignals.Units(Outputs), first, count, result);

    /// <summary>The examples' own gradients g_i, unweighted.</summary>
    /// <param name="first">The first example, 0 or more.</param>
    /// <param name="count">Number of examples, at least 1.</param>
    /// <param name="result"><c>[count, d]</c>; overwritten.</param>
    /// <exception cref="ArgumentOutOfRangeException">The point has no such examples.</exception>
    /// <exception cref="NotSupportedException">A layer mixes examples.</exception>
    public void ExampleGradients(int first, int count, TView result) => SignalRows(OutputSignals.Loss, first, count, result);

    /// <summary>
    /// S_i, the loss's Hessian in the outputs of each example, <c>[n, C, C]</c>, unweighted: with the rows of J what
    /// <see cref="SecondMoment.CurvatureSet.FromLogitHessians"/> takes.
    /// </summary>
    public double[] LogitHessians()
    {
        double[] result = Workspace.Allocate<double>((long)Examples * Outputs * Outputs);
        for (int piece = 0; piece < Pieces; piece++)
        {
            ModelPass<TView> pass = Ready(piece, Stage.Forward);
            int count = Count(piece);
            double[] column = new double[count * Outputs];
            for (int c = 0; c < Outputs; c++)
            {
                Array.Clear(column);
                for (int e = 0; e < count; e++) column[e * Outputs + c] = 1;
                TView seed = pass.Seed;
                Space.Write(column, seed);
                Loss.MultiplyByHessian(pass.LossViews(), seed, seed);
                Space.Read(seed, column);
                for (int e = 0; e < count; e++)
                    for (int r = 0; r < Outputs; r++) result[((First(piece) + e) * Outputs + r) * Outputs + c] = column[e * Outputs + r];
            }
        }

        return result;
    }

    /// <summary>Row k of example e goes to <c>[e, k]</c> of <c>[count, signals, d]</c>.</summary>
    internal void SignalRows(OutputSignals signals, int first, int count, TView result)
    {
        ThrowUnlessThere(first, count);
        ModelPass<TView> pass = Window(first, count);
        for (int k = 0; k < signals.Count; k++)
        {
            TView seed = pass.Seed;
            signals.Write(pass, first, k, seed);
            long stride = (long)signals.Count * ParameterCount;
            TView rows = Space.Slice(result, (long)k * ParameterCount, (count - 1) * stride + ParameterCount);
            Model.Network.ExampleGradients(pass.PullBackSignals(Parameters, seed), rows, stride);
        }
    }

    /// <summary>A pass over any run of examples, after its Forward: beside the micro-batches, since what is kept of each example's rows may
    /// be much more.</summary>
    internal ModelPass<TView> Window(int first, int count)
    {
        if (window is null || window.Capacity < count)
        {
            window?.Dispose();
            window = new(Space, Model, Loss, count, 1, workspace);
        }

        window.Show(all ? source.InputMemory : gathered!, all ? source.TargetMemory : gatheredTargets!, weights, first, count);
        Begin(window);
        window.Forward(Parameters);
        return window;
    }

    private void ThrowUnlessThere(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (first > Examples - count)
            throw new ArgumentOutOfRangeException(nameof(count), count,
                $"Examples {first} to {(long)first + count - 1} were asked for; the point has {Examples}.");
    }
}
