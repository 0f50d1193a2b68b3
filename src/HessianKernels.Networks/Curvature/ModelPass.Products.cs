using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelPass<TView>
{
    /// <summary>
    /// ForwardTangent of order 1 along several directions: OutputTangent <c>[k, n, C]</c>, on the CPU with the bits each has alone.
    /// </summary>
    /// <param name="parameters"><c>[d]</c>.</param>
    /// <param name="along"><c>[k, d]</c>.</param>
    /// <param name="count">k, at least 1.</param>
    /// <param name="stride">Elements from one direction to the next; d where null.</param>
    public void ForwardTangents(TView parameters, TView along, int count, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride ?? Model.ParameterCount, Model.ParameterCount, nameof(stride));
        (tangentOrder, directions, parameterStride) = (1, count, stride ?? Model.ParameterCount);
        LayerViews<TView> views = Views(parameters);
        AddTangents(ref views, along);
        Model.Network.ForwardTangents(views);
    }

    /// <summary><c>result += H direction</c>, the pass's share of the Hessian's product. Needs Forward, Backward, and ForwardTangent of
    /// order 1 along the same direction.</summary>
    public void BackwardTangent(TView parameters, TView direction, TView result) => BackwardTangents(parameters, direction, result);

    /// <summary>The same of all directions, <c>[k, d]</c>, of the last ForwardTangents; the results lie as far apart as they.</summary>
    public void BackwardTangents(TView parameters, TView along, TView results)
    {
        TView seeds = Seeds(directions);
        long outputs = (long)Examples * Model.Outputs;
        for (int i = 0; i < directions; i++) HessianSeed(i, Space.Slice(seeds, i * outputs, outputs));
        LayerViews<TView> views = Views(parameters);
        AddTangents(ref views, along);
        views.OutputSignal = Outputs(signal);
        views.SignalState = SignalState(signalState);
        views.OutputSignalTangent = seeds;
        views.GradientTangent = results;
        views.Scratch = workspace.Take(PassWorkspace<TView>.Part.Scratch, Model.Network.ScratchLength(directions * Examples));
        Model.Network.BackwardTangents(views);
    }

    /// <summary><c>result += J^T S J direction</c>, the pass's share of the Gauss-Newton product. Needs Forward, and ForwardTangent of
    /// order 1 along the same direction.</summary>
    public void GaussNewton(TView parameters, TView result) => GaussNewton(parameters, 0, result);

    /// <summary>The same of one of the directions of ForwardTangents, as the next two.</summary>
    internal void GaussNewton(TView parameters, int direction, TView result)
    {
        TView seed = Seed;
        HessianSeed(direction, seed);
        PullBack(parameters, seed, result);
    }

    /// <summary><c>result += sum_e J_e^T B_e J_e direction</c> for symmetric matrices at the outputs, <c>[n, C, C]</c>. Needs ForwardTangent
    /// of order 1 along the direction.</summary>
    internal void PullBackOutputs(TView parameters, TView blocks, TView result)
    {
        TView seed = Seed;
        int c = Model.Outputs;
        Space.Gemm(true, false, c, 1, c, 1, blocks, OutputTangentAlong(0), 0, seed, Examples, (long)c * c, c, c);
        PullBack(parameters, seed, result);
    }

    /// <summary><c>result += sum_e weight_e g_e g_e^T direction</c>, with g_e = J_e^T s_e and s the loss's signal: by
    /// <c>J^T (s o (s . R{z}))</c>, no g_e formed.</summary>
    internal void EmpiricalFisher(TView parameters, int direction, TView result)
    {
        TView seed = Seed;
        Loss.Signal(LossViews(), seed);
        OuterProduct(parameters, direction, seed, result);
    }

    /// <summary>The same for signals of targets that the model's own distribution draws, the first example's as the point's example
    /// <paramref name="start"/>.</summary>
    internal void SampledFisher(TView parameters, int direction, long start, ulong randomSeed, ulong sample, TView result)
    {
        double[] numbers = new double[Loss.RandomLength(Examples, Model.Outputs)];
        long from = start * Loss.RandomLength(1, Model.Outputs);
        for (int i = 0; i < numbers.Length; i++) numbers[i] = TargetDraws.Number(Loss, randomSeed, sample, (ulong)(from + i));
        TView random = workspace.Take(PassWorkspace<TView>.Part.Random, numbers.Length), seed = Seed;
        Space.Write(numbers, random);
        Loss.SampledSignal(LossViews(), random, seed);
        OuterProduct(parameters, direction, seed, result);
    }

    /// <summary>The same for any signals, <c>[n, C]</c> (overwritten). Needs ForwardTangent of order 1 along the direction.</summary>
    internal void OuterProduct(TView parameters, TView seed, TView result) => OuterProduct(parameters, 0, seed, result);

    private void OuterProduct(TView parameters, int direction, TView seed, TView result)
    {
        GroupShape rows = GroupShape.Rows(Examples, Model.Outputs);
        TView inner = workspace.Take(PassWorkspace<TView>.Part.PerExample, Examples);
        Space.DotGroups(rows, 1, seed, OutputTangentAlong(direction), false, inner);
        Space.Multiply(1, inner, Weights, false, inner);
        Space.ScaleGroups(rows, inner, seed, false, seed);
        PullBack(parameters, seed, result);
    }

    private void AddTangents(ref LayerViews<TView> views, TView along)
    {
        (views.TangentOrder, views.Directions, views.ParameterStride) = (tangentOrder, directions, parameterStride);
        views.Direction = along;
        views.OutputTangent = OutputTangent;
        views.TangentState = workspace.Take(
            PassWorkspace<TView>.Part.TangentState, directions * Model.Network.TangentLength(Examples, tangentOrder));
    }

    /// <summary><c>seed_e = weight_e S_e R{z_e}</c>.</summary>
    private void HessianSeed(int direction, TView seed)
    {
        Loss.MultiplyByHessian(LossViews(), OutputTangentAlong(direction), seed);
        Space.ScaleGroups(GroupShape.Rows(Examples, Model.Outputs), Weights, seed, false, seed);
    }

    private TView OutputTangentAlong(int direction)
        => Space.Slice(OutputTangent, direction * (long)Examples * Model.Outputs, (long)Examples * Model.Outputs);

    /// <summary>Room for signals at the outputs, <c>[k, n, C]</c>.</summary>
    private TView Seeds(int count) => workspace.Take(PassWorkspace<TView>.Part.Seed, (long)count * Examples * Model.Outputs);
}
