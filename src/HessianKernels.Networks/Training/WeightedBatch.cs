using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Training;

/// <summary>
/// <c>L(theta) = sum_e w_e l_e(theta)</c> over some of the examples: its value, its gradient, and its second derivative along a line, the
/// last from the passes that the
/// gradient left.
/// </summary>
internal sealed class WeightedBatch<TView> : IDisposable where TView : allows ref struct
{
    private readonly ITensorSpace<TView> space;
    private readonly Model model;
    private readonly Loss loss;
    private readonly ModelExamples<TView> examples;
    private readonly int capacity, order;
    private readonly bool keep;
    private readonly List<ModelPass<TView>> passes = [];
    private readonly double[] numbers;
    private readonly ITensorMemory<TView> form;
    private ITensorMemory<TView>? rows;
    private ModelPass<TView>? own;

    /// <param name="space">The arithmetic.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="examples">What batches are chosen from.</param>
    /// <param name="microBatch">Most examples at once.</param>
    /// <param name="keep">Whether second derivatives will be asked for, so that the passes of all micro-batches are kept.</param>
    public WeightedBatch(ITensorSpace<TView> space, Model model, Loss loss, ModelExamples<TView> examples, int microBatch, bool keep)
    {
        (this.space, this.model, this.loss, this.examples, this.keep) = (space, model, loss, examples, keep);
        int multiple = model.Network.ExampleMultiple;
        capacity = Math.Max(1, (microBatch + multiple - 1) / multiple) * multiple;
        order = keep ? 2 : 1;
        numbers = new double[capacity];
        form = space.Allocate(1);
    }

    /// <summary>Told how many examples go through the network for a gradient, micro-batch by micro-batch; nobody where null.</summary>
    public IProgress<int>? Passes { get; set; }

    /// <summary>Ends a call in the middle of a micro-batch; nothing of it is kept.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>The unweighted losses' mean over the batch of the last call; 0 where it is empty.</summary>
    public double MeanLoss { get; private set; }

    /// <summary>Writes the gradient.</summary>
    /// <param name="parameters">theta, <c>[d]</c>.</param>
    /// <param name="batch">The examples, as often as they come.</param>
    /// <param name="weights">One a place of the batch.</param>
    /// <param name="gradient"><c>[d]</c>; overwritten.</param>
    /// <returns>The weighted sum of the losses.</returns>
    public double Gradient(TView parameters, ReadOnlySpan<int> batch, ReadOnlySpan<double> weights, TView gradient)
    {
        space.Fill(0, gradient);
        double sum = 0, plain = 0;
        for (int first = 0, at = 0; first < batch.Length; first += capacity, at++)
        {
            ReadOnlySpan<int> micro = batch.Slice(first, Math.Min(capacity, batch.Length - first));
            if (passes.Count == 0 || (keep && passes.Count <= at)) passes.Add(new(space, model, loss, capacity, order));
            ModelPass<TView> pass = passes[keep ? at : 0];
            Load(pass, micro, weights.Slice(first, micro.Length));
            Passes?.Report(micro.Length);
            pass.Forward(parameters);
            Span<double> losses = numbers.AsSpan(0, micro.Length);
            space.Read(pass.Losses, losses);
            for (int e = 0; e < micro.Length; e++)
            {
                sum += weights[first + e] * losses[e];
                plain += losses[e];
            }

            pass.Backward(parameters, true, gradient);
        }

        MeanLoss = batch.IsEmpty ? 0 : plain / batch.Length;
        return sum;
    }

    /// <summary><c>v^T H v</c> at the point and batch of the last gradient, from its passes: forward tangents, no backward pass.</summary>
    public double HessianForm(TView parameters, TView direction, int batch)
    {
        double sum = 0;
        Span<double> share = stackalloc double[1];
        for (int first = 0, at = 0; first < batch; first += capacity, at++)
        {
            passes[at].HessianForm(parameters, direction, form.View);
            space.Read(form.View, share);
            sum += share[0];
        }

        return sum;
    }

    /// <summary><c>squares = sum_i g_i o g_i</c> over all examples, element for element.</summary>
    public void SquaredGradients(TView parameters, TView squares)
    {
        const int Most = 64;
        int d = model.ParameterCount, multiple = model.Network.ExampleMultiple;
        int step = Math.Min(capacity, Math.Max(1, Most / multiple) * multiple);
        rows ??= space.Allocate((long)step * d);
        space.Fill(0, squares);
        Span<int> batch = stackalloc int[step];
        Span<double> ones = stackalloc double[step];
        ones.Fill(1);
        for (int first = 0; first < examples.Count; first += step)
        {
            int count = Math.Min(step, examples.Count - first);
            for (int e = 0; e < count; e++) batch[e] = first + e;
            // A pass of its own: those of the gradient may still be asked for second derivatives.
            own ??= new(space, model, loss, step, 1);
            Load(own, batch[..count], ones[..count]);
            Passes?.Report(count);
            own.Forward(parameters);
            own.Backward(parameters, false, squares);
            TView gradients = space.Slice(rows.View, 0, (long)count * d);
            model.Network.ExampleGradients(own.KeptViews(parameters), gradients, d);
            space.DotGroups(GroupShape.Columns(count, d), 1, gradients, gradients, true, squares);
        }
    }

    public void Dispose()
    {
        foreach (ModelPass<TView> pass in passes) pass.Dispose();
        form.Dispose();
        rows?.Dispose();
        own?.Dispose();
    }

    private void Load(ModelPass<TView> pass, ReadOnlySpan<int> batch, ReadOnlySpan<double> weights)
    {
        Cancellation.ThrowIfCancellationRequested();
        pass.Cancellation = Cancellation;
        pass.Resize(batch.Length);
        space.GatherRows(batch, model.Input.Length, examples.Inputs, pass.Input);
        space.GatherRows(batch, model.Outputs, examples.Targets, pass.Target);
        space.Write(weights, pass.Weights);
    }
}
